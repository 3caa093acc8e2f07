using ChatBot.Configuration;

namespace ChatBot.Databases.PgBouncer;

/// <summary>How to reach the admin console of one PgBouncer.</summary>
/// <param name="Name">Of the target behind it, as configured.</param>
/// <param name="Host">A name, an address, or the folder of a Unix socket (starts with a slash).</param>
/// <param name="User">In its <c>stats_users</c> or <c>admin_users</c>; the former is enough.</param>
/// <param name="Password">Null when PgBouncer trusts the address.</param>
internal sealed record PgBouncerTarget(string Name, string Host, int Port, string User, Secret? Password)
{
    public TlsMode Tls { get; init; } = TlsMode.VerifyFull;

    /// <summary>For everything from connecting to the last answer. The default is 5 s.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(5);

    public bool IsSocket => Host.StartsWith('/');

    /// <summary>Whether nobody can listen in on the way, encrypted or not.</summary>
    public bool IsThisMachine => TargetReader.IsThisMachine(Host);

    /// <summary>Null when the target has no section PgBouncer.</summary>
    public static PgBouncerTarget? From(TargetOptions options) => options.PgBouncer is { } pooler
        ? new(options.Name, pooler.Host, pooler.Port, pooler.User, pooler.Password) { Tls = pooler.Tls }
        : null;
}

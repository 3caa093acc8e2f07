using System.Collections.Immutable;
using ChatBot.Incidents;

namespace ChatBot.Configuration;

/// <summary>What kind of server a target is.</summary>
internal enum DatabaseEngine
{
    PostgreSql,

    /// <summary>MySQL or MariaDB: the server says which.</summary>
    MySql,
}

/// <summary>How the connection to a target is protected. The words are PostgreSQL's own (sslmode).</summary>
internal enum TlsMode
{
    /// <summary>No encryption.</summary>
    Disable,

    /// <summary>Encryption if the server has it; whoever sits in between can take it away.</summary>
    Prefer,

    /// <summary>Encryption, with any certificate.</summary>
    Require,

    /// <summary>Encryption, with a certificate that a known authority issued for this host.</summary>
    VerifyFull,
}


/// <summary>Section <c>Targets:name</c>: one database, and who decides about it.</summary>
internal sealed record TargetOptions
{
    /// <summary>Ordered, so that the same settings ask the same.</summary>
    public static readonly ImmutableSortedDictionary<string, string> NoLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Not a key, but the section's own name: small letters, digits and hyphens, at most 63.</summary>
    public required string Name { get; init; }

    public DatabaseEngine Engine { get; init; } = DatabaseEngine.PostgreSql;

    /// <summary>A name, an address, or a Unix socket (starts with a slash): its folder, and for MySQL and MariaDB the file itself. One server, not a list.</summary>
    public required string Host { get; init; }

    /// <summary>From 1 to 65535. Left out: 5432, and 3306 for MySQL and MariaDB.</summary>
    public int Port { get; init; } = 5432;

    /// <summary>MySQL's admin_port or MariaDB's extra_port, which lets the bot in when the server is full; null where there is none.</summary>
    public int? AdminPort { get; init; }

    /// <summary>Any that the user may connect to: every view asked is server-wide. Left out: postgres, and none for MySQL and MariaDB.</summary>
    public string Database { get; init; } = "postgres";

    public required string User { get; init; }

    /// <summary>Null where the server trusts the host or asks for a certificate. Keys <c>Password</c> or
    /// <c>PasswordFile</c>, at most one of them.</summary>
    public Secret? Password { get; init; }

    /// <summary>Left out: <see cref="TlsMode.VerifyFull"/>, and on this machine <see cref="TlsMode.Prefer"/>, because
    /// nobody sits in between and local servers rarely have a certificate.</summary>
    public TlsMode Tls { get; init; } = TlsMode.VerifyFull;

    /// <summary>A PEM file with the authorities that issue the server's certificate; null for those that the system trusts.</summary>
    public string? TlsRootFile { get; init; }

    /// <summary>In words, on every plan: PRODUCTION, staging. At most 40 characters.</summary>
    public required string Environment { get; init; }

    /// <summary>The Slack channel for incidents that nobody started in a channel (C… or G…); null if there is none.</summary>
    public string? Channel { get; init; }

    /// <summary>Slack ids of user groups (S…) or users (U…, W…). Empty means nobody: diagnosis goes on, actions stop.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];

    public ProtectedSessions Protected { get; init; } = new();

    /// <summary>Of the server's machine, from 1 to 4096: how many statements it can work on at once. Null when nobody says; then no verdict counts on them.</summary>
    public int? Processors { get; init; }

    public TargetMode Mode { get; init; } = TargetMode.Observe;

    /// <summary>The page its incidents follow: a file of <c>Runbooks:Folder</c>, without its ending.</summary>
    public string Runbook { get; init; } = "database-connection-pool-exhaustion";

    /// <summary>By name: the services that use it, as they call themselves (application_name). They fill the commands of a page, and say whose pods the bot looks at.</summary>
    public IReadOnlyDictionary<string, ServiceOptions> Services { get; init; } = new Dictionary<string, ServiceOptions>();

    /// <summary>The pooler in front of it; null when there is none, or the bot may not ask it.</summary>
    public PgBouncerOptions? PgBouncer { get; init; }

    /// <summary>Labels that select the series of its exporter, such as instance; empty when there are none, or nobody says.</summary>
    public IReadOnlyDictionary<string, string> Prometheus { get; init; } = NoLabels;

    /// <summary>What its customers feel: PromQL queries by their names, each with one series.</summary>
    public IReadOnlyDictionary<string, string> Impact { get; init; } = NoLabels;

    /// <summary>The team's own dashboard; null when there is none.</summary>
    public Uri? Dashboard { get; init; }

    /// <summary>From 100 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From 100 ms to 5 minutes.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Section <c>Targets:name:Protected</c>: sessions that no plan may touch, whoever approves.</summary>
internal sealed record ProtectedSessions
{
    /// <summary>Database users, compared exactly; beside those of <see cref="ProtectedDefaults"/>, unless these are dropped.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Values of application_name, compared exactly, also when something follows after a space, as in
    /// <c>name - 10.0.0.5:1234</c>; beside those of <see cref="ProtectedDefaults"/>, unless these are dropped.</summary>
    public IReadOnlyList<string> Applications { get; init; } = [];

    /// <summary>Whether the names that ship with the bot hold too. Who drops them protects only what is listed here.</summary>
    public DefaultNames Defaults { get; init; } = DefaultNames.Keep;

    /// <summary>All users whose sessions are left alone on a server of this kind.</summary>
    public IReadOnlyList<string> UsersOf(DatabaseEngine engine) => All(Users, ProtectedDefaults.Users(engine));

    /// <summary>All applications whose sessions are left alone on a server of this kind.</summary>
    public IReadOnlyList<string> ApplicationsOf(DatabaseEngine engine) => All(Applications, ProtectedDefaults.Applications(engine));

    /// <summary>Names that only ship with the bot, of programs and users that change the schema: see <see cref="ProtectedDefaults.Migrations"/>. Who is named in the configuration, means it.</summary>
    public IReadOnlyList<string> Migrations() => [.. ProtectedDefaults.Migrations.Except([.. Users, .. Applications], StringComparer.Ordinal)];

    private IReadOnlyList<string> All(IReadOnlyList<string> named, IReadOnlyList<string> shipped) =>
        Defaults is DefaultNames.Keep ? [.. named.Union(shipped, StringComparer.Ordinal)] : named;
}

/// <summary>What becomes of the protected names that ship with the bot.</summary>
internal enum DefaultNames
{
    /// <summary>They hold, and those of the configuration beside them.</summary>
    Keep,

    /// <summary>Only those of the configuration hold.</summary>
    Drop,
}

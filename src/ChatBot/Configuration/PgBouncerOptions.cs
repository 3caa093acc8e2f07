namespace ChatBot.Configuration;

/// <summary>Section <c>Targets:name:PgBouncer</c>: the admin console of the pooler in front of a target, only read.</summary>
internal sealed record PgBouncerOptions
{
    /// <summary>PgBouncer's own default (<c>listen_port</c>).</summary>
    public const int DefaultPort = 6432;

    /// <summary>A name, an address, or the folder of a Unix socket (starts with a slash). One PgBouncer, not a list.</summary>
    public required string Host { get; init; }

    /// <summary>From 1 to 65535.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>A name that PgBouncer's <c>stats_users</c> lists; it need not exist at the database.</summary>
    public required string User { get; init; }

    /// <summary>Null where PgBouncer trusts the host. Keys <c>Password</c> or <c>PasswordFile</c>, at most one of them.</summary>
    public Secret? Password { get; init; }

    /// <summary>Left out: as for the target itself. A Unix socket has no encryption and needs none.</summary>
    public TlsMode Tls { get; init; } = TlsMode.VerifyFull;

    /// <summary>Labels that select the series of its exporter; empty when there are none, or nobody says.</summary>
    public IReadOnlyDictionary<string, string> Prometheus { get; init; } = TargetOptions.NoLabels;
}

using System.Globalization;
using ChatBot.Configuration;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>How to reach one PostgreSQL server, directly and not through a pooler, and whom to leave alone there.</summary>
/// <param name="Name">The name people use, as configured.</param>
/// <param name="Database">Any database the role may connect to: every view asked is server-wide.</param>
/// <param name="Password">Null when the server trusts the address or a certificate.</param>
internal sealed record PostgreSqlTarget(string Name, string Host, int Port, string Database, string User, Secret? Password)
    : IWarmTarget
{
    public SslMode Tls { get; init; } = SslMode.VerifyFull;

    /// <inheritdoc cref="TargetOptions.TlsRootFile"/>
    public string? TlsRootFile { get; init; }

    /// <summary>Roles whose sessions are never ended, exactly as the server spells them.</summary>
    public IReadOnlyList<string> ProtectedUsers { get; init; } = [];

    /// <summary>Application names whose sessions are never ended, also when something follows after a space: a pooler's <c> - address:port</c>, a backup's <c> [backup]</c>.</summary>
    public IReadOnlyList<string> ProtectedApplications { get; init; } = [];

    /// <summary>Of both, those that stand for a tool that changes the schema: they don't protect its statement while that waits for a lock.</summary>
    public IReadOnlyList<string> Migrations { get; init; } = [];

    /// <summary>The same target for whoever cancels a statement that waits for a lock.</summary>
    public PostgreSqlTarget WithoutMigrations() => this with
    {
        ProtectedUsers = [.. ProtectedUsers.Except(Migrations)],
        ProtectedApplications = [.. ProtectedApplications.Except(Migrations)],
    };

    /// <summary>For one login. The default is 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one statement, kept by the server. The default is 5 s.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one statement's locks; no statement of the bot waits for any. The default is 2 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For one use of the warm connection, kept by the bot: the server's own limit comes 3 s earlier.</summary>
    public TimeSpan UseTimeout => StatementTimeout + TimeSpan.FromSeconds(3);

    /// <summary>For the one round trip that shows the warm connection to be alive. The default is 2 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an unused warm connection is tried. The default is 30 s.</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session that was told to end may take to be gone. The default is 30 s.</summary>
    public TimeSpan SeenGoneWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the bot's session is called in <c>pg_stat_activity</c>.</summary>
    public string ApplicationName { get; init; } = "chatbot";

    public static PostgreSqlTarget From(TargetOptions options, EndIdleSessionsOptions ending) =>
        new(options.Name, options.Host, options.Port, options.Database, options.User, options.Password)
        {
            Tls = options.Tls switch
            {
                TlsMode.Disable => SslMode.Disable,
                TlsMode.Prefer => SslMode.Prefer,
                TlsMode.Require => SslMode.Require,
                _ => SslMode.VerifyFull,
            },
            TlsRootFile = options.TlsRootFile,
            ProtectedUsers = options.Protected.UsersOf(DatabaseEngine.PostgreSql),
            ProtectedApplications = options.Protected.ApplicationsOf(DatabaseEngine.PostgreSql),
            Migrations = options.Protected.Migrations(),
            ConnectTimeout = options.ConnectTimeout,
            StatementTimeout = options.StatementTimeout,
            SeenGoneWithin = ending.SeenGoneWithin,
        };

    /// <summary>Holds the password: handed to the driver, never kept or shown.</summary>
    public string ConnectionString()
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Username = User,
            SslMode = Tls,
            RootCertificate = TlsRootFile,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = ApplicationName,
            // A pool would drop the idle connection after 5 minutes, and open others when it likes.
            Pooling = false,
            Timeout = Seconds(ConnectTimeout),
            // The server's statement_timeout comes first; this one is for a server that does not answer.
            CommandTimeout = Seconds(StatementTimeout) + 1,
            CancellationTimeout = 1000,
            // A firewall forgets an idle connection silently; these keep it alive, or show that it is dead.
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
            Options = string.Join(
                ' ',
                Setting("statement_timeout", Milliseconds(StatementTimeout)),
                Setting("lock_timeout", Milliseconds(LockTimeout)),
                // Nobody's function stands in for the server's own, and nothing of the target's is ever written.
                Setting("search_path", "pg_catalog"),
                Setting("default_transaction_read_only", "on"),
                // The server ends the bot's session within a minute when the bot's machine is gone.
                Setting("tcp_keepalives_idle", "30"),
                Setting("tcp_keepalives_interval", "10"),
                Setting("tcp_keepalives_count", "3")),
        };

        // Without TLS, or where whoever sits in between can leave it out, the server must not be told the password itself.
        if (Tls is SslMode.Disable or SslMode.Prefer && !TargetReader.IsThisMachine(Host))
        {
            connection.RequireAuth = "!Password";
        }

        if (Password is { } password)
        {
            connection.Password = password.Reveal();
        }

        return connection.ConnectionString;

        static string Setting(string name, string value) => $"-c {name}={value}";
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    private static string Milliseconds(TimeSpan time) =>
        Math.Max(1, (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

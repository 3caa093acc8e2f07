using System.Net;
using ChatBot.Configuration;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>How to reach one MySQL or MariaDB server, directly and not through a pooler, and whom to leave alone there.</summary>
/// <param name="Name">The name people use, as configured.</param>
/// <param name="Host">A name, an address, or the folder or file of a Unix socket (starts with a slash).</param>
/// <param name="Database">Empty for none: every view asked is server-wide.</param>
/// <param name="Password">Null when the account has none, or the socket or a certificate stands for it.</param>
internal sealed record MySqlTarget(string Name, string Host, int Port, string Database, string User, Secret? Password) : IWarmTarget
{
    /// <summary>MySQL's <c>admin_port</c> or MariaDB's <c>extra_port</c>, on the same host; null where there is none.</summary>
    public int? AdminPort { get; init; }

    public MySqlSslMode Tls { get; init; } = MySqlSslMode.VerifyFull;

    /// <inheritdoc cref="TargetOptions.TlsRootFile"/>
    public string? TlsRootFile { get; init; }

    /// <summary>Users whose sessions are never ended, exactly as the server spells them.</summary>
    public IReadOnlyList<string> ProtectedUsers { get; init; } = [];

    /// <summary>Values of <c>program_name</c> whose sessions are never ended.</summary>
    public IReadOnlyList<string> ProtectedApplications { get; init; } = [];

    /// <summary>Of both, those that stand for a tool that changes the schema: they don't protect its statement while that waits for a lock.</summary>
    public IReadOnlyList<string> Migrations { get; init; } = [];

    /// <summary>The same target for whoever cancels a statement that waits for a lock.</summary>
    public MySqlTarget WithoutMigrations() => this with
    {
        ProtectedUsers = [.. ProtectedUsers.Except(Migrations)],
        ProtectedApplications = [.. ProtectedApplications.Except(Migrations)],
    };

    /// <inheritdoc/>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one statement's locks, on rows and on tables; no statement of the bot waits for any. The default is 2 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public TimeSpan UseTimeout => StatementTimeout + TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session that was told to end may take to be gone. The default is 30 s.</summary>
    public TimeSpan SeenGoneWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The server ends the bot's session when it hears nothing for so long: four pings missed.</summary>
    public TimeSpan EndedAfter => TimeSpan.FromTicks(Math.Max(TimeSpan.FromMinutes(2).Ticks, PingEvery.Ticks * 4));

    /// <summary>What the bot's session is called in <c>session_connect_attrs</c>.</summary>
    public string ApplicationName { get; init; } = "chatbot";

    public bool IsSocket => Host.StartsWith('/');

    public static MySqlTarget From(TargetOptions options, EndIdleSessionsOptions ending) =>
        new(options.Name, options.Host, options.Port, options.Database, options.User, options.Password)
        {
            AdminPort = options.AdminPort,
            Tls = options.Tls switch
            {
                TlsMode.Disable => MySqlSslMode.None,
                TlsMode.Prefer => MySqlSslMode.Preferred,
                TlsMode.Require => MySqlSslMode.Required,
                _ => MySqlSslMode.VerifyFull,
            },
            TlsRootFile = options.TlsRootFile,
            ProtectedUsers = options.Protected.UsersOf(DatabaseEngine.MySql),
            ProtectedApplications = options.Protected.ApplicationsOf(DatabaseEngine.MySql),
            Migrations = options.Protected.Migrations(),
            ConnectTimeout = options.ConnectTimeout,
            StatementTimeout = options.StatementTimeout,
            SeenGoneWithin = ending.SeenGoneWithin,
        };

    public int PortOf(Door door) => door is Door.Second && AdminPort is { } second ? second : Port;

    /// <summary>Holds the password: handed to the driver, never kept or shown.</summary>
    public string ConnectionString(Door door)
    {
        var connection = new MySqlConnectionStringBuilder
        {
            Server = Host,
            Port = (uint)PortOf(door),
            Database = Database,
            UserID = User,
            SslMode = Tls,
            SslCa = TlsRootFile ?? "",
            // Without TLS the server's key could be a stranger's, who would then read the password; on this machine there is none.
            AllowPublicKeyRetrieval = Tls is MySqlSslMode.None or MySqlSslMode.Preferred && (IsSocket || IsLoopback(Host)),
            ApplicationName = ApplicationName,
            // A pool would drop the idle connection, and open others when it likes.
            Pooling = false,
            AutoEnlist = false,
            AllowLoadLocalInfile = false,
            // The @ of an account's name, and what a checked KILL keeps between its statements.
            AllowUserVariables = true,
            ConnectionTimeout = Seconds(ConnectTimeout),
            // The server's own limit comes first; this one is for a server that does not answer.
            DefaultCommandTimeout = Seconds(StatementTimeout) + 1,
            // A statement that takes too long costs the connection. Anything else would open another one to cancel it.
            CancellationTimeout = -1,
            // A firewall forgets an idle connection silently; this keeps it alive, or shows that it is dead.
            Keepalive = 30,
        };
        if (IsSocket)
        {
            connection.ConnectionProtocol = MySqlConnectionProtocol.UnixSocket;
        }

        if (Password is { } password)
        {
            connection.Password = password.Reveal();
        }

        return connection.ConnectionString;
    }

    internal static uint Seconds(TimeSpan time) => (uint)Math.Max(1, Math.Ceiling(time.TotalSeconds));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

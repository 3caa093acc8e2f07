namespace ChatBot.Sandbox.Databases;

/// <summary>A real MariaDB server of our own; see <see cref="MySqlProcess"/>.</summary>
/// <remarks>Needs the distribution's <c>mariadb-server</c> package: 10.11 in Debian 12.</remarks>
public sealed class MariaDbServer : MySqlProcess
{
    private const string Program = "/usr/sbin/mariadbd";

    /// <summary>Small, so that a copy of the data is quick.</summary>
    private const string LogSize = "--innodb-log-file-size=16M";

    private static readonly PreparedData Data = new("mariadb", User, folder => ServerPrograms.RunAsync(
        "mariadb-install-db",
        [
            "--no-defaults", $"--datadir={Path.Combine(folder, "data")}", $"--tmpdir={folder}", LogSize, "--innodb-flush-method=nosync",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        ],
        folder,
        User,
        CancellationToken.None));

    private MariaDbServer(string folder, int port, int? extraPort, string[] arguments)
        : base(folder, port, [Program, "--no-defaults", .. arguments])
    {
        ExtraPort = extraPort;
    }

    /// <summary>The second TCP port, with slots of its own (<c>extra_max_connections</c>, 1 unless set); null without one.</summary>
    public int? ExtraPort { get; }

    /// <summary>Starts a server; takes about a second, the first of a process four.</summary>
    /// <param name="maxConnections">All slots of ordinary users; root has one more.</param>
    /// <param name="settings">More settings, as arguments: <c>"--wait-timeout=60"</c>.</param>
    /// <param name="extraPort">Listens on an <see cref="ExtraPort"/> too.</param>
    /// <param name="performanceSchema">Off is MariaDB's own default.</param>
    /// <exception cref="InvalidOperationException">No server is installed, or it did not start; says why.</exception>
    public static Task<MariaDbServer> StartAsync(
        int maxConnections,
        IReadOnlyList<string>? settings = null,
        bool extraPort = false,
        bool performanceSchema = false,
        CancellationToken cancellationToken = default)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("No MariaDB server found. Install it with: apt-get install mariadb-server");
        }

        int? extra = extraPort ? ServerPrograms.FreePort() : null;
        string[] arguments =
        [
            .. CommonArguments(maxConnections, performanceSchema), LogSize, "--innodb-flush-method=nosync",
            .. extra is null ? Array.Empty<string>() : [$"--extra-port={extra}"], .. settings ?? [],
        ];
        return StartAsync(folder => new MariaDbServer(folder, ServerPrograms.FreePort(), extra, arguments), Data, cancellationToken);
    }
}

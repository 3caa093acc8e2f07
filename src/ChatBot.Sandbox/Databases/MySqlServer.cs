namespace ChatBot.Sandbox.Databases;

/// <summary>A real MySQL 9 server of our own; see <see cref="MySqlProcess"/>.</summary>
/// <remarks>
/// Needs what <c>get-mysql</c> unpacks, and the user <c>mysql</c> of the package <c>mariadb-server</c>. Its process is
/// named after the loader that starts it, <c>ld-linux-x86-64</c>.
/// </remarks>
public sealed class MySqlServer : MySqlProcess
{
    /// <summary>Small, so that a copy of the data is quick.</summary>
    private const string LogSize = "--innodb-redo-log-capacity=8M";

    private static readonly PreparedData Data = new("mysql", User, InitialiseAsync);

    private MySqlServer(string folder, int port, int? adminPort, string[] command)
        : base(folder, port, command)
    {
        AdminPort = adminPort;
    }

    /// <summary>The TCP port with unlimited slots for <c>SERVICE_CONNECTION_ADMIN</c> (<c>admin_port</c>); null without one.</summary>
    public int? AdminPort { get; }

    /// <summary>Looks where <c>get-mysql</c> unpacks it; downloads nothing.</summary>
    public static async Task<MySqlBinaries> FindAsync(CancellationToken cancellationToken = default)
    {
        var (exitCode, lastLine) = await ServerPrograms.ScriptAsync("get-mysql", ["--find"], cancellationToken);
        return exitCode == 0 ? new MySqlBinaries(lastLine, Reason: null) : new MySqlBinaries(Folder: null, lastLine);
    }

    /// <summary>Starts a server; takes about two seconds, the first of a process five.</summary>
    /// <param name="maxConnections">All slots of ordinary users; root has one more.</param>
    /// <param name="settings">More settings, as arguments: <c>"--wait-timeout=60"</c>.</param>
    /// <param name="adminPort">Listens on an <see cref="AdminPort"/> too.</param>
    /// <param name="performanceSchema">On is MySQL's own default.</param>
    /// <exception cref="InvalidOperationException">There is no MySQL here, or it did not start; says why.</exception>
    public static async Task<MySqlServer> StartAsync(
        int maxConnections,
        IReadOnlyList<string>? settings = null,
        bool adminPort = false,
        bool performanceSchema = true,
        CancellationToken cancellationToken = default)
    {
        var command = Command(await FolderAsync(cancellationToken));
        int? admin = adminPort ? ServerPrograms.FreePort() : null;
        string[] all =
        [
            .. command, .. CommonArguments(maxConnections, performanceSchema), "--mysqlx=0", "--secure-file-priv=",
            .. admin is null ? Array.Empty<string>() : ["--admin-address=127.0.0.1", $"--admin-port={admin}"], .. settings ?? [],
        ];
        return await StartAsync(folder => new MySqlServer(folder, ServerPrograms.FreePort(), admin, all), Data, cancellationToken);
    }

    private static async Task InitialiseAsync(string folder)
    {
        var command = Command(await FolderAsync(CancellationToken.None));
        var data = Path.Combine(folder, "data");
        await ServerPrograms.RunAsync(
            command[0], [.. command[1..], "--initialize-insecure", $"--datadir={data}", $"--tmpdir={folder}"], folder, User, CancellationToken.None);
        File.Delete(Path.Combine(data, "auto.cnf")); // the server's UUID: each copy makes up its own
    }

    private static async Task<string> FolderAsync(CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken);
        return found.IsAvailable ? found.Folder : throw new InvalidOperationException($"There is no MySQL here, because {found.Reason}.");
    }

    /// <summary>It needs the C library of its own suite, hence the loader; and it can't find its files by itself.</summary>
    private static string[] Command(string folder)
    {
        var libraries = Path.Combine(folder, "usr/lib/x86_64-linux-gnu");
        var share = Path.Combine(folder, "usr/share/mysql");
        return
        [
            Path.Combine(libraries, "ld-linux-x86-64.so.2"), "--library-path", $"{libraries}:{libraries}/mysql", Path.Combine(folder, "usr/sbin/mysqld"),
            "--no-defaults", $"--basedir={folder}/usr", $"--plugin-dir={folder}/usr/lib/mysql/plugin", $"--lc-messages-dir={share}",
            $"--character-sets-dir={share}/charsets", "--skip-log-bin", LogSize,
        ];
    }
}

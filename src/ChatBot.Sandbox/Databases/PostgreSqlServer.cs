using Npgsql;

namespace ChatBot.Sandbox.Databases;

/// <summary>
/// A real PostgreSQL server of our own: a fresh cluster in a temporary folder, on 127.0.0.1, without durability,
/// gone when disposed. Nothing of the machine's own clusters is touched.
/// </summary>
/// <remarks>Needs the distribution's <c>postgresql</c> package. PostgreSQL refuses root, so root becomes <c>postgres</c>.</remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string _folder;
    private readonly string _binaries;
    private readonly string _settings;

    private PostgreSqlServer(string folder, string binaries, int port, string settings)
    {
        _folder = folder;
        _binaries = binaries;
        _settings = settings;
        Port = port;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The server's own log, for a test that counts what the server saw.</summary>
    public string LogFile => Path.Combine(_folder, "server.log");

    /// <summary>An unpooled connection string for the superuser <c>postgres</c>.</summary>
    public string AdminConnectionString => ConnectionString("postgres");

    /// <summary>Starts a server; takes about a second.</summary>
    /// <param name="maxConnections">All slots; three of them are kept for superusers.</param>
    /// <param name="settings">More settings, as <c>-c</c> arguments: <c>"log_connections=on"</c>.</param>
    /// <exception cref="InvalidOperationException">No server is installed, or it did not start; says why.</exception>
    public static Task<PostgreSqlServer> StartAsync(
        int maxConnections,
        IReadOnlyList<string>? settings = null,
        CancellationToken cancellationToken = default) => StartAsync(PostgreSqlBinaries.Installed, maxConnections, settings, cancellationToken);

    /// <summary>Starts a server of another version than the installed one; takes about a second.</summary>
    /// <exception cref="InvalidOperationException">It did not start; says why.</exception>
    public static async Task<PostgreSqlServer> StartAsync(
        PostgreSqlBinaries from,
        int maxConnections,
        IReadOnlyList<string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("chatbot-pg-").FullName;
        var port = ServerPrograms.FreePort();
        string[] all =
        [
            $"port={port}", $"unix_socket_directories={folder}", "listen_addresses=127.0.0.1", "fsync=off",
            "synchronous_commit=off", "full_page_writes=off", $"max_connections={maxConnections}",
            "superuser_reserved_connections=3", "shared_buffers=32MB", .. settings ?? [],
        ];
        var server = new PostgreSqlServer(folder, from.Folder, port, string.Join(' ', all.Select(s => $"-c {s}")));

        try
        {
            await ServerPrograms.GiveAsync(folder, User, cancellationToken);
            await server.RunAsync(
                "initdb",
                ["-D", server.Data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
                cancellationToken);

            // Each practice pod connects from an address of its own; initdb lets in 127.0.0.1 only.
            await File.AppendAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), "host all all 127.0.0.0/8 trust\n", cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a standby that repeats what this server does and lets people read; takes about two seconds.</summary>
    /// <exception cref="InvalidOperationException">It did not start; says why.</exception>
    public async Task<PostgreSqlServer> StartStandbyAsync(CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("chatbot-pg-").FullName;
        var port = ServerPrograms.FreePort();

        // Of a setting that is given twice, the later one holds.
        var standby = new PostgreSqlServer(folder, _binaries, port, $"{_settings} -c port={port} -c unix_socket_directories={folder}");
        try
        {
            await ServerPrograms.GiveAsync(folder, User, cancellationToken);
            await standby.RunAsync(
                "pg_basebackup",
                ["-D", standby.Data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres"],
                cancellationToken);
            await standby.StartAgainAsync(cancellationToken);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the stopped server on its old data and port.</summary>
    /// <exception cref="InvalidOperationException">It did not start; with what its log says.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await RunAsync("pg_ctl", ["-D", Data, "-l", LogFile, "-s", "-w", "-t", "30", "-o", _settings, "start"], cancellationToken, leavesServer: true);
        }
        catch (InvalidOperationException failure) when (File.Exists(LogFile))
        {
            throw new InvalidOperationException($"{failure.Message}\n{await File.ReadAllTextAsync(LogFile, cancellationToken)}", failure);
        }
    }

    /// <summary>Stops the server and ends every session (<c>fast</c>), or as a power cut would (<c>immediate</c>).</summary>
    public Task StopAsync(string mode = "fast", CancellationToken cancellationToken = default) =>
        RunAsync("pg_ctl", ["-D", Data, "-m", mode, "-w", "stop"], cancellationToken);

    /// <summary>An unpooled connection string for one user and database.</summary>
    public string ConnectionString(string user, string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = user,
        Database = database,
        Pooling = false,
        Timeout = 5,
        CommandTimeout = 10,
    }.ConnectionString;

    /// <summary>Runs SQL as the superuser over a connection of its own.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres", CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres", database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One value, asked as the superuser over a connection of its own (a reserved slot when the server is full).</summary>
    public async Task<T> ScalarAsync<T>(string sql, string database = "postgres", CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres", database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken) ?? throw new InvalidOperationException($"No row: {sql}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            try
            {
                await StopAsync("immediate");
            }
            catch (InvalidOperationException)
            {
                // The file was left behind: the server is gone already.
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken, bool leavesServer = false) =>
        ServerPrograms.RunAsync(Path.Combine(_binaries, program), arguments, _folder, User, cancellationToken, leavesServer);
}

using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace ChatBot.Sandbox.Databases;

/// <summary>
/// What our MariaDB and our MySQL have in common: a fresh server in a temporary folder, on 127.0.0.1, without
/// durability, gone when disposed. Nothing of the machine's own servers is touched.
/// </summary>
/// <remarks>
/// <c>root</c> has no password and comes over the unix socket. The server gives it one slot beyond
/// <c>max_connections</c>, so it gets in when the server is full, as long as nobody else has that slot.
/// Host names aren't resolved: create users for everywhere, <c>'app'@'%'</c>.
/// </remarks>
public abstract class MySqlProcess : IAsyncDisposable
{
    /// <summary>Of the package <c>mariadb-server</c>. Both servers refuse root.</summary>
    private protected const string User = "mysql";

    /// <summary>How long a server may take to answer or to stop: 1 min. It takes 0.3 to 3 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly string[] _command;
    private Process? _process;

    /// <param name="command">The program and its arguments, but for the places that every server has.</param>
    private protected MySqlProcess(string folder, int port, string[] command)
    {
        _folder = folder;
        Port = port;
        _command =
        [
            .. command, $"--datadir={Path.Combine(folder, "data")}", $"--tmpdir={folder}", $"--socket={Socket}",
            $"--pid-file={Path.Combine(folder, "server.pid")}", $"--log-error={LogFile}", $"--port={port}",
        ];
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The unix socket.</summary>
    public string Socket => Path.Combine(_folder, "server.sock");

    /// <summary>The server's own log, for a test that counts what the server saw.</summary>
    public string LogFile => Path.Combine(_folder, "server.log");

    /// <summary>Its process id, for signals.</summary>
    /// <exception cref="InvalidOperationException">It is stopped.</exception>
    public int ProcessId => Running.Id;

    /// <summary>An unpooled connection string for one user and database.</summary>
    /// <param name="database">Empty for none.</param>
    /// <param name="port">Another one than <see cref="Port"/>: the port for administrators, or a pod's.</param>
    public string ConnectionString(string user, string database = "", int? port = null, string password = "") => With(new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)(port ?? Port),
        UserID = user,
        Password = password,
        Database = database,
    });

    /// <summary>Starts the stopped server on its old data and port.</summary>
    /// <exception cref="InvalidOperationException">It runs already, or ended at once; with the end of its log.</exception>
    /// <exception cref="TimeoutException">It doesn't answer; it is still there, and gone when disposed.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (_process is { HasExited: false })
        {
            throw new InvalidOperationException("The server runs already.");
        }

        _process?.Dispose();
        // In a session of its own: Ctrl+C at our terminal is for us, who then stop the server.
        _process = Process.Start(ServerPrograms.StartInfo("setsid", _command, _folder, User))
            ?? throw new InvalidOperationException($"{_command[0]} did not start.");
        // What it says before its log is open. Unread, a full pipe would stop it.
        var said = Task.WhenAll(
            _process.StandardError.ReadToEndAsync(CancellationToken.None),
            _process.StandardOutput.ReadToEndAsync(CancellationToken.None));

        for (var begun = Stopwatch.StartNew(); !await AnswersAsync(cancellationToken); await Task.Delay(20, cancellationToken))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException(
                    $"The server ended with exit code {_process.ExitCode}: {string.Concat(await said)}{await EndOfLogAsync(cancellationToken)}");
            }

            if (begun.Elapsed > Patience)
            {
                throw new TimeoutException($"The server does not answer: {await EndOfLogAsync(cancellationToken)}");
            }
        }
    }

    /// <summary>Stops the server and ends every session.</summary>
    /// <param name="kill">As a power cut would, instead of gently.</param>
    /// <exception cref="TimeoutException">It didn't stop, and was killed.</exception>
    public async Task StopAsync(bool kill = false, CancellationToken cancellationToken = default)
    {
        var process = Running;
        if (kill)
        {
            process.Kill();
        }
        else
        {
            await ServerPrograms.TerminateAsync(process, _folder, cancellationToken);
        }

        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Runs SQL as root over a connection of its own.</summary>
    public async Task ExecuteAsync(string sql, string database = "", CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsRootAsync(database, cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One value, asked as root over a connection of its own.</summary>
    public async Task<T> ScalarAsync<T>(string sql, string database = "", CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsRootAsync(database, cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken) ?? throw new InvalidOperationException($"No row: {sql}"));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
        {
            _process.Kill(); // harmless when it ended by itself
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Starts a new server on a copy of the prepared data.</summary>
    private protected static async Task<TServer> StartAsync<TServer>(
        Func<string, TServer> create, PreparedData data, CancellationToken cancellationToken)
        where TServer : MySqlProcess
    {
        var server = create(Directory.CreateTempSubdirectory("chatbot-my-").FullName);
        try
        {
            await data.CopyIntoAsync(server._folder, cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>As arguments: what both servers call the same.</summary>
    private protected static string[] CommonArguments(int maxConnections, bool performanceSchema) =>
    [
        "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M",
        string.Create(CultureInfo.InvariantCulture, $"--max-connections={maxConnections}"),
        $"--performance-schema={(performanceSchema ? "ON" : "OFF")}",
    ];

    private Process Running => _process is { HasExited: false } ? _process : throw new InvalidOperationException("The server is stopped.");

    private static string With(MySqlConnectionStringBuilder to)
    {
        to.Pooling = false;
        to.SslMode = MySqlSslMode.None;
        to.AllowPublicKeyRetrieval = true; // a password's first use without TLS
        to.AllowUserVariables = true; // or the @ of 'app'@'%' is taken for a parameter
        to.ConnectionTimeout = 5; // s
        to.DefaultCommandTimeout = 10; // s
        return to.ConnectionString;
    }

    private async Task<MySqlConnection> OpenAsRootAsync(string database, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(With(new MySqlConnectionStringBuilder
        {
            Server = Socket,
            ConnectionProtocol = MySqlConnectionProtocol.UnixSocket,
            UserID = "root",
            Database = database,
        }));
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsRootAsync("", cancellationToken);
            return true;
        }
        catch (MySqlException refused)
        {
            return refused.ErrorCode == MySqlErrorCode.ConnectionCountError; // full again already: it is up
        }
    }

    private async Task<string> EndOfLogAsync(CancellationToken cancellationToken) => File.Exists(LogFile)
        ? string.Join('\n', (await File.ReadAllLinesAsync(LogFile, cancellationToken)).TakeLast(20))
        : "";
}

using System.Diagnostics;
using Npgsql;

namespace ChatBot.Sandbox.Databases;

/// <summary>A real PgBouncer on files of ours, on a free port of 127.0.0.1, gone when disposed.</summary>
/// <remarks>Needs the distribution's <c>pgbouncer</c> package. It refuses root, so root becomes <c>postgres</c>.</remarks>
public sealed class PgBouncerServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";
    private const string User = "postgres";

    private readonly string _folder;
    private readonly Process _process;

    private PgBouncerServer(string folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
        ProcessId = process.Id;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Its process id, for signals.</summary>
    public int ProcessId { get; }

    /// <summary>Its own log.</summary>
    public string LogFile => LogFileIn(_folder);

    /// <summary>Starts it in front of a server, and waits until it says that it is up. Takes some hundredths of a second.</summary>
    /// <exception cref="InvalidOperationException">It isn't installed, or did not start; with what it said.</exception>
    public static Task<PgBouncerServer> StartAsync(PostgreSqlServer behind, PgBouncerOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options.Ini(behind), options.UserList(), cancellationToken);

    /// <summary>Starts it on these files, and waits until it says that it is up.</summary>
    /// <param name="ini">As written, but for the places that we can't have: port, socket, log, pid and user list.</param>
    /// <exception cref="InvalidOperationException">It isn't installed, or did not start; with what it said.</exception>
    public static async Task<PgBouncerServer> StartAsync(string ini, string userList, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("PgBouncer is missing. Install it with: apt-get install pgbouncer");
        }

        var (folder, port) = (Directory.CreateTempSubdirectory("chatbot-pgb-").FullName, ServerPrograms.FreePort());
        Process? process = null;
        try
        {
            var file = Path.Combine(folder, "pgbouncer.ini");
            var users = Path.Combine(folder, "userlist.txt");
            await File.WriteAllTextAsync(users, userList, cancellationToken);
            await File.WriteAllTextAsync(
                file,
                $"{ini}\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nlogfile = {LogFileIn(folder)}\npidfile =\nauth_file = {users}\n",
                cancellationToken);
            await ServerPrograms.GiveAsync(folder, User, cancellationToken);

            // In a session of its own: Ctrl+C at our terminal is for us, who then stop it.
            process = Process.Start(ServerPrograms.StartInfo("setsid", [Program, file], folder, User))
                ?? throw new InvalidOperationException($"{Program} did not start.");
            await WaitUntilUpAsync(process, cancellationToken);
            return new PgBouncerServer(folder, process, port);
        }
        catch
        {
            await RemoveAsync(folder, process);
            throw;
        }
    }

    /// <summary>An unpooled connection string of a client.</summary>
    /// <remarks>Npgsql can't talk to the console (database <c>pgbouncer</c>): that knows only the simple protocol.</remarks>
    public string ConnectionString(string user, string database, string? password = null) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = user,
        Password = password,
        Database = database,
        Pooling = false,
        SslMode = SslMode.Disable,
        Timeout = 10, // s
        CommandTimeout = 10, // s
    }.ConnectionString;

    /// <summary>An unpooled connection of a client, which logs in with a password.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string user, string password, string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString(user, database, password));
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

    public async ValueTask DisposeAsync() => await RemoveAsync(_folder, _process);

    private static string LogFileIn(string folder) => Path.Combine(folder, "pgbouncer.log");

    private static async Task WaitUntilUpAsync(Process process, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            said.Add(line);
            if (line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" WARNING ", StringComparison.Ordinal))
            {
                break;
            }

            if (line.Contains("process up", StringComparison.Ordinal))
            {
                // Or it would stop when the pipe is full.
                _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException($"PgBouncer did not accept the file: {string.Join('\n', said)}");
    }

    private static async Task RemoveAsync(string folder, Process? process)
    {
        if (process is not null)
        {
            process.Kill(); // harmless when it ended by itself
            await process.WaitForExitAsync();
            process.Dispose();
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

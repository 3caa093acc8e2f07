using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ChatBot.IntegrationTests.Steps;

/// <summary>A real PgBouncer on files of ours, on a free port of 127.0.0.1, gone when disposed.</summary>
/// <remarks>Needs the distribution's <c>pgbouncer</c> package. It refuses root, so root becomes <c>postgres</c>.</remarks>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly string _folder;
    private readonly Process _process;

    private PgBouncer(string folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts it, and waits until it says that it is up.</summary>
    /// <param name="ini">As written, but for the places that a test can't have: port, socket, log, pid and user list.</param>
    /// <exception cref="InvalidOperationException">It did not start; with what it said.</exception>
    public static async Task<PgBouncer> StartAsync(string ini, string userList, CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("PgBouncer is missing. Install it with: apt-get install pgbouncer");
        }

        var (folder, port) = (Directory.CreateTempSubdirectory("chatbot-pgb-").FullName, FreePort());
        var file = Path.Combine(folder, "pgbouncer.ini");
        var users = Path.Combine(folder, "userlist.txt");
        await File.WriteAllTextAsync(users, userList, cancellationToken);
        await File.WriteAllTextAsync(
            file,
            $"{ini}\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nlogfile =\npidfile =\nauth_file = {users}\n",
            cancellationToken);

        var start = new ProcessStartInfo(Program) { WorkingDirectory = folder, RedirectStandardError = true };
        if (Environment.IsPrivilegedProcess)
        {
            using var owner = Process.Start("chown", ["-R", "postgres:postgres", folder]);
            await owner.WaitForExitAsync(cancellationToken);
            start = new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Program]) { WorkingDirectory = folder, RedirectStandardError = true };
        }

        start.ArgumentList.Add(file);
        var bouncer = new PgBouncer(folder, Process.Start(start)!, port);
        var said = new List<string>();
        while (await bouncer._process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            said.Add(line);
            if (line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" WARNING ", StringComparison.Ordinal))
            {
                break;
            }

            if (line.Contains("process up", StringComparison.Ordinal))
            {
                // Or it would stop when the pipe is full.
                _ = bouncer._process.StandardError.ReadToEndAsync(CancellationToken.None);
                return bouncer;
            }
        }

        await bouncer.DisposeAsync();
        throw new InvalidOperationException($"PgBouncer did not accept the file: {string.Join('\n', said)}");
    }

    /// <summary>An unpooled connection of a client, which logs in with a password.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string user, string password, string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = user,
            Password = password,
            Database = database,
            ApplicationName = "shop-api",
            Pooling = false,
            SslMode = SslMode.Disable,
            Timeout = 10,
            CommandTimeout = 10,
        }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

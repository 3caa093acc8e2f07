using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.MySql;

/// <summary>A client that reads the server's log as a replica does, for as long as it is let.</summary>
internal sealed class BinlogDump : IDisposable
{
    private readonly Process _client;

    private BinlogDump(Process client, long id)
    {
        (_client, Id) = (client, id);
    }

    /// <summary>Of its connection.</summary>
    public long Id { get; }

    /// <summary>As the user <c>replica</c>.</summary>
    public static async Task<BinlogDump> StartAsync(GuardedServer server)
    {
        var token = TestContext.Current.CancellationToken;
        string[] wanted =
        [
            "--no-defaults", "--read-from-remote-server", "--stop-never", "--host=127.0.0.1", "--protocol=tcp",
            $"--port={server.Server.Port}", "--user=replica", "--result-file=/dev/null", "binlog.000001",
        ];
        string[] command = [.. server.IsMariaDb ? ["mariadb-binlog"] : await OfMySqlAsync(token), .. wanted];
        var client = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _ = client.StandardOutput.ReadToEndAsync(CancellationToken.None);
        const string its = "from information_schema.processlist where user = 'replica' and command like 'Binlog Dump%'";
        var there = server.UntilAsync($"select count(*) = 1 {its}");
        if (await Task.WhenAny(there, client.WaitForExitAsync(token)) != there)
        {
            throw new InvalidOperationException($"The dump ended: {await client.StandardError.ReadToEndAsync(token)}");
        }

        await there;
        var id = await server.Server.ScalarAsync<object>($"select id {its}", cancellationToken: token);
        return new BinlogDump(client, Convert.ToInt64(id, CultureInfo.InvariantCulture));
    }

    /// <summary>Each server's own client: neither reads the other's log. MySQL's needs the C library of its own suite, hence the loader.</summary>
    private static async Task<string[]> OfMySqlAsync(CancellationToken cancellationToken)
    {
        var folder = (await MySqlServer.FindAsync(cancellationToken)).Folder!;
        var libraries = Path.Combine(folder, "usr/lib/x86_64-linux-gnu");
        return [Path.Combine(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries, Path.Combine(folder, "usr/bin/mysqlbinlog")];
    }

    public void Dispose()
    {
        if (!_client.HasExited)
        {
            _client.Kill();
        }

        _client.Dispose();
    }
}

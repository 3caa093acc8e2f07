using System.Diagnostics;
using System.Globalization;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Incidents.Mitigations;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

/// <summary>A server with a database shop, and the bot's accounts as the shipped manifest makes them.</summary>
public abstract class GuardedServer : IAsyncLifetime
{
    public const string Name = "orders-db";

    /// <summary>Replicas read it, as those of most production servers do.</summary>
    private protected static readonly string[] WithLog = ["--log-bin=binlog", "--server-id=1"];

    private readonly Dictionary<MySqlConnection, long> _sessions = [];
    private readonly List<MySqlConnections> _bots = [];
    private MySqlProcess? _server;

    /// <summary>Half a sentence; null when the server is there.</summary>
    public string? WhyNot { get; private set; }

    public MySqlProcess Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public abstract bool IsMariaDb { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string ManifestName => IsMariaDb ? "mariadb.sql" : "mysql.sql";

    private string ConnectionAdmin => IsMariaDb ? "connection admin" : "connection_admin";

    public async ValueTask InitializeAsync()
    {
        WhyNot = await WhyNotAsync(Token);
        if (WhyNot is not null)
        {
            return;
        }

        _server = await StartAsync(Token);
        await ExecuteAsync(
            """
            create database shop;
            create table shop.stock (id int primary key, quantity int);
            insert into shop.stock values (1, 10), (2, 20);
            create user 'app'@'%'; grant all on shop.* to 'app'@'%';
            create user 'backup'@'%'; grant all on shop.* to 'backup'@'%';
            create user 'payroll'@'%'; grant all on shop.* to 'payroll'@'%';
            create user 'dba'@'%'; grant super on *.* to 'dba'@'%'; grant all on shop.* to 'dba'@'%';
            create user 'boss'@'%'; grant all on shop.* to 'boss'@'%';
            create role 'bosses'
            """);
        await ExecuteAsync($"grant {ConnectionAdmin} on *.* to 'bosses'; grant 'bosses' to 'boss'@'%'");
        await InstallAsync();
        await InstallAsync(); // running it again is harmless
        await ExecuteAsync("insert into chatbot.protected (user) values ('payroll')");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is not null)
        {
            await CleanAsync();
            await _server.DisposeAsync();
        }
    }

    /// <summary>Runs the shipped manifest with the client, as an administrator would; it also repairs what a test revoked, and takes back what it granted.</summary>
    /// <param name="direct">Option A instead of the routines.</param>
    /// <param name="limits">Its part 1, too.</param>
    public async Task InstallAsync(bool direct = false, bool limits = false)
    {
        var manifest = await RunManifestAsync();
        await ExecuteAsync("alter user 'chatbot'@'%' account unlock");
        var parts = manifest.Split("\n-- Part ");
        foreach (var (part, wanted) in new[] { (parts[1], limits), (parts[^1], direct) })
        {
            var lines = part.Split("Undo:");
            if (wanted)
            {
                await RunClientAsync(string.Join('\n', lines[0].Split('\n').Where(line => line.StartsWith("-- grant ", StringComparison.Ordinal)).Select(line => line[3..])));
                continue;
            }

            foreach (var undo in lines[1].Split('\n').Where(line => line.StartsWith("--   revoke ", StringComparison.Ordinal)))
            {
                await TryAsync(undo[5..]); // refused where an earlier test didn't grant it
            }
        }

        if (direct)
        {
            await ExecuteAsync("revoke execute on procedure chatbot.end_session from 'chatbot'@'%'; revoke execute on procedure chatbot.cancel_statement from 'chatbot'@'%'");
        }
    }

    /// <summary>The shipped manifest as it is, with nothing of its optional parts.</summary>
    /// <returns>Its text.</returns>
    public async Task<string> RunManifestAsync()
    {
        var manifest = await File.ReadAllTextAsync(ManifestPath(), Token);
        await RunClientAsync(manifest);
        return manifest;
    }

    /// <summary>Ends what the test opened, and waits until the server has nobody but the one who asks.</summary>
    public async Task CleanAsync()
    {
        if (_server is null)
        {
            return;
        }

        IAsyncDisposable[] opened = [.. _bots, .. _sessions.Keys];
        _bots.Clear();
        foreach (var id in _sessions.Values)
        {
            await TryAsync($"kill connection {id}");
        }

        _sessions.Clear();
        foreach (var one in opened)
        {
            await one.DisposeAsync();
        }

        await UntilAsync("select count(*) = 0 from information_schema.processlist where user in ('app', 'backup', 'payroll', 'dba', 'boss', 'flyway', 'chatbot')");
    }

    internal MySqlTarget Target => new(Name, "127.0.0.1", Server.Port, "", "chatbot", null)
    {
        Tls = MySqlSslMode.None,
        ProtectedUsers = ["backup"],
        ProtectedApplications = ["migration"],
    };

    internal async Task<ITargetServer> BotAsync(MySqlTarget? target = null)
    {
        var connections = new MySqlConnections([target ?? Target], TimeProvider.System, NullLoggerFactory.Instance);
        _bots.Add(connections);
        await connections.StartAsync(Token);
        await connections[Name].PingAsync(Token);
        return new MySqlTargetServer(Name, connections, TimeProvider.System);
    }

    /// <summary>No bot looks after its connection any more; it opens one only when it needs it.</summary>
    internal async Task StopBotsAsync()
    {
        foreach (var bot in _bots)
        {
            await bot.StopAsync(Token);
        }
    }

    /// <summary>A session keeps the global rights that it came with; the next one has those that are granted now.</summary>
    public async Task RenewBotsAsync()
    {
        var mine = await Server.ScalarAsync<string>(
            "select coalesce(group_concat(id), '') from information_schema.processlist where user = 'chatbot'", cancellationToken: Token);
        foreach (var id in mine.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            await TryAsync($"kill connection {id}");
            await UntilAsync($"select count(*) = 0 from information_schema.processlist where id = {id}");
        }
    }

    public async Task<MySqlConnection> OpenAsync(string user = "app", string program = "shop-api", string database = "shop")
    {
        var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(Server.ConnectionString(user, database)) { ApplicationName = program }.ConnectionString);
        try
        {
            await connection.OpenAsync(Token);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        _sessions.Add(connection, connection.ServerThread);
        return connection;
    }

    /// <summary>Root comes over the unix socket.</summary>
    public string RootConnectionString => new MySqlConnectionStringBuilder(Server.ConnectionString("root"))
    {
        Server = Server.Socket,
        ConnectionProtocol = MySqlConnectionProtocol.UnixSocket,
    }.ConnectionString;

    /// <summary>Also of one that is gone: the driver no longer says it then.</summary>
    public long IdOf(MySqlConnection session) => _sessions.TryGetValue(session, out var id) ? id : session.ServerThread;

    /// <summary>As root, over a connection of its own.</summary>
    public Task ExecuteAsync(string sql) => Server.ExecuteAsync(sql, cancellationToken: Token);

    /// <summary>As root, and no matter if it can't be done.</summary>
    public async Task TryAsync(string sql)
    {
        try
        {
            await ExecuteAsync(sql);
        }
        catch (MySqlException)
        {
            // Nothing to be done.
        }
    }

    /// <summary>Asks the server, as root, until it says yes; the test's own timeout is the limit.</summary>
    public async Task UntilAsync(string question)
    {
        while (!await IsTrueAsync(question))
        {
            await Task.Delay(20, Token);
        }
    }

    /// <summary>The server reads its transactions afresh only when nobody asked for 100 ms.</summary>
    public async Task UntilTransactionsAsync(string question)
    {
        do
        {
            await Task.Delay(150, Token);
        }
        while (!await IsTrueAsync(question));
    }

    /// <summary>Waits until the server shows the session in a transaction.</summary>
    public Task UntilInTransactionAsync(MySqlConnection session) => UntilTransactionsAsync(
        $"select count(*) = 1 from information_schema.innodb_trx where trx_mysql_thread_id = {IdOf(session)}");

    /// <summary>The pin of any session, also of one that the bot would never name.</summary>
    public Task<MySqlPin> PinAsync(MySqlConnection session) => PinAsync(IdOf(session));

    /// <summary>Also of a thread that is no client's.</summary>
    public async Task<MySqlPin> PinAsync(long id)
    {
        var row = await Server.ScalarAsync<string>(
            $"""
            select concat_ws('|', p.HOST, {MySqlPins.Work(IsMariaDb)}, coalesce({MySqlPins.Transaction}, '-'), p.USER, coalesce(p.DB, ''))
              from {MySqlPins.Sessions}
             where p.ID = {id}
            """,
            cancellationToken: Token);
        var parts = row.Split('|');
        return new MySqlPin(id, parts[0], parts[1], parts[2] == "-" ? null : parts[2], parts[3], parts[4]);
    }

    /// <summary>How often somebody was told to end or to cancel, by the server's own count.</summary>
    public async Task<long> KillsAsync()
    {
        await using var root = new MySqlConnection(RootConnectionString);
        await root.OpenAsync(Token);
        await using var command = new MySqlCommand("show global status like 'Com_kill'", root);
        await using var row = await command.ExecuteReaderAsync(Token);
        await row.ReadAsync(Token);
        return long.Parse(row.GetString(1), CultureInfo.InvariantCulture);
    }

    // An int on MariaDB, a long on MySQL.
    private async Task<bool> IsTrueAsync(string question) => Convert.ToBoolean(
        await Server.ScalarAsync<object>(question, cancellationToken: Token), CultureInfo.InvariantCulture);

    private protected abstract Task<MySqlProcess> StartAsync(CancellationToken cancellationToken);

    private protected virtual Task<string?> WhyNotAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task RunClientAsync(string sql)
    {
        using var client = Process.Start(new ProcessStartInfo("mariadb", ["--no-defaults", "-uroot", $"--socket={Server.Socket}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = Task.WhenAll(client.StandardOutput.ReadToEndAsync(Token), client.StandardError.ReadToEndAsync(Token));
        await client.StandardInput.WriteAsync(sql);
        client.StandardInput.Close();
        await client.WaitForExitAsync(Token);
        Assert.True(client.ExitCode == 0, string.Concat(await said));
    }

    public string ManifestPath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return Path.Combine(folder.FullName, "manifests", "databases", ManifestName);
    }
}

public sealed class GuardedMariaDb : GuardedServer
{
    public override bool IsMariaDb => true;

    private protected override async Task<MySqlProcess> StartAsync(CancellationToken cancellationToken) =>
        await MariaDbServer.StartAsync(50, WithLog, cancellationToken: cancellationToken);
}

public sealed class GuardedMySql : GuardedServer
{
    public override bool IsMariaDb => false;

    private protected override async Task<MySqlProcess> StartAsync(CancellationToken cancellationToken) =>
        await MySqlServer.StartAsync(50, WithLog, cancellationToken: cancellationToken);

    private protected override async Task<string?> WhyNotAsync(CancellationToken cancellationToken) =>
        (await MySqlServer.FindAsync(cancellationToken)) is { IsAvailable: false } missing ? missing.Reason : null;
}

/// <summary>What a test does to a session.</summary>
internal static class MySqlTalk
{
    public static async Task RunAsync(this MySqlConnection session, string sql)
    {
        await using var command = new MySqlCommand(sql, session) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends however it ends: the test only needs it to wait.</summary>
    public static async Task RunSomehowAsync(this MySqlConnection session, string sql)
    {
        try
        {
            await session.RunAsync(sql);
        }
        catch (Exception ended) when (ended is MySqlException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            // Its session was ended after the test.
        }
    }

    public static async Task<bool> AnswersAsync(this MySqlConnection session)
    {
        try
        {
            await session.RunAsync("select 1");
            return true;
        }
        catch (Exception gone) when (gone is MySqlException or IOException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}

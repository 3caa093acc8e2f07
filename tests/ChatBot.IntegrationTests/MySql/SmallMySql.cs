using System.Data;
using System.Diagnostics;
using System.Globalization;
using ChatBot.Databases.MySql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

/// <summary>A server with 10 ordinary slots, with or without a second port, and the bot's account as the shipped manifest makes it.</summary>
public abstract class SmallMySql(bool isMariaDb, bool secondPort) : IAsyncLifetime
{
    public const int Capacity = 10;
    public const string Name = "orders-db";

    private readonly List<MySqlConnection> _sessions = [];
    private readonly List<MySqlConnections> _bots = [];
    private MySqlProcess? _server;

    /// <summary>Half a sentence; null when the server is there.</summary>
    public string? WhyNot { get; private set; }

    public bool IsMariaDb { get; } = isMariaDb;

    public MySqlProcess Server => _server ?? throw new InvalidOperationException("The server was not started.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!IsMariaDb && await MySqlServer.FindAsync(Token) is { IsAvailable: false } missing)
        {
            WhyNot = missing.Reason;
            return;
        }

        _server = IsMariaDb
            ? await MariaDbServer.StartAsync(Capacity, ["--innodb-lock-wait-timeout=60"], secondPort, cancellationToken: Token)
            : await MySqlServer.StartAsync(Capacity, ["--innodb-lock-wait-timeout=60"], secondPort, cancellationToken: Token);
        await ExecuteAsync(
            """
            create database shop;
            create table shop.stock (id int primary key, quantity int);
            insert into shop.stock values (1, 10), (2, 20);
            create user 'app'@'%'; grant all on shop.* to 'app'@'%';
            create user 'backup'@'%'; grant all on shop.* to 'backup'@'%';
            """);
        await InstallAsync();
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

    /// <summary>Runs the shipped manifest with the client; it also repairs what a test revoked. Here the bot has no password.</summary>
    public async Task InstallAsync()
    {
        var manifest = Path.Combine(Root(), "manifests", "databases", IsMariaDb ? "mariadb.sql" : "mysql.sql");
        var start = new ProcessStartInfo("mariadb", ["--no-defaults", $"--socket={Server.Socket}", "-uroot"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var client = Process.Start(start)!;
        await client.StandardInput.WriteAsync(await File.ReadAllTextAsync(manifest, Token));
        client.StandardInput.Close();
        var said = await client.StandardError.ReadToEndAsync(Token);
        await client.WaitForExitAsync(Token);
        Assert.True(client.ExitCode == 0, said);
        await ExecuteAsync("alter user 'chatbot'@'%' account unlock");
    }

    /// <summary>Ends what the test opened, and waits until the server has nobody but the one who asks.</summary>
    public async Task CleanAsync()
    {
        if (_server is null)
        {
            return;
        }

        var (sessions, bots) = (_sessions.ToList(), _bots.ToList());
        _sessions.Clear();
        _bots.Clear();
        foreach (var bot in bots)
        {
            await bot.DisposeAsync();
        }

        foreach (var session in sessions)
        {
            if (session.State is ConnectionState.Open)
            {
                await TryAsync($"kill connection {session.ServerThread}"); // what a failed test left running would keep it from closing
            }

            await session.DisposeAsync();
        }

        await UntilAsync("select count(*) = 0 from information_schema.processlist where user in ('app', 'backup', 'chatbot', 'unauthenticated user')");
    }

    internal MySqlTarget Target => new(Name, "127.0.0.1", Server.Port, "", "chatbot", null)
    {
        Tls = MySqlSslMode.None,
        ProtectedUsers = ["backup"],
        ProtectedApplications = ["migration"],
        AdminPort = _server switch { MariaDbServer maria => maria.ExtraPort, MySqlServer mysql => mysql.AdminPort, _ => null },
    };

    internal MySqlConnections Unopened(MySqlTarget? target = null, TimeProvider? clock = null)
    {
        var bot = new MySqlConnections([target ?? Target], clock ?? TimeProvider.System, NullLoggerFactory.Instance);
        _bots.Add(bot);
        return bot;
    }

    internal async Task<MySqlConnections> BotAsync(MySqlTarget? target = null)
    {
        var bot = Unopened(target);
        await bot.StartAsync(Token);
        await bot[Name].PingAsync(Token);
        return bot;
    }

    public async Task<MySqlConnection> OpenAsync(string user = "app", string program = "shop-api", string database = "shop", int? port = null)
    {
        var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(Server.ConnectionString(user, database, port)) { ApplicationName = program, DefaultCommandTimeout = 0 }.ConnectionString);
        try
        {
            await connection.OpenAsync(Token);
        }
        catch (MySqlException)
        {
            await connection.DisposeAsync();
            throw;
        }

        _sessions.Add(connection);
        return connection;
    }

    /// <summary>Takes every slot of ordinary users, for good: who is refused right now, and root's last question, hold one only for moments.</summary>
    /// <param name="outside">How many of the bot's sessions take no slot, as those at MariaDB's second port.</param>
    public async Task<IReadOnlyList<MySqlConnection>> FillAsync(int outside = 0)
    {
        var sessions = new List<MySqlConnection>();

        // Counted anew each time: a login that the bot gave up can arrive late, and is gone again a moment after.
        while (await FreeAsync() > 0)
        {
            while (await FreeAsync() > 0)
            {
                try
                {
                    sessions.Add(await OpenAsync());
                }
                catch (MySqlException full) when (full.ErrorCode == MySqlErrorCode.ConnectionCountError)
                {
                    await Task.Delay(20, Token); // somebody is still leaving; the test's own limit ends this
                }
            }

            await UntilAsync("select count(*) = 0 from information_schema.processlist where user = 'root' and id <> connection_id()");
        }

        var more = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync());
        Assert.Equal(MySqlErrorCode.ConnectionCountError, more.ErrorCode);
        return sessions;

        async Task<long> FreeAsync() => Capacity - (await BotSessionsAsync() - outside + sessions.Count);
    }

    /// <summary>Ends the bot's sessions, as an administrator would, and waits until they are gone.</summary>
    public async Task EndBotsAsync()
    {
        const string bots = "from information_schema.processlist where user = 'chatbot'";
        while (await NumberAsync($"select coalesce(max(id), 0) {bots}") is > 0 and var bot)
        {
            await TryAsync($"kill connection {bot}");
        }
    }

    /// <summary>As root, over a connection of its own.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var admin = await OpenAsRootAsync();
        await admin.RunAsync(sql);
    }

    /// <summary>Asks the server, as root, until it says yes; the test's own timeout is the limit.</summary>
    public async Task UntilAsync(string question)
    {
        await using var admin = await OpenAsRootAsync();
        await using var command = new MySqlCommand(question, admin);
        while (Convert.ToInt64(await command.ExecuteScalarAsync(Token), CultureInfo.InvariantCulture) != 1)
        {
            await Task.Delay(150, Token); // InnoDB's tables stay as they are while they are read more often than every 100 ms
        }
    }

    private Task<MySqlConnection> OpenAsRootAsync() => OpenBeyondAsync(new MySqlConnectionStringBuilder
    {
        Server = Server.Socket,
        ConnectionProtocol = MySqlConnectionProtocol.UnixSocket,
        UserID = "root",
        SslMode = MySqlSslMode.None,
        Pooling = false,
        AllowUserVariables = true, // or the @ of 'app'@'%' is taken for a parameter
    }.ConnectionString);

    /// <summary>The privileged have a slot of their own, but on a full server those who are about to be refused take it for moments.</summary>
    public static async Task<MySqlConnection> OpenBeyondAsync(string connectionString)
    {
        while (true)
        {
            var connection = new MySqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(Token);
                return connection;
            }
            catch (MySqlException full) when (full.ErrorCode == MySqlErrorCode.ConnectionCountError)
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Until that many sessions of the application are in this state.</summary>
    public Task UntilStateAsync(string state, int sessions = 1) =>
        UntilAsync($"select count(*) = {sessions} from information_schema.processlist where user = 'app' and state = '{state}'");

    public Task<long> BotSessionsAsync() => NumberAsync("select count(*) from information_schema.processlist where user = 'chatbot'");

    /// <summary>Logins that the server refused or saw fail so far: which of the counters moves depends on how far they got.</summary>
    public Task<long> RefusedAsync() => NumberAsync(Refused);

    public Task UntilRefusedMoreThanAsync(long before) => UntilAsync($"select ({Refused}) > {before}");

    private string Refused =>
        $"select cast(sum(variable_value) as signed) from {(IsMariaDb ? "information_schema" : "performance_schema")}.global_status "
        + "where variable_name in ('Aborted_connects', 'Connection_errors_max_connections')";

    private async Task<long> NumberAsync(string question)
    {
        await using var admin = await OpenAsRootAsync();
        await using var command = new MySqlCommand(question, admin);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Token), CultureInfo.InvariantCulture);
    }

    private async Task TryAsync(string sql)
    {
        try
        {
            await ExecuteAsync(sql);
        }
        catch (MySqlException)
        {
            // It was gone already.
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}

public sealed class SmallMariaDb() : SmallMySql(isMariaDb: true, secondPort: false);

public sealed class SmallMariaDbWithExtraPort() : SmallMySql(isMariaDb: true, secondPort: true);

public sealed class SmallMySql9() : SmallMySql(isMariaDb: false, secondPort: false);

public sealed class SmallMySql9WithAdminPort() : SmallMySql(isMariaDb: false, secondPort: true);

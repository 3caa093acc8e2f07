using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>A server with 20 slots, 17 of them for ordinary users, and the bot's role as the shipped manifest makes it.</summary>
public class SmallServer : IAsyncLifetime
{
    public const int Capacity = 17;
    public const string Name = "orders-db";

    private readonly List<NpgsqlConnection> _sessions = [];
    private readonly List<WarmConnections> _bots = [];

    public PostgreSqlServer Server
    {
        get => field ?? throw new InvalidOperationException("The server was not started.");
        private set;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Server = await PostgreSqlServer.StartAsync(
            await BinariesAsync(Token), 20, ["log_line_prefix=%p@%u@", "autovacuum=off", "max_prepared_transactions=5"], Token);
        await ExecuteAsync("create role app login; create role backup login");
        await ExecuteAsync("create database shop owner app");
        await InstallAsync();
        await InstallAsync(); // running it again is harmless
    }

    public virtual async ValueTask DisposeAsync()
    {
        await CleanAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The distribution's.</summary>
    protected virtual Task<PostgreSqlBinaries> BinariesAsync(CancellationToken cancellationToken) => Task.FromResult(PostgreSqlBinaries.Installed);

    /// <summary>Runs the shipped grants; they also repair what a test revoked.</summary>
    public async Task InstallAsync(string file = "postgresql.sql") => await ExecuteAsync(
        await File.ReadAllTextAsync(Path.Combine(Root(), "manifests", "databases", file), Token));

    /// <summary>Ends what the test opened, and waits until the server has nobody but the one who asks.</summary>
    public async Task CleanAsync()
    {
        // What a failed test left running would keep its connection from closing.
        await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename in ('app', 'backup')");
        IAsyncDisposable[] opened = [.. _bots, .. _sessions];
        _bots.Clear();
        _sessions.Clear();
        foreach (var one in opened)
        {
            await one.DisposeAsync();
        }

        await UntilAsync("select count(*) = 0 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
    }

    internal PostgreSqlTarget Target => new(Name, "127.0.0.1", Server.Port, "postgres", "chatbot", null)
    {
        Tls = SslMode.Disable,
        ProtectedUsers = ["backup"],
        ProtectedApplications = ["migration"],
    };

    internal async Task<WarmConnections> BotAsync(PostgreSqlTarget? target = null, TimeProvider? clock = null)
    {
        var bot = new WarmConnections([target ?? Target], clock ?? TimeProvider.System, NullLoggerFactory.Instance);
        _bots.Add(bot);
        await bot.StartAsync(Token);
        await bot[Name].PingAsync(Token);
        return bot;
    }

    public async Task<NpgsqlConnection> OpenAsync(string user = "app", string application = "shop-api", string database = "shop")
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Server.ConnectionString(user, database)) { ApplicationName = application }.ConnectionString);
        try
        {
            await connection.OpenAsync(Token);
        }
        catch (PostgresException)
        {
            await connection.DisposeAsync();
            throw;
        }

        _sessions.Add(connection);
        return connection;
    }

    /// <summary>As the superuser, over a connection of its own.</summary>
    public Task ExecuteAsync(string sql) => Server.ExecuteAsync(sql, cancellationToken: Token);

    /// <summary>Opens ordinary sessions until the server refuses one with 53300.</summary>
    /// <returns>Those that got in.</returns>
    public async Task<IReadOnlyList<NpgsqlConnection>> FillAsync()
    {
        var sessions = new List<NpgsqlConnection>();
        while (true)
        {
            try
            {
                sessions.Add(await OpenAsync());
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                // One of the test's own questions may still be leaving, and take a slot for a moment.
                if (await Server.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name <> ''", cancellationToken: Token)
                    == Capacity)
                {
                    return sessions;
                }
            }
        }
    }

    /// <summary>Closes a session, and waits until the server has noticed.</summary>
    public Task CloseAsync(NpgsqlConnection session) => CloseAsync(session, session.ProcessID);

    /// <param name="pid">A session that was ended no longer tells its own.</param>
    public async Task CloseAsync(NpgsqlConnection session, int pid)
    {
        await session.DisposeAsync();
        await UntilAsync($"select not exists (select from pg_stat_activity where pid = {pid})");
    }

    /// <summary>Asks the server, as its superuser, until it says yes; the test's own timeout is the limit.</summary>
    public async Task UntilAsync(string question)
    {
        await using var admin = new NpgsqlConnection(Server.AdminConnectionString);
        await admin.OpenAsync(Token);
        await using var command = new NpgsqlCommand(question, admin);
        while (await command.ExecuteScalarAsync(Token) is not true)
        {
            await Task.Yield();
        }
    }

    /// <summary>One look of the bot.</summary>
    /// <param name="ages">Oldest first; none means that every idle session counts as long idle.</param>
    internal static Task<ServerLook> LookAsync(WarmConnections bot, LookMark? before = null, params TimeSpan[] ages) =>
        Asking(bot).LookAsync(new LookRequest(ages is [] ? [TimeSpan.Zero] : ages, before), Token);

    internal static PostgreSqlTargetServer Asking(WarmConnections bot) => new(Name, bot, TimeProvider.System);

    /// <summary>Waits, over the bot's own connection, until those who asked for the test have left: for exact counts.</summary>
    internal static Task<bool> QuietAsync(WarmConnections bot) => bot[Name].UseAsync(
        async (session, token) =>
        {
            await using var command = new NpgsqlCommand(
                "select not exists (select from pg_stat_activity where usename = 'postgres' and application_name = '' and datname is not null)", session);
            while (await command.ExecuteScalarAsync(token) is not true)
            {
                await Task.Yield();
            }

            return true;
        },
        Token);

    public Task<long> BotSessionsAsync() =>
        Server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'chatbot'", cancellationToken: Token);

    /// <summary>The pin of any session, also of one that the bot would never name.</summary>
    public Task<PostgreSqlPin> PinAsync(NpgsqlConnection session) => PinAsync(session.ProcessID);

    /// <summary>Also of a process that is no session.</summary>
    public async Task<PostgreSqlPin> PinAsync(int pid)
    {
        await using var admin = new NpgsqlConnection(Server.AdminConnectionString);
        await admin.OpenAsync(Token);
        await using var command = new NpgsqlCommand(
            $"select backend_start, state_change, xact_start, usename, datname, query_start from pg_stat_activity where pid = {pid}", admin);
        await using var row = await command.ExecuteReaderAsync(Token);
        await row.ReadAsync(Token);
        return new PostgreSqlPin(
            pid,
            row.GetFieldValue<DateTimeOffset>(0),
            row.GetFieldValue<DateTimeOffset>(1),
            row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
            row.GetString(3),
            row.GetString(4))
        {
            QueryStartedAt = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        };
    }

    public Task<DateTimeOffset> StartedAtAsync() => ScalarAsync<DateTimeOffset>("select pg_postmaster_start_time()");

    /// <summary>How many sessions the server itself says it ended on somebody's order, since it was installed.</summary>
    public async Task<int> EndedAsync() => (await File.ReadAllLinesAsync(Server.LogFile, Token))
        .Count(line => line.Contains("terminating connection due to administrator command", StringComparison.Ordinal));

    /// <summary>How many statements the server itself says it cancelled on somebody's order, since it was installed.</summary>
    public async Task<int> CancelledAsync() => (await File.ReadAllLinesAsync(Server.LogFile, Token))
        .Count(line => line.Contains("canceling statement due to user request", StringComparison.Ordinal));

    /// <summary>How many logins of the bot the server's log says it refused.</summary>
    public async Task<int> RefusedAsync() => (await File.ReadAllLinesAsync(Server.LogFile, Token))
        .Count(line => line.Contains("@chatbot@FATAL:", StringComparison.Ordinal)
            && !line.Contains("terminating", StringComparison.Ordinal));

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var admin = new NpgsqlConnection(Server.AdminConnectionString);
        await admin.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, admin);
        await using var row = await command.ExecuteReaderAsync(Token);
        await row.ReadAsync(Token);
        return row.GetFieldValue<T>(0);
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

/// <summary>The same with PostgreSQL 18.</summary>
public sealed class SmallServer18 : SmallServer
{
    protected override Task<PostgreSqlBinaries> BinariesAsync(CancellationToken cancellationToken) => PostgreSqlBinaries.EighteenAsync(cancellationToken);
}

/// <summary>What a test does to a session.</summary>
internal static class SessionTalk
{
    public static async Task RunAsync(this NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<bool> AnswersAsync(this NpgsqlConnection session)
    {
        try
        {
            await session.RunAsync("select");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}

using System.Text.RegularExpressions;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

/// <content>Services that leak connections, and what the server itself says became of them.</content>
internal sealed partial class Practice
{
    /// <summary>An application that no plan may touch.</summary>
    public const string Protected = "billing";

    private readonly List<NpgsqlConnection> _sessions = [];
    private readonly long _logFrom;

    /// <summary>Every session that was opened, oldest first.</summary>
    public IReadOnlyList<NpgsqlConnection> Sessions => _sessions;

    /// <summary>Opens idle sessions as a service would that leaks them.</summary>
    /// <param name="server">Null for the one that orders-db is on.</param>
    public async Task<IReadOnlyList<NpgsqlConnection>> LeakAsync(int count, string application = "checkout-api", PostgreSqlServer? server = null)
    {
        var leaked = new List<NpgsqlConnection>();
        for (var i = 0; i < count; i++)
        {
            var connection = new NpgsqlConnection(ConnectionString(application, server));
            await connection.OpenAsync(Token);
            _sessions.Add(connection);
            leaked.Add(connection);
            await RunAsync(connection, "select 1");
        }

        return leaked;
    }

    /// <summary>Leaks until an ordinary login is refused.</summary>
    public async Task FillAsync()
    {
        try
        {
            while (true)
            {
                await LeakAsync(1);
            }
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // As full as ordinary users can make it.
        }
    }

    /// <summary>One session in a transaction and an idle one that is protected: no plan to end idle sessions may name them.</summary>
    public async Task<IReadOnlyList<NpgsqlConnection>> AddBystandersAsync()
    {
        var working = await LeakAsync(1, "payments");
        await RunAsync(working[0], "begin");
        return [.. working, .. await LeakAsync(1, Protected)];
    }

    /// <summary>Waits until every idle session has been so for long enough to be in a plan.</summary>
    public Task UntilIdleLongEnoughAsync(PostgreSqlServer? server = null) => UntilAsync(() => (server ?? Server).ScalarAsync<bool>(
        """
        select not exists (select
                             from pg_stat_activity
                            where usename = 'app'
                              and state = 'idle'
                              and state_change > clock_timestamp() - interval '1.1 s')
        """));

    /// <summary>The bot may change the role app, until the server is given back.</summary>
    public Task LetLimitAsync() => Server.ExecuteAsync(
        """
        alter role chatbot createrole;
        do $$ begin if current_setting('server_version_num')::int >= 160000 then grant app to chatbot with admin option; end if; end $$
        """);

    /// <summary>-1 is none.</summary>
    public Task<int> LimitOfAppAsync() => Server.ScalarAsync<int>("select rolconnlimit from pg_roles where rolname = 'app'");

    public static async Task<int> RunAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Each of these sessions is the same as ever, and answers.</summary>
    public static async Task AssertAnswersAsync(IEnumerable<NpgsqlConnection> sessions)
    {
        foreach (var session in sessions)
        {
            await using var command = new NpgsqlCommand("select pg_backend_pid()", session);
            Assert.Equal(session.ProcessID, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Process ids of the sessions that were told to end, in order, as often as they were: the server's own ledger.</summary>
    /// <param name="server">Null for the one that orders-db is on.</param>
    public async Task<IReadOnlyList<int>> EndedAsync(PostgreSqlServer? server = null) =>
        [.. TerminatedLine.Matches(await ReadLogAsync(server)).Select(line => int.Parse(line.Groups["pid"].Value, null))];

    /// <summary>
    /// The bot sent this many orders to end a session, and none of them twice. A session dies only once, so this is what
    /// tells a careful bot from a lucky one.
    /// </summary>
    public async Task AssertOrderedOnceEachAsync(int orders)
    {
        var keys = OrderLine.Matches(await ReadLogAsync()).Select(line => line.Groups["key"].Value).ToList();
        Assert.Equal(keys.Distinct(), keys);
        Assert.Equal(orders, keys.Count);
    }

    /// <summary>As often as the bot sent the order to change a role's limit.</summary>
    public async Task<int> LimitOrdersAsync() => LimitLine.Count(await ReadLogAsync());

    /// <summary>The sessions of these process ids, and no others, were told to end, each of them once.</summary>
    public async Task AssertEndedAsync(IEnumerable<int> planned) => Assert.Equal(planned.Order(), (await EndedAsync()).Order());

    /// <summary>How many sessions hold a slot, this one not counted.</summary>
    public Task<long> UsedSlotsAsync() => Server.ScalarAsync<long>(
        "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");

    /// <summary>An ordinary login, refused because the server is full.</summary>
    public async Task AssertLoginRefusedAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString("customer"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Token));
        Assert.Equal(PostgresErrorCodes.TooManyConnections, refused.SqlState);
    }

    /// <summary>What the bot said to the server, statement by statement.</summary>
    public async Task<string> AskedByBotAsync() => string.Join('\n', BotLine.Matches(await ReadLogAsync()).Select(line => line.Value));

    private async Task<string> ReadLogAsync(PostgreSqlServer? server = null)
    {
        await using var log = new FileStream((server ?? Server).LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(server is null ? _logFrom : 0, SeekOrigin.Begin); // others used it before
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync(Token);
    }

    private string ConnectionString(string application, PostgreSqlServer? server = null) =>
        $"{(server ?? Server).ConnectionString("app", "shop")};Application Name={application}";

    // Further lines of a statement begin with a tab.
    [GeneratedRegex(@"^\d+ chatbot \S+ 00000 LOG:  (?:execute|statement).*(?:\n\t.*)*", RegexOptions.Multiline)]
    private static partial Regex BotLine { get; }

    [GeneratedRegex(@"^(?<pid>\d+) .* 57P01 FATAL:  terminating connection due to administrator command", RegexOptions.Multiline)]
    private static partial Regex TerminatedLine { get; }

    [GeneratedRegex(@"^\d+ chatbot \S+ 00000 LOG:  (?:execute [^:]+|statement): do \$\$", RegexOptions.Multiline)]
    private static partial Regex LimitLine { get; }

    // The bot's session carries the idempotency key as its application name while it sends the order.
    [GeneratedRegex(@"^\d+ chatbot (?<key>\S+) 00000 LOG:  execute [^:]+: select pg_terminate_backend", RegexOptions.Multiline)]
    private static partial Regex OrderLine { get; }
}

using System.Text;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbDoorTests(SmallMariaDb server) : MySqlDoorTests(server), IClassFixture<SmallMariaDb>;

public sealed class MySql9DoorTests(SmallMySql9 server) : MySqlDoorTests(server), IClassFixture<SmallMySql9>;

/// <summary>Getting in where there is one port, and why nobody gets in.</summary>
public abstract class MySqlDoorTests(SmallMySql server) : IAsyncLifetime
{
    /// <summary>MariaDB's is in seconds, MySQL's in milliseconds.</summary>
    private string StatementLimit => server.IsMariaDb ? "max_statement_time" : "max_execution_time";

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.WhyNot is not null, $"No MySQL here: {server.WhyNot}.");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await server.CleanAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_stays_full_is_called_full_with_the_number_of_refusals()
    {
        await server.FillAsync();
        await using var bot = server.Unopened();

        var full = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal(UnavailableReason.Full, full.Reason);
        Assert.InRange(full.RefusedLogins, 20, 40);
        Assert.Equal("orders-db is full: it refused the bot's own login, chatbot.", full.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_is_inside_stays_inside_when_it_gets_full_and_nobody_waits_for_the_driver()
    {
        var bot = await server.BotAsync();
        await server.FillAsync();

        var usage = await new MySqlTargetServer(SmallMySql.Name, bot, TimeProvider.System).CountAsync(TestContext.Current.CancellationToken);

        Assert.InRange(usage.Used, SmallMySql.Capacity, SmallMySql.Capacity + 1); // root may still be leaving
        Assert.Equal(SmallMySql.Capacity - 1, usage.Idle);
        Assert.Equal(Door.Main, bot[SmallMySql.Name].CameInBy);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_slot_that_gets_free_is_taken_and_the_refusals_are_told_once()
    {
        var token = TestContext.Current.CancellationToken;
        var sessions = await server.FillAsync();
        var refused = await server.RefusedAsync();
        await using var bot = server.Unopened();
        var asking = new MySqlTargetServer(SmallMySql.Name, bot, TimeProvider.System).CountAsync(token);
        await server.UntilRefusedMoreThanAsync(refused);
        await sessions[0].DisposeAsync();

        var usage = await asking;

        Assert.True(usage.RefusedLogins > 0, "no refusal was counted");
        Assert.Equal(0, bot[SmallMySql.Name].TakeRefusedLogins());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_slot_that_is_kept_for_administrators_of_connections_lets_the_bot_in()
    {
        var right = server.IsMariaDb ? "connection admin" : "connection_admin";
        await server.ExecuteAsync($"grant {right} on *.* to 'chatbot'@'%'");
        try
        {
            await server.FillAsync();
            await using var bot = server.Unopened();

            var usage = await new MySqlTargetServer(SmallMySql.Name, bot, TimeProvider.System).CountAsync(TestContext.Current.CancellationToken);

            Assert.Equal(Door.Main, bot[SmallMySql.Name].CameInBy);
            Assert.True(usage.Ratio >= 1, $"{usage.Used} of {usage.Capacity}");
        }
        finally
        {
            await server.ExecuteAsync($"revoke {right} on *.* from 'chatbot'@'%'");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task On_a_full_server_later_rounds_try_no_more_than_twice_in_ten_seconds()
    {
        await server.FillAsync();
        var clock = new SkippingClock();
        await using var bot = server.Unopened(clock: clock);
        var first = await FailAsync();

        Assert.Equal(first, await FailAsync()); // nobody tried
        clock.Skip(TimeSpan.FromSeconds(10));
        Assert.Equal(first + 2, await FailAsync());

        async Task<int> FailAsync() =>
            (await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken))).RefusedLogins;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_of_the_bots_own_account_is_no_full_server()
    {
        var holders = new List<MySqlConnection>();
        for (var number = 0; number < 3; number++)
        {
            holders.Add(await server.OpenAsync("chatbot", database: ""));
        }

        await using var bot = server.Unopened();

        var limited = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal((UnavailableReason.Refused, 0), (limited.Reason, limited.RefusedLogins));
        Assert.StartsWith("orders-db isn't full, but the bot's account chatbot has as many connections as it may have (1226).", limited.Message, StringComparison.Ordinal);
    }

    public static readonly TheoryData<string, string, string, int, string> Failures = new()
    {
        // user    database  says    reason                               sentence
        { "nosuch",  "",       "",     (int)UnavailableReason.Refused,     "orders-db refused the login of nosuch (1045). Check the user" },
        { "chatbot", "nosuch", "",     (int)UnavailableReason.Refused,     "orders-db does not let chatbot into the target's database (1044). Leave the target's Database out: none is needed." },
        { "chatbot", "",       "off",  (int)UnavailableReason.Unreachable, "Nobody answers for orders-db at 127.0.0.1:1." },
        { "chatbot", "",       "tls",  (int)UnavailableReason.Refused,     "TLS" }, // as the server has it: see below
        { "chatbot", "",       "hang", (int)UnavailableReason.TimedOut,    "orders-db did not answer the bot's login at 127.0.0.1:" },
        { "chatbot", "",       "http", (int)UnavailableReason.TimedOut,    "orders-db did not answer the bot's login at 127.0.0.1:" }, // a header that promises megabytes
        { "chatbot", "",       "junk", (int)UnavailableReason.Confused,    "What answers at 127.0.0.1:" },
        { "chatbot", "",       "bye",  (int)UnavailableReason.Unreachable, "orders-db broke the bot's login off at 127.0.0.1:" },
        { "chatbot", "",       "ban",  (int)UnavailableReason.Refused,     "orders-db has blocked the bot's machine" },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Failures))]
    public async Task Why_nobody_gets_in_is_said_without_the_password_and_the_servers_words(string user, string database, string how, int reason, string sentence)
    {
        await using var odd = new OddListener(
            how switch
            {
                "http" => Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"),
                "junk" => [10, 0, 0, 0, 200, 1, 2, 3, 4, 5, 6, 7, 8, 9],
                "ban" => [.. Packet([0xFF, 0x69, 0x04, .. Encoding.ASCII.GetBytes("Host '10.9.8.7' is blocked because of many connection errors")])],
                _ => [],
            },
            thenCloses: how == "bye");
        await using var bot = server.Unopened(server.Target with
        {
            User = user,
            Database = database,
            Port = how switch { "off" => 1, "" or "tls" => server.Server.Port, _ => odd.Port },
            Tls = how == "tls" ? MySqlSslMode.VerifyFull : MySqlSslMode.None,
            Password = user == "nosuch" ? new Secret("hunter2-hunter2") : null,
            ConnectTimeout = how is "hang" or "http" ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(5),
        });

        var failure = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(
            sentence != "TLS" ? sentence
            : server.IsMariaDb ? "orders-db has no TLS, and the target's Tls asks for it."
            : "The bot and orders-db could not agree on TLS.", // MySQL makes itself a certificate that nobody trusts
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(((UnavailableReason)reason, 0), (failure.Reason, failure.RefusedLogins));
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("10.9.8.7", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ccess denied", failure.ToString(), StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }

    [Fact(Timeout = 120_000)]
    public async Task However_it_hangs_the_bot_never_has_more_than_two_sessions_and_sends_no_cancel()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync(server.Target with { StatementTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) });
        await bot.StopAsync(token); // only the questions below open one
        var first = await IdAsync(bot);

        // The caller gives up, the use does not: it ends in its own time, and the connection stays.
        using var hurry = new CancellationTokenSource();
        var slow = bot[SmallMySql.Name].UseAsync(
            async (session, use) =>
            {
                await hurry.CancelAsync();
                await session.RunAsync("do sleep(0.3)");
                return use.CanBeCanceled;
            },
            hurry.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        Assert.Equal(first, await IdAsync(bot));

        // A use that takes too long costs the connection.
        var late = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].UseAsync(OverstayAsync, token));
        Assert.Equal(UnavailableReason.TimedOut, late.Reason);
        Assert.NotEqual(first, await IdAsync(bot));
        Assert.InRange(await server.BotSessionsAsync(), 1, 2);

        // So does a second one; then no third is opened while the two may still be there.
        await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].UseAsync(OverstayAsync, token));
        var stuck = await Record.ExceptionAsync(() => IdAsync(bot));
        Assert.True(stuck is null || stuck.Message.Contains("opens no third", StringComparison.Ordinal), stuck?.Message);
        Assert.InRange(await server.BotSessionsAsync(), 0, 2);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_session_has_the_bots_settings_again_after_a_use_that_broke_off()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var id = await IdAsync(bot);

        await Assert.ThrowsAsync<MySqlException>(() => bot[SmallMySql.Name].UseAsync(
            async (session, _) =>
            {
                await session.RunAsync($"set session wait_timeout = 1, {StatementLimit} = 0, lock_wait_timeout = 100, sql_mode = 'NO_BACKSLASH_ESCAPES'");
                await session.RunAsync("set session transaction read write");
                await session.RunAsync("nonsense");
                return true;
            },
            token));
        var settings = await bot[SmallMySql.Name].UseAsync(
            async (session, _) => (await session.ReadAllAsync(
                $"select @@wait_timeout, @@{StatementLimit} / {(server.IsMariaDb ? 1 : 1000)}, @@lock_wait_timeout, @@sql_mode",
                row => (row.Number(0), row.Number(1), row.Number(2), row.Text(3))))[0],
            token);

        Assert.Equal((120, 5, 2, "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"), settings);
        Assert.Equal(id, await IdAsync(bot));
        var written = await Assert.ThrowsAsync<MySqlException>(() => bot[SmallMySql.Name].UseAsync(
            async (session, _) =>
            {
                await session.RunAsync("create table chatbot.stolen (id int)"); // the bot may write nothing anywhere
                return true;
            },
            token));
        Assert.NotEqual(0, (int)written.ErrorCode);
    }

    /// <summary>Takes the server's own limit off, and stays longer than the bot's.</summary>
    private async Task<bool> OverstayAsync(MySqlConnection session, CancellationToken token)
    {
        await session.RunAsync($"set session {StatementLimit} = 0");
        await using var sleep = new MySqlCommand("do sleep(20)", session);
        await sleep.ExecuteNonQueryAsync(token);
        return true;
    }

    private static Task<int> IdAsync(MySqlConnections bot) => bot[SmallMySql.Name].UseAsync(
        (session, _) => Task.FromResult(session.ServerThread), TestContext.Current.CancellationToken);

    /// <summary>As the server sends it instead of its greeting.</summary>
    private static IEnumerable<byte> Packet(byte[] body) => [(byte)body.Length, 0, 0, 0, .. body];
}

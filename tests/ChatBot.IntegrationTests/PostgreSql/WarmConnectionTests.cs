using System.Net;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class WarmConnection15Tests(SmallServer server) : WarmConnectionTests(server), IClassFixture<SmallServer>;

public sealed class WarmConnection18Tests(SmallServer18 server) : WarmConnectionTests(server), IClassFixture<SmallServer18>;

public abstract class WarmConnectionTests(SmallServer server) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_the_name_comes_to_mean_another_server_the_connection_moves_there_although_the_old_one_lives()
    {
        var token = TestContext.Current.CancellationToken;
        await using var other = await PostgreSqlServer.StartAsync(20, cancellationToken: token);
        await other.ExecuteAsync("create role chatbot login", cancellationToken: token);
        await using var wire = new MovableWire(server.Server.Port);
        var names = new NamesOfATest();
        await using var bot = new WarmConnections(
            [server.Target with { Host = "localhost", Port = wire.Port, PingEvery = TimeSpan.FromMilliseconds(50) }], TimeProvider.System, NullLoggerFactory.Instance, names);
        await bot.StartAsync(token);
        var first = await StartedAsync(bot);
        Assert.Equal(first, await StartedAsync(bot));

        wire.PointTo(other.Port);
        names.Answer = [IPAddress.Parse("127.0.0.9")];
        while (await StartedAsync(bot) == first)
        {
            await Task.Yield(); // the test's own limit ends this
        }

        var pid = await PidAsync(bot);
        names.Answer = []; // a name server that is gone moves nobody
        await names.AskedAgainAsync(token);
        Assert.Equal(pid, await PidAsync(bot));
    }

    [Fact(Timeout = 120_000)]
    public async Task However_it_hangs_the_bot_never_has_more_than_two_sessions()
    {
        var token = TestContext.Current.CancellationToken;
        var clock = new SkippingClock();
        var bot = await server.BotAsync(server.Target with { StatementTimeout = TimeSpan.FromMilliseconds(500) }, clock);
        var most = MostSessionsAsync();

        // A statement that runs too long: cancelled, and the connection stays.
        var first = await PidAsync(bot);
        var slow = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => SleepAsync(bot));
        Assert.Equal(UnavailableReason.TimedOut, slow.Reason);
        Assert.Equal(first, await PidAsync(bot));
        Assert.Equal("500ms", await bot[SmallServer.Name].UseAsync(ShowTimeoutAsync, token)); // not what the slow one set

        // A frozen session can't be cancelled: it is given up, and counts until the server says that it is gone.
        Signals.Send("STOP", first);
        var second = await PidAsync(bot);
        Assert.NotEqual(first, second);
        Assert.Equal(2, await server.BotSessionsAsync());

        Signals.Send("STOP", second);
        var stuck = await Assert.ThrowsAsync<TargetUnavailableException>(() => PidAsync(bot));
        Assert.Equal(UnavailableReason.TimedOut, stuck.Reason);
        Assert.Contains("opens no third", (await Assert.ThrowsAsync<TargetUnavailableException>(() => PidAsync(bot))).Message, StringComparison.Ordinal);
        Assert.Equal(2, await server.BotSessionsAsync());

        Signals.Send("CONT", first);
        Signals.Send("CONT", second);
        await server.UntilAsync("select count(*) = 0 from pg_stat_activity where usename = 'chatbot'");
        clock.Skip(TimeSpan.FromMinutes(2)); // by now the server must have noticed
        Assert.DoesNotContain(await PidAsync(bot), new[] { first, second });

        _over.SetResult();
        Assert.Equal(2, await most);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_connection_to_a_full_server_gets_in_as_soon_as_a_slot_is_free()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var sessions = await server.FillAsync();
        await bot.StopAsync(token); // only the probe below tries to get in
        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chatbot'");
        await server.UntilAsync("select not exists (select from pg_stat_activity where usename = 'chatbot')");
        await server.FillAsync(); // its slot is taken

        var refused = await server.RefusedAsync();
        var reading = new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, token);
        while (await server.RefusedAsync() == refused)
        {
            Assert.False(reading.IsCompleted);
        }

        await server.CloseAsync(sessions[0]);
        var usage = await reading;

        Assert.True(usage.RefusedLogins > 0, "no refusal was counted");
        Assert.True(usage.SeesEverything);
        Assert.Equal(0, (await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, token)).RefusedLogins); // told once
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_stays_full_is_called_full_with_the_number_of_refusals()
    {
        await server.FillAsync();
        await using var bot = Unopened(server.Target);

        var full = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallServer.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal(UnavailableReason.Full, full.Reason);
        Assert.InRange(full.RefusedLogins, 30, 40);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_was_ended_is_opened_again_in_the_background()
    {
        var bot = await server.BotAsync(server.Target with { PingEvery = TimeSpan.FromMilliseconds(50) });
        var before = await PidAsync(bot);

        await server.ExecuteAsync($"select pg_terminate_backend({before})");

        // Nobody uses it.
        await server.UntilAsync($"select exists (select from pg_stat_activity where usename = 'chatbot' and pid <> {before})");
        Assert.NotEqual(before, await PidAsync(bot));
    }

    public static readonly TheoryData<string, string, int, int> Failures = new()
    {
        // user      database    port  reason
        { "nosuch",  "postgres", 0,    (int)UnavailableReason.Refused },
        { "chatbot", "nosuch",   0,    (int)UnavailableReason.Refused },
        { "chatbot", "postgres", 1,    (int)UnavailableReason.Unreachable },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Failures))]
    public async Task Why_nobody_gets_in_is_said_without_the_password_and_the_servers_words(string user, string database, int port, int reason)
    {
        await using var bot = Unopened(server.Target with
        {
            User = user,
            Database = database,
            Port = port == 0 ? server.Server.Port : port,
            Password = new Secret("hunter2-hunter2"),
        });

        var failure = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => bot[SmallServer.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal(((UnavailableReason)reason, 0), (failure.Reason, failure.RefusedLogins));
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("does not exist", failure.ToString(), StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_host_that_has_no_address_is_unreachable()
    {
        await using var bot = Unopened(server.Target with { Host = "nosuch.invalid" });

        var failure = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => bot[SmallServer.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal(UnavailableReason.Unreachable, failure.Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_host_starts_and_stops_although_a_target_is_unreachable()
    {
        var token = TestContext.Current.CancellationToken;
        await using var bot = Unopened(server.Target with { Port = 1 });

        await bot.StartAsync(token);
        await bot.StopAsync(token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Uses_come_one_after_another_and_a_refused_statement_costs_no_connection()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var pid = await PidAsync(bot);
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bot[SmallServer.Name].UseAsync(
            async (session, use) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await session.RunAsync("select pg_sleep(0.01)");
                use.ThrowIfCancellationRequested();
                return Interlocked.Decrement(ref inside);
            },
            token)));
        await Assert.ThrowsAsync<PostgresException>(() => bot[SmallServer.Name].UseAsync(
            async (session, _) =>
            {
                await session.RunAsync("create table stolen (id int)"); // the bot may write nothing anywhere
                return true;
            },
            token));

        Assert.Equal(pid, await PidAsync(bot));
    }

    private static async Task<DateTimeOffset> StartedAsync(WarmConnections bot) =>
        (await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken)).Server!.Life.StartedAt;

    private readonly TaskCompletionSource _over = new();

    private static WarmConnections Unopened(PostgreSqlTarget target) =>
        new([target], TimeProvider.System, NullLoggerFactory.Instance);

    private static Task<int> PidAsync(WarmConnections bot) => bot[SmallServer.Name].UseAsync(
        (session, _) => Task.FromResult(session.ProcessID), TestContext.Current.CancellationToken);

    private static Task<bool> SleepAsync(WarmConnections bot) => bot[SmallServer.Name].UseAsync(
        async (session, token) =>
        {
            await session.RunAsync("set statement_timeout = 0");
            await using var sleep = new NpgsqlCommand("select pg_sleep(60)", session) { CommandTimeout = 0 };
            await sleep.ExecuteNonQueryAsync(token);
            return true;
        },
        TestContext.Current.CancellationToken);

    private static async Task<string> ShowTimeoutAsync(NpgsqlConnection session, CancellationToken token)
    {
        await using var show = new NpgsqlCommand("show statement_timeout", session);
        return (string)(await show.ExecuteScalarAsync(token))!;
    }

    /// <summary>Asks the server all the time how many sessions the bot's role has, until the test is over.</summary>
    private async Task<long> MostSessionsAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var admin = new NpgsqlConnection(server.Server.AdminConnectionString);
        await admin.OpenAsync(token);
        await using var count = new NpgsqlCommand("select count(*) from pg_stat_activity where usename = 'chatbot'", admin);
        var most = 0L;
        while (!_over.Task.IsCompleted)
        {
            most = Math.Max(most, (long)(await count.ExecuteScalarAsync(token))!);
        }

        return most;
    }

    private sealed class NamesOfATest : HostNames
    {
        private TaskCompletionSource _asked = new();

        public volatile IPAddress[] Answer = [IPAddress.Loopback];

        /// <summary>Somebody began to ask after this was called, and somebody else after that: what the first did is done.</summary>
        public async Task AskedAgainAsync(CancellationToken token)
        {
            for (var time = 0; time < 2; time++)
            {
                var asked = _asked = new TaskCompletionSource();
                await asked.Task.WaitAsync(token);
            }
        }

        protected override Task<IPAddress[]> AskAsync(string host, CancellationToken cancellationToken)
        {
            Assert.Equal("localhost", host);
            _asked.TrySetResult();
            return Task.FromResult(Answer);
        }
    }
}

using System.Globalization;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbSessionActsTests(GuardedMariaDb server) : SessionActsTests(server), IClassFixture<GuardedMariaDb>;

public sealed class MySqlSessionActsTests(GuardedMySql server) : SessionActsTests(server), IClassFixture<GuardedMySql>;

/// <summary>Each act, both ways (the routine, and the bot's own KILL), at sessions that are what was approved, or not.</summary>
public abstract class SessionActsTests : IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private readonly GuardedServer _server;

    protected SessionActsTests(GuardedServer server)
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        _server = server;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.CleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_all_sessions_named_exactly_the_untouched_one_ends(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        var active = await _server.OpenAsync();
        var worked = await _server.OpenAsync();
        var left = await _server.OpenAsync();
        var moved = await _server.OpenAsync();
        var untouched = await _server.OpenAsync();
        var inTransaction = await _server.OpenAsync();
        await inTransaction.RunAsync("begin; update stock set quantity = 9 where id = 1");
        await _server.UntilInTransactionAsync(inTransaction);
        List<MySqlConnection> untouchable =
            [await _server.OpenAsync("backup"), await _server.OpenAsync("payroll"), await _server.OpenAsync("dba"), await _server.OpenAsync("boss")];
        if (!_server.IsMariaDb)
        {
            untouchable.Add(await _server.OpenAsync(program: "migration 7.0")); // MariaDB's performance_schema is off, so it knows no programs
        }

        var preview = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        Assert.Equal(Ids(active, worked, left, moved, untouched), preview.Sessions.Select(session => session.Pin.Number).Order());
        var two = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 2), token);
        Assert.Equal((2, 3), (two.Sessions.Count, two.More));

        // Their pins are right, and still nobody may end them.
        var pins = preview.Sessions.Select(session => session.Pin).ToList();
        foreach (var session in untouchable.Append(inTransaction))
        {
            pins.Add(await _server.PinAsync(session));
        }

        var before = await _server.KillsAsync();
        var sleeping = active.RunAsync("select sleep(600)");
        await worked.RunAsync("select 1");
        await moved.RunAsync("use information_schema");
        var leftId = _server.IdOf(left);
        await left.CloseAsync();
        await _server.UntilAsync($"select command = 'Query' from information_schema.processlist where id = {_server.IdOf(active)}");
        await _server.UntilAsync($"select count(*) = 0 from information_schema.processlist where id = {leftId}");

        var results = new Dictionary<long, StepResult>();
        foreach (var pin in pins)
        {
            results[pin.Number] = await bot.ActAsync(SessionAct.EndIdle, preview.Server, pin, Key, token);
        }

        Assert.Equal(Outcome.Drift, results[_server.IdOf(active)].Outcome);
        Assert.Equal(Outcome.Drift, results[_server.IdOf(worked)].Outcome);
        Assert.Equal(Outcome.Drift, results[_server.IdOf(moved)].Outcome);
        Assert.Equal(Outcome.Drift, results[_server.IdOf(inTransaction)].Outcome);
        Assert.Equal(new StepResult(Outcome.Applied, "Told to end, and seen gone."), results[_server.IdOf(untouched)]);
        Assert.All(untouchable, one => Assert.Equal(Outcome.NotApplied, results[_server.IdOf(one)].Outcome));
        Assert.Single(results.Values, result => result.Outcome == Outcome.AlreadySatisfied);

        Assert.False(await untouched.AnswersAsync());
        foreach (var session in untouchable.Append(worked).Append(moved).Append(inTransaction))
        {
            Assert.True(await session.AnswersAsync());
        }

        Assert.False(sleeping.IsCompleted);
        if (!direct)
        {
            Assert.Equal(1, await _server.KillsAsync() - before); // the batch also sends KILL of nobody
        }

        await _server.ExecuteAsync($"kill connection {_server.IdOf(active)}");
        await Assert.ThrowsAnyAsync<Exception>(() => sleeping);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Root_is_never_named_and_never_ended(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        await using var root = new MySqlConnection(_server.RootConnectionString);
        await root.OpenAsync(token);

        var found = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        Assert.Empty(found.Sessions);
        var result = await bot.ActAsync(SessionAct.EndIdle, found.Server, await _server.PinAsync(root), Key, token);

        Assert.Equal(new StepResult(Outcome.NotApplied, "It is protected now, or its account became privileged, and was left alone."), result);
        Assert.True(await root.AnswersAsync());
    }

    /// <summary>Each of these rights alone, and what a replica and the server itself keep open.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replication_and_the_servers_own_threads_are_never_named_and_never_touched(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        string[] rights = _server.IsMariaDb
            ? ["replication slave", "replication slave admin", "replication master admin", "connection admin", "super"]
            : ["replication slave", "replication_slave_admin", "group_replication_admin", "group_replication_stream", "connection_admin", "system_user", "super"];
        foreach (var (right, number) in rights.Select((right, number) => (right, number)))
        {
            await _server.ExecuteAsync($"create user if not exists 'r{number}'@'%'; grant {right} on *.* to 'r{number}'@'%'; grant all on shop.* to 'r{number}'@'%'");
        }

        await _server.ExecuteAsync("create user if not exists 'replica'@'%'; grant replication slave on *.* to 'replica'@'%'; set global event_scheduler = on");
        var bot = await BotAsync(direct);
        var sessions = new List<MySqlConnection>();
        foreach (var number in Enumerable.Range(0, rights.Length))
        {
            sessions.Add(await _server.OpenAsync($"r{number}"));
        }

        using var dump = await BinlogDump.StartAsync(_server);
        try
        {
            // With the right its account is out of reach; without it the account is an ordinary one, and the dump goes on.
            await _server.ExecuteAsync("revoke replication slave on *.* from 'replica'@'%'");
            var scheduler = await _server.Server.ScalarAsync<object>("select id from information_schema.processlist where user = 'event_scheduler'", cancellationToken: token);
            long[] threads = [dump.Id, Convert.ToInt64(scheduler, CultureInfo.InvariantCulture), .. sessions.Select(_server.IdOf)];
            var server = (await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token)).Server;
            foreach (var state in Enum.GetValues<SessionState>())
            {
                Assert.Empty((await bot.FindSessionsAsync(new(state, TimeSpan.Zero, 50), token)).Sessions);
            }

            foreach (var id in threads)
            {
                foreach (var act in Enum.GetValues<SessionAct>())
                {
                    Assert.NotEqual(Outcome.Applied, (await bot.ActAsync(act, server, await _server.PinAsync(id), Key, token)).Outcome);
                }
            }

            Assert.Equal(threads.Length, await _server.Server.ScalarAsync<long>(
                $"select count(*) from information_schema.processlist where id in ({string.Join(", ", threads)}) and command <> 'Killed'", cancellationToken: token));
            foreach (var session in sessions)
            {
                Assert.True(await session.AnswersAsync());
            }
        }
        finally
        {
            await _server.ExecuteAsync("set global event_scheduler = off; drop user 'replica'@'%'");
            foreach (var number in Enumerable.Range(0, rights.Length))
            {
                await _server.TryAsync($"kill connection {_server.IdOf(sessions[number])}");
                await _server.ExecuteAsync($"drop user 'r{number}'@'%'");
            }
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Idle_in_transaction_only_the_one_that_stayed_so_ends_and_its_work_is_undone(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        var stayed = await _server.OpenAsync();
        var worked = await _server.OpenAsync();
        var again = await _server.OpenAsync();
        await stayed.RunAsync("begin; update stock set quantity = 99 where id = 1");
        await worked.RunAsync("begin; select * from stock");
        await again.RunAsync("begin; select * from stock");
        await _server.UntilTransactionsAsync("select count(*) = 3 from information_schema.innodb_trx");

        var found = await bot.FindSessionsAsync(new(SessionState.IdleInTransaction, TimeSpan.Zero, 50), token);
        Assert.Equal(Ids(stayed, worked, again), found.Sessions.Select(session => session.Pin.Number).Order());
        Assert.Equal((true, 1L), Of(found, stayed).Transaction is { } open ? (open.HasWritten, open.Rows) : default);
        Assert.False(Of(found, worked).Transaction?.HasWritten);

        await worked.RunAsync("select 1");
        await again.RunAsync("commit; begin; select * from stock");
        Assert.Equal(Outcome.Drift, (await ActAsync(SessionAct.EndIdleInTransaction, worked)).Outcome);
        Assert.Equal(Outcome.Drift, (await ActAsync(SessionAct.EndIdleInTransaction, again)).Outcome);
        Assert.Equal(Outcome.Drift, (await ActAsync(SessionAct.EndIdle, stayed)).Outcome);
        Assert.Equal(new StepResult(Outcome.Applied, "Told to end, and seen gone."), await ActAsync(SessionAct.EndIdleInTransaction, stayed));

        Assert.False(await stayed.AnswersAsync());
        Assert.True(await worked.AnswersAsync());
        Assert.True(await again.AnswersAsync());
        Assert.Equal(10, await _server.Server.ScalarAsync<int>("select quantity from shop.stock where id = 1", cancellationToken: token));

        Task<StepResult> ActAsync(SessionAct act, MySqlConnection session) => bot.ActAsync(act, found.Server, Of(found, session).Pin, Key, token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_is_ended_whatever_its_session_does_in_it_and_no_later_one(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        var busy = await _server.OpenAsync();
        var later = await _server.OpenAsync();
        await busy.RunAsync("begin; update stock set quantity = 99 where id = 1");
        await later.RunAsync("begin; update stock set quantity = 99 where id = 2");
        await _server.UntilTransactionsAsync("select count(*) = 2 from information_schema.innodb_trx");
        var found = await bot.FindSessionsAsync(new(SessionState.IdleInTransaction, TimeSpan.Zero, 50), token);

        var sleeping = busy.RunAsync("select sleep(600)");
        await later.RunAsync("rollback; begin; update stock set quantity = 98 where id = 2");
        await _server.UntilAsync($"select command = 'Query' from information_schema.processlist where id = {_server.IdOf(busy)}");
        await _server.UntilTransactionsAsync( // the server shows those of before for a while
            $"select count(*) = 1 from information_schema.innodb_trx t where t.trx_mysql_thread_id = {_server.IdOf(later)} and {MySqlPins.Transaction} <> '{((MySqlPin)Of(found, later).Pin).Transaction}'");

        Assert.Equal(Outcome.Drift, (await bot.ActAsync(SessionAct.EndTransaction, found.Server, Of(found, later).Pin, Key, token)).Outcome);
        Assert.Equal(Outcome.Applied, (await bot.ActAsync(SessionAct.EndTransaction, found.Server, Of(found, busy).Pin, Key, token)).Outcome);

        await Assert.ThrowsAnyAsync<Exception>(() => sleeping);
        Assert.True(await later.AnswersAsync());
        Assert.Equal(10, await _server.Server.ScalarAsync<int>("select quantity from shop.stock where id = 1", cancellationToken: token));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_statement_is_cancelled_its_session_stays_and_no_other_statement_is_hit(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        var same = await _server.OpenAsync();
        var other = await _server.OpenAsync();
        var over = await _server.OpenAsync();
        Task[] asked = [Sleep(same), Sleep(other), Sleep(over)];
        await _server.UntilAsync("select count(*) = 3 from information_schema.processlist where user = 'app' and state = 'User sleep'");

        var found = await bot.FindSessionsAsync(new(SessionState.Active, TimeSpan.Zero, 50), token);
        Assert.Equal(Ids(same, other, over), found.Sessions.Select(session => session.Pin.Number).Order());
        Assert.All(found.Sessions, session => Assert.DoesNotContain("600", session.Statement.Value, StringComparison.Ordinal));
        Assert.All(found.Sessions, session => Assert.Contains("sleep", session.Statement.Value, StringComparison.Ordinal));

        await _server.ExecuteAsync($"kill query {_server.IdOf(other)}");
        await _server.ExecuteAsync($"kill query {_server.IdOf(over)}");
        await Task.WhenAll(asked[1], asked[2]);
        var another = Sleep(other);
        await _server.UntilAsync($"select state = 'User sleep' from information_schema.processlist where id = {_server.IdOf(other)}");

        Assert.Equal(new StepResult(Outcome.Drift, "It is at another statement now, and was left alone."), await CancelAsync(other));
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Its statement was over already. The session was left alone."), await CancelAsync(over));
        Assert.Equal(new StepResult(Outcome.Applied, "Told to cancel its statement, and seen without it."), await CancelAsync(same));
        await asked[0];
        Assert.True(await same.AnswersAsync());
        Assert.Equal(Outcome.AlreadySatisfied, (await CancelAsync(same)).Outcome);
        Assert.False(another.IsCompleted);
        await _server.ExecuteAsync($"kill query {_server.IdOf(other)}");
        await another;

        Task<StepResult> CancelAsync(MySqlConnection session) => bot.ActAsync(SessionAct.CancelStatement, found.Server, Of(found, session).Pin, Key, token);

        // Cancelled, MySQL's sleep returns 1, and MariaDB's fails.
        static async Task Sleep(MySqlConnection session)
        {
            try
            {
                await session.RunAsync("select sleep(600)");
            }
            catch (MySqlException cancelled) when (cancelled.ErrorCode is MySqlErrorCode.QueryInterrupted)
            {
                // As meant.
            }
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twice_is_harmless_and_the_second_time_it_says_already_gone(bool direct)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        await _server.OpenAsync();
        var found = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        var pin = Assert.Single(found.Sessions).Pin;

        Assert.Equal(Outcome.Applied, (await bot.ActAsync(SessionAct.EndIdle, found.Server, pin, Key, token)).Outcome);
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone."), await bot.ActAsync(SessionAct.EndIdle, found.Server, pin, Key, token));
        Assert.Equal(
            new StepResult(Outcome.AlreadySatisfied, "Already gone. Whether the bot ended it can't be proven."),
            await bot.ObserveAsync(SessionAct.EndIdle, found.Server, pin, Key, token));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task After_a_restart_the_same_id_is_somebody_else_who_is_left_alone(bool direct, bool kill)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct);
        await _server.OpenAsync();
        var found = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        var pin = (MySqlPin)Assert.Single(found.Sessions).Pin;

        // A start a second later is the same to the bot; no plan is as young as that.
        await _server.UntilAsync($"select unix_timestamp() - {found.Server.StartedAt.ToUnixTimeSeconds()} >= 2");
        await _server.Server.StopAsync(kill, token);
        await _server.Server.StartAgainAsync(token);
        var heir = await _server.OpenAsync();
        while (_server.IdOf(heir) < pin.Id)
        {
            await heir.DisposeAsync();
            heir = await _server.OpenAsync();
        }

        Assert.Equal(pin.Id, _server.IdOf(heir));

        Assert.Equal(Outcome.Superseded, (await bot.ActAsync(SessionAct.EndIdle, found.Server, pin, Key, token)).Outcome);

        // Even if all else were the same by chance: the server's own start is in the pin.
        var twin = await _server.PinAsync(heir);
        Assert.Equal(Outcome.Superseded, (await bot.ActAsync(SessionAct.EndIdle, found.Server with { StartedAt = found.Server.StartedAt.AddSeconds(-60) }, twin, Key, token)).Outcome);
        Assert.Equal(Outcome.Superseded, (await bot.ActAsync(SessionAct.EndIdle, found.Server with { Identity = "other" }, twin, Key, token)).Outcome);
        Assert.Equal(Outcome.Superseded, (await bot.ObserveAsync(SessionAct.EndIdle, found.Server, pin, Key, token)).Outcome);
        Assert.True(await heir.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_session_with_the_same_id_is_told_by_its_client()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await BotAsync(direct: false);
        var session = await _server.OpenAsync();
        var found = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        var pin = (MySqlPin)Assert.Single(found.Sessions).Pin;

        foreach (var wrong in new[] { pin with { Client = "127.0.0.1:1" }, pin with { User = "APP" } })
        {
            var result = await bot.ActAsync(SessionAct.EndIdle, found.Server, wrong, Key, token);
            Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone. Its id belongs to another session now, which was left alone."), result);
        }

        Assert.True(await session.AnswersAsync());
    }

    private IEnumerable<long> Ids(params MySqlConnection[] sessions) => sessions.Select(_server.IdOf).Order();

    private PinnedSession Of(PinnedSessions found, MySqlConnection session) =>
        Assert.Single(found.Sessions, one => one.Pin.Number == _server.IdOf(session));

    private async Task<ITargetServer> BotAsync(bool direct)
    {
        await _server.InstallAsync(direct);
        return await _server.BotAsync();
    }
}

using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbBlockersTests(GuardedMariaDb server) : BlockersTests(server), IClassFixture<GuardedMariaDb>;

/// <summary>MySQL also says who holds a lock on a table, or one of get_lock().</summary>
public sealed class MySqlBlockersTests(GuardedMySql server) : BlockersTests(server), IClassFixture<GuardedMySql>
{
    [Theory(Timeout = 60_000)]
    [InlineData("select get_lock('leader', 0)", "select get_lock('leader', 600)")]
    [InlineData("lock tables stock write", "select * from stock")]
    public async Task Who_holds_a_lock_without_a_transaction_is_ended_while_it_does_nothing(string hold, string want)
    {
        var token = TestContext.Current.CancellationToken;
        await Server.InstallAsync();
        var bot = await Server.BotAsync();
        var holder = await Server.OpenAsync();
        await holder.RunAsync(hold);
        var waiter = (await Server.OpenAsync()).RunAsync(want);
        await WaitForTablesAsync(1);

        var plan = await DrawAsync(bot);
        Assert.Equal((BlockerWay.EndIdleRoot, Server.IdOf(holder), 1), (plan.Way, plan.Session.Pin.Number, plan.Waiting));
        await holder.RunAsync("select 1");
        Assert.Equal(Outcome.Drift, (await bot.ActAsync(plan.Act, plan.Server, plan.Session.Pin, Key, token)).Outcome);

        plan = await DrawAsync(bot);
        Assert.Equal(Outcome.Applied, (await bot.ActAsync(plan.Act, plan.Server, plan.Session.Pin, Key, token)).Outcome);
        await waiter.WaitAsync(token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_works_outside_a_transaction_is_left_to_a_person_with_the_statement()
    {
        var token = TestContext.Current.CancellationToken;
        await Server.InstallAsync();
        var bot = await Server.BotAsync();
        var holder = await Server.OpenAsync();
        var working = holder.RunSomehowAsync("select get_lock('leader', 0), sleep(600)");
        await Server.UntilAsync("select count(*) = 1 from information_schema.processlist where state = 'User sleep'");
        var waiter = (await Server.OpenAsync()).RunAsync("select get_lock('leader', 600)");
        await WaitForTablesAsync(1);

        var blocking = await EventuallyAsync(bot);
        Assert.Null(BlockerRule.Choose(blocking));
        var root = BlockerRule.ForAPerson(blocking)!;
        var statement = bot.Statement(SessionAct.EndIdle, root.Pin);
        Assert.Equal($"KILL CONNECTION {Server.IdOf(holder)};", statement);
        await Server.ExecuteAsync(statement);
        await waiter.WaitAsync(token);
        await working.WaitAsync(token);
    }
}

/// <summary>What is drawn up against a lock pile-up, and whether those who wait go on when it is carried out.</summary>
public abstract class BlockersTests : IAsyncDisposable
{
    protected const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";


    protected BlockersTests(GuardedServer server)
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        Server = server;
    }

    private protected GuardedServer Server { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.CleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_waits_and_holds_rows_itself_is_no_gate_and_the_end_of_the_root_lets_all_go_on()
    {
        var token = TestContext.Current.CancellationToken;
        await Server.InstallAsync();
        var bot = await Server.BotAsync();
        var root = await Server.OpenAsync();
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        var middle = await Server.OpenAsync();
        await middle.RunAsync("begin; update stock set quantity = 9 where id = 2");
        var waiting = middle.RunAsync("update stock set quantity = 8 where id = 1");
        await WaitForRowsAsync(1);
        var others = new List<Task>();
        for (var number = 0; number < 3; number++)
        {
            others.Add((await Server.OpenAsync()).RunAsync($"update stock set quantity = {number} where id = 2"));
        }

        await WaitForRowsAsync(4);
        var plan = await DrawAsync(bot);
        Assert.Equal((BlockerWay.EndRoot, Server.IdOf(root), 4, 4), (plan.Way, plan.Session.Pin.Number, plan.Waiting, plan.Frees));

        Assert.Equal(Outcome.Applied, (await bot.ActAsync(plan.Act, plan.Server, plan.Session.Pin, Key, token)).Outcome);
        await waiting.WaitAsync(token);
        await middle.RunAsync("commit");
        await Task.WhenAll(others).WaitAsync(token);
        Assert.False(await root.AnswersAsync());
    }

    /// <summary>Why it is none: its transaction keeps what it holds.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_statement_gives_up_no_row_that_its_transaction_holds()
    {
        var token = TestContext.Current.CancellationToken;
        var root = await Server.OpenAsync();
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        var middle = await Server.OpenAsync();
        await middle.RunAsync("begin; update stock set quantity = 9 where id = 2");
        var waiting = middle.RunAsync("update stock set quantity = 8 where id = 1");
        await WaitForRowsAsync(1);
        var other = (await Server.OpenAsync()).RunSomehowAsync("update stock set quantity = 7 where id = 2");
        await WaitForRowsAsync(2);

        await Server.ExecuteAsync($"kill query {Server.IdOf(middle)}");
        await Assert.ThrowsAsync<MySqlException>(() => waiting.WaitAsync(token));

        await WaitForRowsAsync(1);
        Assert.False(other.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_migration_that_only_waits_behind_a_backup_is_cancelled_and_the_backup_goes_on()
    {
        var token = TestContext.Current.CancellationToken;
        await Server.InstallAsync();
        await Server.ExecuteAsync("create user if not exists 'flyway'@'%'; grant all on shop.* to 'flyway'@'%'");
        var bot = await Server.BotAsync(Server.Target with { ProtectedUsers = ["backup", "flyway"], Migrations = ["flyway"] });
        var backup = await Server.OpenAsync("backup");
        await backup.RunAsync("begin; select * from stock");
        var change = await Server.OpenAsync("flyway");
        var changing = change.RunAsync("alter table stock add column note int");
        await WaitForTablesAsync(1);
        Task[] readers = [(await Server.OpenAsync()).RunAsync("select * from stock"), (await Server.OpenAsync()).RunAsync("select * from stock")];
        await WaitForTablesAsync(3);

        if (Server.IsMariaDb)
        {
            await UntilNobodyIsAccusedAsync(bot); // who holds it is not to be had
            var active = await bot.FindSessionsAsync(new(SessionState.Active, TimeSpan.Zero, 50), token);
            Assert.Equal(2, active.Sessions.Count(session => session.Waits)); // a migration's own isn't offered either
            await Server.ExecuteAsync($"kill query {Server.IdOf(change)}");
        }
        else
        {
            var plan = await DrawAsync(bot);
            Assert.Equal((BlockerWay.CancelGate, Server.IdOf(change), 3, 2, true), (plan.Way, plan.Session.Pin.Number, plan.Waiting, plan.Frees, plan.IsMigration));
            Assert.Equal((Server.IdOf(backup), SparedBecause.Backup), (plan.Spared!.Number, plan.Spared.Because));
            Assert.Equal(Outcome.Applied, (await bot.ActAsync(plan.Act, plan.Server, plan.Session.Pin, Key, token)).Outcome);
        }

        await Assert.ThrowsAsync<MySqlException>(() => changing.WaitAsync(token));
        await Task.WhenAll(readers).WaitAsync(token);
        Assert.True(await backup.AnswersAsync());
        Assert.True(await change.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_change_that_has_its_lock_by_now_is_no_gate_any_more()
    {
        var token = TestContext.Current.CancellationToken;
        await Server.InstallAsync();
        var bot = await Server.BotAsync();
        var session = await Server.OpenAsync();
        var working = session.RunSomehowAsync("select sleep(600)");
        await Server.UntilAsync("select count(*) = 1 from information_schema.processlist where state = 'User sleep'");
        var found = await bot.FindSessionsAsync(new(SessionState.Active, TimeSpan.Zero, 50), token);

        Assert.Equal(
            new StepResult(Outcome.Drift, "It has its lock by now, and was left to finish."),
            await bot.ActAsync(SessionAct.CancelGate, found.Server, Assert.Single(found.Sessions).Pin, Key, token));
        Assert.False(working.IsCompleted);
    }

    private protected static async Task<EndBlocker> DrawAsync(ITargetServer bot)
    {
        var blocking = await EventuallyAsync(bot);
        return BlockerRule.Choose(blocking) ?? throw new InvalidOperationException(BlockerRule.WhyNot(blocking));
    }

    /// <summary>InnoDB's lists are up to 100 ms old, and stay so while they are read more often; the test's timeout is the limit.</summary>
    private protected static async Task<BlockingChains> EventuallyAsync(ITargetServer bot)
    {
        while (true)
        {
            var blocking = await bot.FindBlockersAsync(Token);
            if (blocking.Chains is [{ Blocker.Activity: not SessionActivity.Unknown }, ..])
            {
                return blocking;
            }

            await Task.Delay(150, Token);
        }
    }

    /// <summary>The chains of the test before may still be in InnoDB's lists; one of now would never go.</summary>
    private static async Task UntilNobodyIsAccusedAsync(ITargetServer bot)
    {
        while ((await bot.FindBlockersAsync(Token)).Chains.Count > 0)
        {
            await Task.Delay(150, Token);
        }
    }

    private Task WaitForRowsAsync(int sessions) => Server.UntilTransactionsAsync(
        $"select count(*) = {sessions} from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");

    protected Task WaitForTablesAsync(int sessions) => Server.UntilAsync(
        $"select count(*) = {sessions} from information_schema.processlist where state like 'Waiting for table%' or state = 'User lock'");
}

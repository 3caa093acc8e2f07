using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class Blockers15Tests(SmallServer server) : BlockersTests(server), IClassFixture<SmallServer>;

public sealed class Blockers18Tests(SmallServer18 server) : BlockersTests(server), IClassFixture<SmallServer18>;

/// <summary>Who stands in whose way, on every version at hand.</summary>
public abstract class BlockersTests(SmallServer server) : IAsyncLifetime
{
    private readonly List<Task> _waiting = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await server.Server.ExecuteAsync("create table if not exists stock (id int primary key, quantity int); insert into stock values (1, 10) on conflict do nothing; grant all on stock to app, backup;"
        + "create table if not exists orders (id int primary key, note text); insert into orders values (1, '') on conflict do nothing; grant all on orders to app, backup", "shop", Token);

    public async ValueTask DisposeAsync()
    {
        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
        await Task.WhenAll(_waiting.Select(OverAsync));
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_open_transaction_is_the_root_and_the_change_of_the_table_behind_it_the_gate()
    {
        var bot = await server.BotAsync();
        var root = await server.OpenAsync(application: "orders-api");
        await root.RunAsync("begin; select quantity from stock where id = 1");
        var gate = await server.OpenAsync("postgres", "migration-job"); // owns the table
        await WaitAsync(gate, "alter table stock add column price int default 4711");
        var readers = await WaitersAsync(5, "select * from stock");

        var chains = await SmallServer.Asking(bot).FindBlockersAsync(Token);
        var chain = Assert.Single(chains.Chains);
        var look = await SmallServer.LookAsync(bot);

        Assert.Equal(await server.StartedAtAsync(), chains.Server.StartedAt);
        Assert.Equal(
            (root.ProcessID, "orders-api", "app", SessionActivity.IdleInTransaction, "select quantity from stock where id = ?", 6, false),
            (chain.Blocker.Number, chain.Blocker.Application.Value, chain.Blocker.User.Value, chain.Blocker.Activity,
                chain.Blocker.Statement.Value, chain.Blocker.Blocked, chain.Blocker.IsProtected));
        Assert.Equal(
            (gate.ProcessID, "migration-job", "alter table stock add column price int default ?", readers.Count),
            (chain.Blocker.Gate!.Number, chain.Blocker.Gate.Application.Value, chain.Blocker.Gate.Statement.Value, chain.Blocker.Gate.Behind));
        Assert.Equal(await server.PinAsync(root) with { QueryStartedAt = null }, chain.Root!.Pin);
        Assert.Equal((false, true), (chain.Root.Transaction!.HasWritten, chain.Root.Transaction.Locks > 0));
        Assert.Null(chain.Gate); // a superuser's: nobody cancels it from here
        Assert.Equal(
            (root.ProcessID, 6, gate.ProcessID, 5),
            (look.Blockers[0].Number, look.Blockers[0].Blocked, look.Blockers[0].Gate!.Number, look.Blockers[0].Gate!.Behind));
        Assert.Equal((6, 6), (look.Usage.WaitingForLock, look.Consumers.Groups.Sum(group => group.WaitingForLock)));
        Assert.Equal(5, look.Statements.Single(group => group is { Activity: SessionActivity.WaitingForLock, User.Value: "app" }).Sessions);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_root_on_the_servers_own_list_is_called_protected_and_not_pinned()
    {
        var bot = await server.BotAsync();
        var root = await server.OpenAsync(application: "billing");
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        await WaitersAsync(1, "update stock set quantity = 8 where id = 1");
        await server.ExecuteAsync("insert into chatbot.protected values ('billing')");
        try
        {
            var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);

            Assert.Equal((root.ProcessID, true), (chain.Blocker.Number, chain.Blocker.IsProtected));
            Assert.Null(chain.Root);
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gate_that_may_be_cancelled_is_pinned_with_its_statement()
    {
        await server.Server.ExecuteAsync("alter table stock owner to app", "shop", Token);
        var bot = await server.BotAsync();
        var root = await server.OpenAsync();
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        var gate = await server.OpenAsync(application: "console");
        await WaitAsync(gate, "truncate stock");
        await WaitersAsync(2, "select * from stock");

        var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);

        Assert.True(chain.Root!.Transaction!.HasWritten);
        Assert.Equal(gate.ProcessID, chain.Gate!.Pin.Number);
        Assert.Equal("truncate stock", chain.Gate.Statement.Value);
        Assert.Equal(
            await server.Server.ScalarAsync<DateTime>($"select query_start from pg_stat_activity where pid = {gate.ProcessID}", cancellationToken: Token),
            ((PostgreSqlPin)chain.Gate.Pin).QueryStartedAt!.Value.UtcDateTime);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_waits_and_holds_rows_itself_frees_only_those_who_stand_behind_it_in_the_queue()
    {
        await server.Server.ExecuteAsync("alter table stock owner to app", "shop", Token);
        var bot = await server.BotAsync();
        var root = await server.OpenAsync();
        await root.RunAsync("begin; select quantity from stock where id = 1");
        var middle = await server.OpenAsync(application: "console");
        await middle.RunAsync("begin; update orders set note = 'mine' where id = 1");
        await WaitAsync(middle, "lock table stock in access exclusive mode");
        var writers = await WaitersAsync(2, "update orders set note = 'theirs' where id = 1");

        var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);
        Assert.Equal((root.ProcessID, 3, null), (chain.Blocker.Number, chain.Blocker.Blocked, chain.Blocker.Gate));

        var readers = await WaitersAsync(9, "select * from stock");
        var blocking = await SmallServer.Asking(bot).FindBlockersAsync(Token);
        chain = Assert.Single(blocking.Chains);
        Assert.Equal((middle.ProcessID, readers.Count), (chain.Blocker.Gate!.Number, chain.Blocker.Gate.Behind));
        Assert.Equal((true, true), (chain.Gate!.Waits, chain.Gate.Transaction!.HasWritten));

        // Cancelling it would lose its work, and ending the root lets all go on: both of those who wait for rows and for the table.
        var plan = BlockerRule.Choose(blocking)!;
        Assert.Equal((BlockerWay.EndRoot, root.ProcessID, 3 + readers.Count), (plan.Way, plan.Session.Pin.Number, plan.Waiting));
        Assert.Equal(Outcome.Applied, (await ActAsync(bot, plan)).Outcome);
        await _waiting[0].WaitAsync(Token);
        await middle.RunAsync("commit");
        await Task.WhenAll(_waiting).WaitAsync(Token);
        Assert.All(writers, writer => Assert.Equal(System.Data.ConnectionState.Open, writer.State));
    }

    /// <summary>The transaction fails at once and its locks are free, unless its client set a savepoint and goes on from there.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_gate_loses_its_transaction_but_what_it_held_before_a_savepoint(bool savepoint)
    {
        await server.Server.ExecuteAsync("alter table stock owner to app", "shop", Token);
        var bot = await server.BotAsync();
        var backup = await server.OpenAsync("backup");
        await backup.RunAsync("begin; select quantity from stock where id = 1");
        var gate = await server.OpenAsync(application: "console");
        await gate.RunAsync($"begin; update orders set note = 'mine' where id = 1;{(savepoint ? " savepoint before" : "")}");
        await WaitAsync(gate, "lock table stock in access exclusive mode");
        await WaitersAsync(1, "update orders set note = 'theirs' where id = 1");
        await WaitersAsync(2, "select * from stock");

        var plan = BlockerRule.Choose(await SmallServer.Asking(bot).FindBlockersAsync(Token))!;
        Assert.Equal((BlockerWay.CancelGate, gate.ProcessID, 2, SparedBecause.Backup), (plan.Way, plan.Session.Pin.Number, plan.Frees, plan.Spared!.Because));
        Assert.Equal(Outcome.Applied, (await ActAsync(bot, plan)).Outcome);
        await Assert.ThrowsAsync<PostgresException>(() => _waiting[0].WaitAsync(Token));
        await Task.WhenAll(_waiting[2], _waiting[3]).WaitAsync(Token);
        if (savepoint)
        {
            await gate.RunAsync("rollback to before");
            Assert.False(_waiting[1].IsCompleted);
            await gate.RunAsync("rollback");
        }

        await _waiting[1].WaitAsync(Token);
        Assert.True(await backup.AnswersAsync());
        Assert.Equal("theirs", await server.Server.ScalarAsync<string>("select note from orders", "shop", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_holds_an_advisory_lock_without_a_transaction_is_ended_while_it_does_nothing()
    {
        var bot = await server.BotAsync();
        var leader = await server.OpenAsync(application: "leader");
        await leader.RunAsync("select pg_advisory_lock(4711)");
        await WaitersAsync(3, "select pg_advisory_lock_shared(4711)");

        var plan = BlockerRule.Choose(await SmallServer.Asking(bot).FindBlockersAsync(Token))!;
        Assert.Equal((BlockerWay.EndIdleRoot, leader.ProcessID, 3), (plan.Way, plan.Session.Pin.Number, plan.Waiting));
        await leader.RunAsync("select 1");
        Assert.Equal(Outcome.Drift, (await ActAsync(bot, plan)).Outcome);

        plan = BlockerRule.Choose(await SmallServer.Asking(bot).FindBlockersAsync(Token))!;
        Assert.Equal(Outcome.Applied, (await ActAsync(bot, plan)).Outcome);
        await Task.WhenAll(_waiting).WaitAsync(Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_migration_that_only_waits_behind_a_backup_is_cancelled_and_the_backup_goes_on()
    {
        await server.Server.ExecuteAsync("alter table stock owner to app", "shop", Token);
        var bot = await server.BotAsync(server.Target with { ProtectedApplications = ["migration"], Migrations = ["migration"] });
        var backup = await server.OpenAsync("backup");
        await backup.RunAsync("begin; select quantity from stock where id = 1");
        var change = await server.OpenAsync(application: "migration");
        await WaitAsync(change, "alter table stock add column price int");
        await WaitersAsync(2, "select * from stock");

        var blocking = await SmallServer.Asking(bot).FindBlockersAsync(Token);
        Assert.True(Assert.Single(blocking.Chains).GateIsMigration);
        var plan = BlockerRule.Choose(blocking)!;
        Assert.Equal((BlockerWay.CancelGate, change.ProcessID, true), (plan.Way, plan.Session.Pin.Number, plan.IsMigration));
        Assert.Equal(Outcome.Applied, (await ActAsync(bot, plan)).Outcome);
        await Assert.ThrowsAsync<PostgresException>(() => _waiting[0].WaitAsync(Token));
        await Task.WhenAll(_waiting.Skip(1)).WaitAsync(Token);
        Assert.True(await backup.AnswersAsync());

        // The server's own list stands above it.
        await server.ExecuteAsync("insert into chatbot.protected values ('migration')");
        try
        {
            _waiting.Clear();
            await WaitAsync(change, "alter table stock add column price int");
            await WaitersAsync(1, "select * from stock");
            Assert.Null(BlockerRule.Choose(await SmallServer.Asking(bot).FindBlockersAsync(Token)));
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_statement_to_paste_does_it_to_this_session_and_to_no_other_one()
    {
        var bot = await server.BotAsync();
        var root = await server.OpenAsync();
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        await WaitersAsync(1, "update stock set quantity = 8 where id = 1");
        var plan = BlockerRule.Choose(await SmallServer.Asking(bot).FindBlockersAsync(Token))!;
        var statement = SmallServer.Asking(bot).Statement(plan.Act, plan.Session.Pin);
        var later = (PostgreSqlPin)plan.Session.Pin with { TransactionStartedAt = ((PostgreSqlPin)plan.Session.Pin).TransactionStartedAt!.Value.AddMicroseconds(1) };

        await server.ExecuteAsync(SmallServer.Asking(bot).Statement(plan.Act, later));
        Assert.True(await root.AnswersAsync());
        await server.ExecuteAsync(statement);
        await Task.WhenAll(_waiting).WaitAsync(Token);
        Assert.False(await root.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Those_who_queue_for_one_row_have_a_root_and_no_gate()
    {
        var bot = await server.BotAsync();
        var root = await server.OpenAsync();
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        await WaitersAsync(6, "update stock set quantity = 8 where id = 1"); // cancelling the first would only let the second be first

        var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);

        Assert.Equal((root.ProcessID, 6), (chain.Blocker.Number, chain.Blocker.Blocked));
        Assert.Null(chain.Blocker.Gate);
        Assert.Null(chain.Gate);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whom_the_servers_own_list_protects_is_shown_as_the_root_and_not_pinned()
    {
        var bot = await server.BotAsync();
        var root = await server.OpenAsync(application: "billing");
        await root.RunAsync("begin; update stock set quantity = 9 where id = 1");
        await WaitersAsync(2, "update stock set quantity = 8 where id = 1");
        await server.ExecuteAsync("insert into chatbot.protected values ('billing')");
        try
        {
            var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);

            Assert.Equal((root.ProcessID, 2, true), (chain.Blocker.Number, chain.Blocker.Blocked, chain.Blocker.IsProtected));
            Assert.Null(chain.Root);
            Assert.True(Assert.Single((await SmallServer.LookAsync(bot)).Blockers).IsProtected);
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }

        Assert.Equal(root.ProcessID, Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains).Root!.Pin.Number);
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_roots_come_with_the_one_that_holds_up_most_first()
    {
        var bot = await server.BotAsync();
        var small = await server.OpenAsync();
        await small.RunAsync("begin; select pg_advisory_xact_lock(1)");
        var large = await server.OpenAsync("backup");
        await large.RunAsync("begin; select pg_advisory_xact_lock(2)");
        await WaitersAsync(1, "select pg_advisory_xact_lock(1)");
        await WaitersAsync(3, "select pg_advisory_xact_lock(2)");

        var chains = (await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains;

        Assert.Equal([(large.ProcessID, 3, true), (small.ProcessID, 1, false)], chains.Select(chain => (chain.Blocker.Number, chain.Blocker.Blocked, chain.Blocker.IsProtected)));
        Assert.Null(chains[0].Root); // protected
        Assert.Equal(small.ProcessID, chains[1].Root!.Pin.Number);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_prepared_transaction_is_a_root_that_nobody_is_connected_to()
    {
        var bot = await server.BotAsync();
        var left = await server.OpenAsync();
        await left.RunAsync("begin; update stock set quantity = 9 where id = 1; prepare transaction 'order-4711'");
        try
        {
            await WaitersAsync(3, "update stock set quantity = 8 where id = 1");

            var chain = Assert.Single((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);

            Assert.Equal(
                (0, "order-4711", "app", SessionActivity.Prepared, 3, true),
                (chain.Blocker.Number, chain.Blocker.Prepared.Value, chain.Blocker.User.Value, chain.Blocker.Activity, chain.Blocker.Blocked, chain.Blocker.IsProtected));
            Assert.True(chain.Blocker.InTransactionFor > TimeSpan.Zero);
            Assert.Null(chain.Root);
        }
        finally
        {
            await server.Server.ExecuteAsync("rollback prepared 'order-4711'", "shop", Token);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_nobody_waits_nobody_is_in_the_way()
    {
        var bot = await server.BotAsync();
        var holder = await server.OpenAsync();
        await holder.RunAsync("begin; lock table stock in share mode");

        Assert.Empty((await SmallServer.Asking(bot).FindBlockersAsync(Token)).Chains);
        Assert.Empty((await SmallServer.LookAsync(bot)).Blockers);
    }

    private static Task<StepResult> ActAsync(WarmConnections bot, EndBlocker plan) =>
        SmallServer.Asking(bot).ActAsync(plan.Act, plan.Server, plan.Session.Pin, ActedOn.Key, Token);

    private async Task<IReadOnlyList<NpgsqlConnection>> WaitersAsync(int count, string statement)
    {
        var waiters = new List<NpgsqlConnection>();
        for (var i = 0; i < count; i++)
        {
            waiters.Add(await server.OpenAsync());
            await WaitAsync(waiters[^1], statement);
        }

        return waiters;
    }

    private async Task WaitAsync(NpgsqlConnection session, string statement)
    {
        _waiting.Add(session.RunAsync(statement));
        await server.UntilAsync($"select exists (select from pg_stat_activity where pid = {session.ProcessID} and wait_event_type = 'Lock')");
    }

    /// <summary>It was ended with all others, or it got its turn just before.</summary>
    private static async Task OverAsync(Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (NpgsqlException)
        {
        }
    }
}

using ChatBot.Incidents.Evidence;
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
        await server.Server.ExecuteAsync("create table if not exists stock (id int primary key, quantity int); insert into stock values (1, 10) on conflict do nothing; grant all on stock to app, backup", "shop", Token);

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

using ChatBot.Databases;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>A primary, and a standby of it that the bot looks after.</summary>
public sealed class ServerWithStandby : SmallServer
{
    public PostgreSqlServer Standby
    {
        get => field ?? throw new InvalidOperationException("The standby was not started.");
        private set;
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await InstallAsync("postgresql-limit-role.sql");
        await Server.ExecuteAsync("create table stock (id int primary key, quantity int); insert into stock values (1, 10); grant all on stock to app", "shop", TestContext.Current.CancellationToken);
        Standby = await Server.StartStandbyAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Standby.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>What can be done on a standby, what is left to its primary, and what a plan says of that.</summary>
public sealed class StandbyTests(ServerWithStandby server) : IClassFixture<ServerWithStandby>, IAsyncDisposable
{
    private readonly List<NpgsqlConnection> _sessions = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await server.Standby.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'", cancellationToken: Token);
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        await server.CleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_limit_is_set_on_the_primary_and_nobody_is_asked_to_approve_it_here()
    {
        var bot = await BotAsync();
        var found = await bot.FindLimitAsync("app", Token);
        var change = new AccountLimitChange(found!.Server, "app", null, 2);

        Assert.Equal(new LimitGap("orders-db is a standby, which changes nothing: limit the role on its primary."), await bot.WhyNotLimitAsync("app", Token));
        Assert.Equal(
            new StepResult(Outcome.NotApplied, "The server is a standby, which changes nothing: limit the role on its primary. The limit was left as it is."),
            await bot.LimitAsync(change, ActedOn.Key, Token));
        Assert.Equal(-1, await server.Server.ScalarAsync<int>("select rolconnlimit from pg_roles where rolname = 'app'", cancellationToken: Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_waits_for_the_primary_waits_for_nobody_that_is_ended_here()
    {
        var bot = await BotAsync();
        var holder = await server.OpenAsync();
        await server.Server.ExecuteAsync("grant postgres to app", cancellationToken: Token);
        try
        {
            await holder.RunAsync("set role postgres; begin; lock table stock in access exclusive mode");
            await server.ExecuteAsync("select pg_switch_wal()"); // or the lock would be on its way for a while
            await UntilOnStandbyAsync("select exists (select from pg_locks where mode = 'AccessExclusiveLock' and granted)");
            var waiting = (await OpenAsync()).RunAsync("select * from stock");
            await UntilOnStandbyAsync("select exists (select from pg_stat_activity where usename = 'app' and wait_event_type = 'Lock')");

            var blocking = await bot.FindBlockersAsync(Token);

            Assert.True(blocking.IsReplica);
            var chain = Assert.Single(blocking.Chains);
            Assert.Equal(
                (await server.Standby.ScalarAsync<int>("select pid from pg_stat_activity where backend_type = 'startup'", cancellationToken: Token), 1, true),
                (chain.Blocker.Number, chain.Blocker.Blocked, chain.Blocker.IsProtected));
            Assert.Null(BlockerRule.Choose(blocking));
            Assert.True((await bot.LookAsync(new LookRequest([TimeSpan.Zero], null), Token)).Server.IsReplica);

            await holder.RunAsync("rollback");
            await waiting.WaitAsync(Token);
        }
        finally
        {
            await server.Server.ExecuteAsync("revoke postgres from app", cancellationToken: Token);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_blocks_others_here_is_ended_here_and_the_plan_says_that_it_is_a_replica()
    {
        var bot = await BotAsync();
        var root = await OpenAsync();
        await root.RunAsync("begin; select pg_advisory_xact_lock(4711)");
        var waiting = (await OpenAsync()).RunAsync("select pg_advisory_xact_lock(4711)");
        await UntilOnStandbyAsync("select exists (select from pg_stat_activity where usename = 'app' and wait_event_type = 'Lock')");

        var plan = BlockerRule.Choose(await bot.FindBlockersAsync(Token))!;
        Assert.Equal((BlockerWay.EndRoot, root.ProcessID, true), (plan.Way, plan.Session.Pin.Number, plan.OnReplica));

        Assert.Equal(Outcome.Applied, (await bot.ActAsync(plan.Act, plan.Server, plan.Session.Pin, ActedOn.Key, Token)).Outcome);
        await waiting.WaitAsync(Token);
        Assert.False(await root.AnswersAsync());
    }

    private async Task<ITargetServer> BotAsync() => SmallServer.Asking(await server.BotAsync(server.Target with { Port = server.Standby.Port }));

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(server.Standby.ConnectionString("app", "shop"));
        await connection.OpenAsync(Token);
        _sessions.Add(connection);
        return connection;
    }

    private async Task UntilOnStandbyAsync(string question)
    {
        while (!await server.Standby.ScalarAsync<bool>(question, cancellationToken: Token))
        {
            await Task.Yield();
        }
    }
}

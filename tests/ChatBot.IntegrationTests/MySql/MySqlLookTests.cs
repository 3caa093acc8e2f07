using System.Text.Json;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Incidents.Evidence;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbLookTests(SmallMariaDb server) : MySqlLookTests(server), IClassFixture<SmallMariaDb>;

public sealed class MySql9LookTests(SmallMySql9 server) : MySqlLookTests(server), IClassFixture<SmallMySql9>;

/// <summary>What one look at a real server shows.</summary>
public abstract class MySqlLookTests(SmallMySql server) : IAsyncLifetime
{
    private const string Canary = "canary-7-hunter2";

    private static readonly TimeSpan[] Ages = [TimeSpan.FromHours(1), TimeSpan.Zero];

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

    [Fact(Timeout = 60_000)]
    public async Task Every_session_is_counted_in_the_state_that_it_is_in()
    {
        var bot = await ServerAsync();
        await server.OpenAsync();
        await LeaveInTransactionAsync();
        _ = (await server.OpenAsync()).RunSomehowAsync("select sleep(60)");
        _ = (await server.OpenAsync()).RunSomehowAsync("update stock set quantity = 8 where id = 1"); // waits for the transaction above
        await server.UntilAsync("select count(*) = 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");
        await server.UntilStateAsync("User sleep");

        var usage = await EventuallyAsync(() => bot.CountAsync(TestContext.Current.CancellationToken), seen => seen is { Used: 5, WaitingForLock: 1 });

        Assert.Equal(new ConnectionUsage(5, 10, 10, Idle: 1, IdleInTransaction: 1, Active: 2, WaitingForLock: 1, RunbookCount: 5, SeesEverything: true, RefusedLogins: 0), usage with { Server = null });
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_PROCESS_only_the_slots_are_told()
    {
        await server.OpenAsync();
        await LeaveInTransactionAsync();
        await server.ExecuteAsync("revoke process on *.* from 'chatbot'@'%'");
        try
        {
            var bot = await ServerAsync();

            var usage = await EventuallyAsync(() => bot.CountAsync(TestContext.Current.CancellationToken), seen => seen.Used == 3);
            var look = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);

            Assert.Equal(new ConnectionUsage(3, 10, 10, 0, 0, 0, 0, 3, SeesEverything: false, 0), usage with { Server = null });
            Assert.False(look.Usage.SeesEverything);
            Assert.Empty(look.Consumers.Groups);
            Assert.Null(look.Starting);
        }
        finally
        {
            await server.InstallAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_leak_is_seen_by_who_holds_it_and_that_it_stays_as_it_is()
    {
        var bot = await ServerAsync();
        for (var number = 0; number < 3; number++)
        {
            await (await server.OpenAsync()).RunAsync($"select quantity from stock where id = 1 and '{Canary}' <> \"{Canary}\" # {Canary}");
        }

        var protectedOne = await server.OpenAsync("backup");
        var first = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);
        Assert.Null(first.Since);
        var before = first.Mark with { At = first.Mark.At + TimeSpan.FromSeconds(3) }; // three seconds later
        await server.UntilAsync("select min(time) >= 5 from information_schema.processlist where user = 'app'");
        await server.OpenAsync(); // just born
        await protectedOne.RunAsync("select 1");

        var look = await bot.LookAsync(new LookRequest(Ages, before) { StillFor = TimeSpan.FromSeconds(5) }, TestContext.Current.CancellationToken);

        Assert.Equal((server.IsMariaDb ? "MariaDB" : "MySQL", false), (look.Server.Product, look.Server.IsReplica));
        var leak = Assert.Single(look.Consumers.Groups, group => group.User.Value == "app");
        Assert.Equal(
            (server.IsMariaDb ? "" : "shop-api", "shop", "127.0.0.1", 4, 4, 0),
            (leak.Application.Value, leak.Database.Value, leak.Client.Value, leak.Count, leak.Idle, leak.LongIdle));
        Assert.Equal((1, 3), (leak.Born, leak.Unchanged));
        Assert.Equal(5, look.Consumers.Sessions);
        Assert.Equal([(TimeSpan.FromHours(1), 0), (TimeSpan.Zero, 4)], look.Consumers.EndableByAge.Select(count => (count.IdleFor, count.Sessions))); // backup is protected
        Assert.Equal((1, 3), (look.Since!.Born, look.Since.Unchanged));
        Assert.Equal(look.Usage.Used - first.Usage.Used, look.Since.Rise);
        Assert.Null(leak.OldestConnection);
        Assert.Equal((4, 3), look.Consumers.Services.Where(service => service.User.Value == "app").Select(service => (service.Count, service.Still)).Single());
        Assert.Equal(server.IsMariaDb ? LastStatements.NotKept : LastStatements.Told, look.LastStatements);
        Assert.True(look.Since.Logins >= 1, $"{look.Since.Logins} logins");
        if (!server.IsMariaDb)
        {
            var same = look.Statements[0];
            Assert.Equal(3, same.Sessions);
            Assert.StartsWith("SELECT `quantity` FROM `stock` WHERE `id` = ?", same.Statement.Value, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(look), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_restart_between_two_looks_is_told_and_nothing_is_said_about_what_changed()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await ServerAsync();
        var before = await bot.LookAsync(new LookRequest(Ages, null), token);
        await server.UntilAsync("select cast(variable_value as signed) >= 2 from "
            + (server.IsMariaDb ? "information_schema" : "performance_schema") + ".global_status where variable_name = 'Uptime'"); // starts are told to the second
        await server.Server.StopAsync(cancellationToken: token);
        var stopped = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot.CountAsync(token));
        Assert.Equal(UnavailableReason.Unreachable, stopped.Reason);
        await server.Server.StartAgainAsync(token);
        await server.UntilAsync("select count(*) > 0 from information_schema.processlist where user = 'chatbot'"); // the keeper is back

        var after = await bot.LookAsync(new LookRequest(Ages, before.Mark), token);

        Assert.Equal((true, null), (after.StartedAnew, after.Since));
        Assert.Equal((before.Mark.Identity, server.IsMariaDb), (after.Mark.Identity, after.Usage.Server!.Product == "MariaDB"));
        Assert.NotEqual(before.Usage.Server!.Life, after.Usage.Server.Life);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_server_says_the_same_of_itself_every_time_and_what_it_takes()
    {
        var bot = await ServerAsync();
        var first = (await bot.CountAsync(TestContext.Current.CancellationToken)).Server!;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(3)) // over three changes of the second, of which its start is put together
        {
            Assert.Equal(first, (await bot.CountAsync(TestContext.Current.CancellationToken)).Server);
        }

        Assert.NotEmpty(first.Life.Identity);
        Assert.Equal(ServerRole.Primary, first.Role);
        await server.ExecuteAsync("set global read_only = 1");
        try
        {
            Assert.Equal(ServerRole.ReadOnly, (await bot.CountAsync(TestContext.Current.CancellationToken)).Server!.Role);
        }
        finally
        {
            await server.ExecuteAsync("set global read_only = 0");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_statement_that_runs_shows_its_shape_and_never_a_value()
    {
        var bot = await ServerAsync();
        _ = (await server.OpenAsync()).RunSomehowAsync($"select sleep(60), '{Canary}', \"{Canary}\", `quantity` from stock where quantity > 7 -- {Canary}");
        await server.UntilStateAsync("User sleep");

        var look = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);

        var running = Assert.Single(look.Statements, group => group.Activity is SessionActivity.Running && group.User.Value == "app");
        Assert.Equal("select sleep(?), ?, ?, `quantity` from stock where quantity > ?", running.Statement.Value);
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(look), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_one_that_all_wait_for_is_named_and_pinned()
    {
        var bot = await ServerAsync();
        var root = await LeaveInTransactionAsync();
        for (var number = 0; number < 3; number++)
        {
            _ = (await server.OpenAsync()).RunSomehowAsync($"update stock set quantity = 77 where id = 1 and '{Canary}' <> ''");
        }

        await server.UntilAsync("select count(*) = 3 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");

        var look = await EventuallyAsync(() => bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken), seen => seen.Usage.WaitingForLock == 3);
        var chain = Assert.Single((await bot.FindBlockersAsync(TestContext.Current.CancellationToken)).Chains);

        var blocker = Assert.Single(look.Blockers);
        Assert.Equal((root, "app", SessionActivity.IdleInTransaction, 3, false), (blocker.Number, blocker.User.Value, blocker.Activity, blocker.Blocked, blocker.IsProtected));
        Assert.NotNull(blocker.InTransactionFor);
        Assert.Null(blocker.Gate);
        Assert.Equal((root, "app"), (chain.Root?.Pin.Number, chain.Root?.Pin.User));
        Assert.NotNull(chain.Root!.Transaction);
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(look) + JsonSerializer.Serialize(chain.Blocker), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_change_of_a_table_that_waits_is_the_gate_where_the_server_proves_it()
    {
        var bot = await ServerAsync();
        var root = await LeaveInTransactionAsync();
        var change = await server.OpenAsync();
        _ = change.RunSomehowAsync("alter table stock add column note int");
        await server.UntilStateAsync("Waiting for table metadata lock");
        for (var number = 0; number < 2; number++)
        {
            _ = (await server.OpenAsync()).RunSomehowAsync("select * from stock");
        }

        await server.UntilStateAsync("Waiting for table metadata lock", sessions: 3);

        var look = await EventuallyAsync(
            () => bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken), seen => seen.Usage is { WaitingForLock: 3, IdleInTransaction: 1 });

        if (server.IsMariaDb)
        {
            Assert.Empty(look.Blockers); // who holds it is not to be had, so nobody is accused
            return;
        }

        var blocker = Assert.Single(look.Blockers);
        Assert.Equal((root, 3), (blocker.Number, blocker.Blocked));
        Assert.Equal((change.ServerThread, 2), (blocker.Gate?.Number, blocker.Gate?.Behind));
        Assert.Equal("alter table stock add column note int", blocker.Gate!.Statement.Value);
        var chain = Assert.Single((await bot.FindBlockersAsync(TestContext.Current.CancellationToken)).Chains);
        Assert.Equal((root, change.ServerThread), (chain.Root?.Pin.Number, chain.Gate?.Pin.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_protected_root_is_named_and_not_pinned()
    {
        var bot = await ServerAsync();
        var root = await LeaveInTransactionAsync("backup");
        _ = (await server.OpenAsync()).RunSomehowAsync("update stock set quantity = 8 where id = 1");
        await server.UntilAsync("select count(*) = 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");

        var chains = await EventuallyAsync(() => bot.FindBlockersAsync(TestContext.Current.CancellationToken), seen => seen.Chains.Count == 1);

        Assert.Equal((root, true), (chains.Chains[0].Blocker.Number, chains.Chains[0].Blocker.IsProtected));
        Assert.Null(chains.Chains[0].Root);
    }

    [Fact(Timeout = 60_000)]
    public async Task Limits_of_accounts_are_told_with_what_is_used_of_them()
    {
        await server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 4");
        try
        {
            var bot = await ServerAsync();
            await server.OpenAsync();
            await server.OpenAsync();

            var look = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);

            Assert.Contains(new ConnectionLimit(LimitScope.Account, ForeignText.From("app@%", 50), 4, 2), look.Limits);
        }
        finally
        {
            await server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 0");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_counts_for_the_account_that_the_server_took_for_its_host()
    {
        await server.ExecuteAsync("create user 'app'@'127.0.0.1'");
        await server.ExecuteAsync("grant all on shop.* to 'app'@'127.0.0.1'");
        await server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 4");
        try
        {
            var bot = await ServerAsync();
            var session = await server.OpenAsync();
            await using (var command = new MySqlCommand("select current_user()", session))
            {
                Assert.Equal("app@127.0.0.1", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            }

            var look = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);

            Assert.Contains(new ConnectionLimit(LimitScope.Account, ForeignText.From("app@%", 50), 4, 0), look.Limits);
        }
        finally
        {
            await server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 0");
            await server.ExecuteAsync("drop user 'app'@'127.0.0.1'");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_driver_sends_when_a_connection_comes_back_is_told_where_the_server_keeps_it()
    {
        Assert.SkipWhen(server.IsMariaDb, "It keeps no statements unless somebody turns that on.");
        var bot = await ServerAsync();
        var session = await server.OpenAsync();
        await session.RunAsync("select quantity from stock");
        await session.ResetConnectionAsync(TestContext.Current.CancellationToken);

        var look = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);

        Assert.Contains(look.Statements, group => group.User.Value == "app" && group.Statement.Value == "reset connection");
    }

    [Fact(Timeout = 60_000)]
    public async Task Counters_that_somebody_set_back_are_read_as_no_refusals_and_no_logins()
    {
        const int Failed = 30;
        var bot = await ServerAsync();
        for (var number = 0; number < Failed; number++)
        {
            await using var stranger = new MySqlConnection($"Server=127.0.0.1;Port={server.Server.Port};User ID=nobody;Password=wrong;Pooling=false;SslMode=None");
            await Assert.ThrowsAsync<MySqlException>(() => stranger.OpenAsync(TestContext.Current.CancellationToken));
        }

        var first = await bot.LookAsync(new LookRequest(Ages, null), TestContext.Current.CancellationToken);
        await server.ExecuteAsync("flush status");
        var second = await bot.LookAsync(new LookRequest(Ages, first.Mark with { Refusals = first.Mark.Refusals + 1 }), TestContext.Current.CancellationToken);
        var third = await bot.LookAsync(new LookRequest(Ages, first.Mark), TestContext.Current.CancellationToken);

        Assert.Null(second.Since!.Refusals);
        Assert.True(third.Since!.Logins is null or < Failed, $"{third.Since.Logins} logins");
    }

    private async Task<MySqlTargetServer> ServerAsync() => new(SmallMySql.Name, await server.BotAsync(), TimeProvider.System);

    /// <returns>The id of a session that changed a row and went quiet.</returns>
    private async Task<long> LeaveInTransactionAsync(string user = "app")
    {
        var session = await server.OpenAsync(user);
        await session.RunAsync("start transaction");
        await session.RunAsync("update stock set quantity = 9 where id = 1");
        return session.ServerThread;
    }

    /// <summary>The test's own questions leave a moment later than it goes on; the test's timeout is the limit.</summary>
    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isIt)
    {
        while (true)
        {
            var answer = await ask();
            if (isIt(answer))
            {
                return answer;
            }

            await Task.Delay(150, TestContext.Current.CancellationToken); // InnoDB's tables stay as they are while they are read more often than every 100 ms
        }
    }
}

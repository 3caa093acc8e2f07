using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using Npgsql;
using Npgsql.Replication;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class ServerLook15Tests(SmallServer server) : ServerLookTests(server), IClassFixture<SmallServer>;

public sealed class ServerLook18Tests(SmallServer18 server) : ServerLookTests(server), IClassFixture<SmallServer18>;

/// <summary>What a look shows, on every version at hand.</summary>
public abstract class ServerLookTests(SmallServer server) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private bool IsEighteen => server is SmallServer18;

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_leak_is_sessions_that_do_nothing_between_two_looks_after_the_same_statement()
    {
        var bot = await server.BotAsync();
        for (var order = 0; order < 5; order++)
        {
            var leaked = await server.OpenAsync(application: "checkout-api");
            await leaked.RunAsync($"select {order} as id, 'customer {order}' as name -- order {order}");
        }

        var healthy = await server.OpenAsync(application: "search-api");
        var first = await SmallServer.LookAsync(bot);
        await healthy.RunAsync("select 'something new'");
        await server.OpenAsync(application: "search-api");
        await SmallServer.QuietAsync(bot);
        var second = await SmallServer.LookAsync(bot, first.Mark, TimeSpan.FromHours(1), TimeSpan.Zero);

        Assert.Null(first.Since);
        Assert.Null(first.Consumers.Groups[0].Unchanged);
        Assert.Equal((1, 5), (second.Since!.Born, second.Since.Unchanged));
        Assert.Equal(second.At - first.At, second.Since.Span);
        Assert.True(second.Since.ChurnPerSecond > 0);
        Assert.Equal((5, 5, 0), (second.Consumers.Groups[0].Count, second.Consumers.Groups[0].Unchanged, second.Consumers.Groups[0].Born));
        Assert.Equal((2, 0, 1), (second.Consumers.Groups[1].Count, second.Consumers.Groups[1].Unchanged, second.Consumers.Groups[1].Born));
        Assert.Equal([new AgeCount(TimeSpan.FromHours(1), 0), new AgeCount(TimeSpan.Zero, 7)], second.Consumers.EndableByAge);
        Assert.Equal(0, second.Consumers.Endable);
        var leak = second.Statements[0];
        Assert.Equal(
            ("checkout-api", "app", SessionActivity.Idle, "select ? as id, ? as name", 5),
            (leak.Application.Value, leak.User.Value, leak.Activity, leak.Statement.Value, leak.Sessions));
        Assert.True(leak.Shortest > second.Since.Span && leak.Longest > leak.Shortest, $"{leak.Shortest} to {leak.Longest}");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_stands_still_is_told_from_what_is_used_in_turns_and_a_service_is_counted_whole()
    {
        var bot = await server.BotAsync();
        for (var order = 0; order < 3; order++)
        {
            await (await server.OpenAsync(application: "checkout-api")).RunAsync("select 'kept'");
        }

        var healthy = await server.OpenAsync(application: "checkout-api");
        var elsewhere = await server.OpenAsync(application: "checkout-api", database: "postgres");
        var stillFor = TimeSpan.FromSeconds(2);
        await server.UntilAsync("select min(clock_timestamp() - state_change) >= interval '2 s' from pg_stat_activity where usename = 'app'");

        ServerLook look;
        do
        {
            await healthy.RunAsync("select 'something else'"); // a busy machine may take long until it looks
            look = await SmallServer.Asking(bot).LookAsync(new LookRequest([TimeSpan.FromHours(1)], Before: null) { StillFor = stillFor }, Token);
        }
        while (look.Consumers.Services[0].Turned == 0);

        Assert.Equal(stillFor, look.Consumers.StillFor);
        Assert.Equal(
            [("shop", 4, 3, 1, 1), ("postgres", 1, 1, 0, 1)],
            look.Consumers.Services.Where(service => service.User.Value == "app").Select(service => (service.Database.Value, service.Count, service.Still, service.Turned, service.Clients)));
        Assert.Equal((4, 3, 1), look.Statements.Where(group => group.Statement.Value == "select ?").Select(group => (group.Sessions, group.AtItLong, group.Turned)).Single());
        Assert.True(await elsewhere.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_pauses_in_a_transaction_and_what_runs_for_long_is_counted_by_itself()
    {
        var bot = await server.BotAsync();
        for (var order = 0; order < 2; order++)
        {
            await (await server.OpenAsync(application: "orders-api")).RunAsync("begin; select 42");
        }

        var busy = await server.OpenAsync(application: "orders-api");
        var running = busy.RunAsync("select pg_sleep(600)");
        await server.UntilAsync("select count(*) = 3 from pg_stat_activity where usename = 'app' and clock_timestamp() - query_start >= interval '5 s'");
        await (await server.OpenAsync(application: "orders-api")).RunAsync("begin; select 43");

        var orders = (await SmallServer.LookAsync(bot)).Consumers.Services.Single(service => service.Application.Value == "orders-api");

        Assert.Equal((3, 0, 1, 1), (orders.IdleInTransaction, orders.LeftInTransaction, orders.Active, orders.LongActive));
        Assert.InRange(orders.PausedInTransaction, 2, 3); // the youngest has 5 s, too, on a machine that is slow enough
        await server.ExecuteAsync($"select pg_terminate_backend({busy.ProcessID})");
        await Assert.ThrowsAsync<PostgresException>(() => running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_others_parallel_workers_never_make_a_server_full()
    {
        var (capacity, mode) = (SmallServer.Capacity, IsEighteen ? "debug_parallel_query" : "force_parallel_mode");
        await server.ExecuteAsync("revoke pg_read_all_stats from chatbot");
        try
        {
            var bot = await server.BotAsync();
            var runs = new List<Task>();
            for (var query = 0; query < 6; query++) // a leader and a worker each; the server has eight places for workers of all kinds
            {
                var session = await server.OpenAsync();
                await session.RunAsync($"set {mode} = on");
                runs.Add(session.RunAsync("select pg_sleep(600)"));
            }

            for (var idle = 0; idle < 5; idle++)
            {
                await server.OpenAsync();
            }

            await server.UntilAsync("select count(*) = 6 from pg_stat_activity where backend_type = 'parallel worker'");

            var look = await SmallServer.LookAsync(bot);
            var verdict = VerdictRule.Judge(new Symptoms(look, 0, null, []) { ExhaustedFrom = 0.8 });

            Assert.True(look.Usage.Used >= capacity, $"{look.Usage.Used} of {capacity}");
            Assert.Equal(Cause.Undetermined, verdict.Cause);
            Assert.StartsWith($"At most {look.Usage.Used} of {capacity} slots of the server are taken.", verdict.Summary.ToString(), StringComparison.Ordinal);
            await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
            await Assert.ThrowsAsync<PostgresException>(() => Task.WhenAll(runs));
        }
        finally
        {
            await server.InstallAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_says_which_server_this_is()
    {
        var look = await SmallServer.LookAsync(await server.BotAsync());

        Assert.Equal(("PostgreSQL", false, false), (look.Server.Product, look.Server.IsReplica, look.StartedAnew));
        Assert.Matches(IsEighteen ? @"^18\.\d+$" : @"^15\.\d+$", look.Server.Version);
        Assert.Equal(await server.StartedAtAsync(), look.Mark.ServerStartedAt);
        Assert.Equal((SmallServer.Capacity, 20), (look.Usage.Capacity, look.Usage.MaxConnections));
        Assert.Null(look.Mark.Refusals); // PostgreSQL counts none
    }

    [Fact(Timeout = 120_000)]
    public async Task A_restart_between_two_looks_is_told_and_nothing_is_said_about_what_changed()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var before = await SmallServer.LookAsync(bot);
        await server.Server.StopAsync("fast", token);
        await server.Server.StartAgainAsync(token);
        await server.UntilAsync("select exists (select from pg_stat_activity where usename = 'chatbot')"); // the keeper is back

        var after = await SmallServer.LookAsync(bot, before.Mark);

        Assert.Equal((true, null), (after.StartedAnew, after.Since));
        Assert.NotEqual(before.Usage.Server!.Life, after.Usage.Server!.Life);
        Assert.Equal(after.Mark.Life, after.Usage.Server.Life);
        Assert.NotNull((await SmallServer.LookAsync(bot, after.Mark)).Since);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_left_in_transactions_tell_for_how_long_and_running_ones_too()
    {
        var bot = await server.BotAsync();
        var open = await server.OpenAsync(application: "orders-api");
        await open.RunAsync("begin; select 42");
        var failed = await server.OpenAsync(application: "orders-api");
        await Assert.ThrowsAsync<PostgresException>(() => failed.RunAsync("begin; select 1 / 0"));
        var busy = await server.OpenAsync(application: "report");
        var running = busy.RunAsync("select pg_sleep(600)");
        await server.UntilAsync("select exists (select from pg_stat_activity where wait_event = 'PgSleep')");

        await SmallServer.QuietAsync(bot);
        var look = await SmallServer.LookAsync(bot);

        var orders = look.Consumers.Groups.Single(group => group.Application.Value == "orders-api");
        Assert.Equal((2, 0, 2, 0), (orders.Count, orders.Idle, orders.IdleInTransaction, orders.Active));
        Assert.Null(orders.OldestIdle);
        Assert.Null(orders.LongestActive);
        Assert.InRange(orders.OldestIdleInTransaction!.Value, TimeSpan.FromTicks(1), orders.OldestConnection!.Value);
        var report = look.Consumers.Groups.Single(group => group.Application.Value == "report");
        Assert.InRange(report.LongestActive!.Value, TimeSpan.FromTicks(1), report.OldestConnection!.Value);
        Assert.Null(report.OldestIdleInTransaction);
        Assert.Equal(
            [(SessionActivity.IdleInTransaction, 1), (SessionActivity.IdleInTransaction, 1), (SessionActivity.Running, 1)],
            look.Statements.Select(group => (group.Activity, group.Sessions)).Order());

        await server.ExecuteAsync($"select pg_terminate_backend({busy.ProcessID})");
        await Assert.ThrowsAsync<PostgresException>(() => running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Limits_are_told_where_they_are_set_with_what_the_server_itself_counts()
    {
        await server.ExecuteAsync("alter role app connection limit 3; alter database shop connection limit 8; create role quiet connection limit 1");
        try
        {
            var bot = await server.BotAsync();
            await server.OpenAsync("backup");
            await server.OpenAsync("postgres", database: "shop"); // a superuser counts for the database, but is under no limit
            for (var i = 0; i < 3; i++)
            {
                await server.OpenAsync();
            }

            await SmallServer.QuietAsync(bot);
            var limits = (await SmallServer.LookAsync(bot)).Limits;

            Assert.Equal(
                [new(LimitScope.Account, Text("app"), 3, 3), new(LimitScope.Database, Text("shop"), 8, 5)], // neither the bot's own, nor one of nobody
                limits);
            Assert.Contains("role", (await Assert.ThrowsAsync<PostgresException>(() => server.OpenAsync())).MessageText, StringComparison.Ordinal);
        }
        finally
        {
            await server.ExecuteAsync("alter role app connection limit -1; alter database shop connection limit -1; drop role quiet");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_that_come_and_go_between_two_looks_are_logins()
    {
        var bot = await server.BotAsync();
        await SmallServer.QuietAsync(bot);
        var first = await SmallServer.LookAsync(bot);
        for (var i = 0; i < 5; i++)
        {
            await server.CloseAsync(await server.OpenAsync());
        }

        await server.UntilAsync($"select sum(sessions) >= {first.Mark.Logins} + 5 from pg_stat_database"); // counted when they leave
        await SmallServer.QuietAsync(bot);
        var second = await SmallServer.LookAsync(bot, first.Mark);

        Assert.Equal(0, second.Since!.Born);
        Assert.InRange(second.Since.Logins!.Value, 5, 100); // the test's own questions are logins, too
        Assert.Null(second.Since.Refusals);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_is_still_logging_in_is_counted_where_the_server_shows_it()
    {
        await server.ExecuteAsync("create role slow login password 'hunter2'");
        var rules = await server.Server.ScalarAsync<string>("show hba_file", cancellationToken: Token);
        var before = await File.ReadAllTextAsync(rules, Token);
        await File.WriteAllTextAsync(rules, $"host all slow 127.0.0.0/8 scram-sha-256\n{before}", Token);
        await server.ExecuteAsync("select pg_reload_conf()");
        var stuck = new List<TcpClient>();
        try
        {
            var bot = await server.BotAsync();
            await SmallServer.QuietAsync(bot);
            var used = (await SmallServer.LookAsync(bot)).Usage.Used;
            for (var i = 0; i < 4; i++)
            {
                stuck.Add(await AskForThePasswordAsync("slow"));
            }

            var look = await SmallServer.LookAsync(bot);

            Assert.Equal(IsEighteen ? 4 : null, look.Starting);
            Assert.Equal(used + (IsEighteen ? 4 : 0), look.Usage.Used);
            Assert.Equal(0, (await SmallServer.LookAsync(bot)).Statements.Sum(group => group.Sessions)); // they do nothing yet
        }
        finally
        {
            stuck.ForEach(client => client.Dispose());
            await File.WriteAllTextAsync(rules, before, Token);
            await server.ExecuteAsync("select pg_reload_conf(); drop role slow");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Superusers_are_told_apart_and_walsenders_count_as_the_server_counts_them()
    {
        await server.ExecuteAsync("create role standby login replication connection limit 1");
        try
        {
            var bot = await server.BotAsync();
            await server.OpenAsync("postgres");
            await server.OpenAsync("postgres");
            await using var walsender = new PhysicalReplicationConnection(server.Server.ConnectionString("standby"));
            await walsender.Open(Token);

            await SmallServer.QuietAsync(bot);
            var look = await SmallServer.LookAsync(bot);

            Assert.Equal(2, look.Privileged);
            Assert.Equal(3, look.Usage.Used); // the bot and the two: since version 12 a walsender has a slot of its own
            Assert.Equal(2, look.Consumers.Sessions);
            var limit = look.Limits.Single(one => one.Name.Value == "standby");
            var refused = false;
            try
            {
                await server.OpenAsync("standby");
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                refused = true;
            }

            Assert.Equal(refused ? 1 : 0, limit.Used); // what counts towards the limit, the server decides
        }
        finally
        {
            await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'standby'");
            await server.UntilAsync("select not exists (select from pg_stat_activity where usename = 'standby')");
            await server.ExecuteAsync("drop role standby");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_that_a_pooler_made_longer_tells_who_is_behind_it()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync(application: "checkout-api - 10.1.2.3:40001");
        await server.OpenAsync(application: "checkout-api - 10.1.2.3:40002");
        await server.OpenAsync(application: "search - api - [2001:db8::7]:5001");
        await server.OpenAsync(application: "cron - unix(4711@example):6432");
        await server.OpenAsync(application: "backup - 12:30:45"); // a time
        await server.OpenAsync(application: "long-name - 10.1.2.30"); // cut by the server: it may have been 10.1.2.30 or 10.1.2.301

        await SmallServer.QuietAsync(bot);
        var look = await SmallServer.LookAsync(bot);

        Assert.Equal(
            [
                ("backup - 12:30:45", "127.0.0.1", 1), ("checkout-api", "10.1.2.3", 2), ("cron", "", 1),
                ("long-name - 10.1.2.30", "127.0.0.1", 1), ("search - api", "2001:db8::7", 1),
            ],
            look.Consumers.Groups.Select(group => (group.Application.Value, group.Client.Value, group.Count)).OrderBy(group => group.Item1, StringComparer.Ordinal));
        Assert.Equal(2, look.Statements.Single(group => group.Application.Value == "checkout-api").Sessions);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_value_of_a_statement_leaves()
    {
        const string Canary = "canary4711";
        string[] statements =
        [
            $"select '{Canary}'", $"select E'\\'{Canary}'", $"select $tag${Canary}$tag$", $"select 1 /* {Canary} */", $"select 1 -- {Canary}",
            $"select U&'{Canary}'", $"select 'it''s {Canary}'", $"select '{new string('x', 980)}', '{Canary}'", $"select '{Canary}{new string('y', 2_000)}'",
        ];
        var bot = await server.BotAsync();
        foreach (var statement in statements)
        {
            var session = await server.OpenAsync();
            await session.RunAsync(statement);
        }

        var holder = await server.OpenAsync();
        await holder.RunAsync("create table if not exists stock (id int)");
        await holder.RunAsync($"begin; lock table stock /* {Canary} */");
        var waiter = await server.OpenAsync();
        var waiting = waiter.RunAsync($"select * from stock where '{Canary}' = id::text");
        await server.UntilAsync("select exists (select from pg_stat_activity where wait_event_type = 'Lock')");

        var look = await SmallServer.LookAsync(bot);
        var chains = await SmallServer.Asking(bot).FindBlockersAsync(Token);

        Assert.Single(look.Blockers);
        Assert.True(look.Statements.Sum(group => group.Sessions) >= statements.Length + 2);
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(look), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(chains), StringComparison.OrdinalIgnoreCase);

        await holder.RunAsync("rollback");
        await waiting;
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_strangers_it_says_what_it_knows_and_nothing_else()
    {
        await server.ExecuteAsync("revoke pg_read_all_stats from chatbot; alter role app connection limit 9");
        try
        {
            var bot = await server.BotAsync();
            var holder = await server.OpenAsync();
            await holder.RunAsync("create table if not exists stock (id int)");
            await holder.RunAsync("begin; lock table stock");
            var waiter = await server.OpenAsync();
            var waiting = waiter.RunAsync("select * from stock");
            await server.UntilAsync("select exists (select from pg_stat_activity where wait_event_type = 'Lock')");
            await SmallServer.QuietAsync(bot);

            var first = await SmallServer.LookAsync(bot);
            var look = await SmallServer.LookAsync(bot, first.Mark);
            var blockers = await Assert.ThrowsAsync<TargetUnavailableException>(() => SmallServer.Asking(bot).FindBlockersAsync(Token));

            Assert.Equal((false, 3), (look.Usage.SeesEverything, look.Usage.Used));
            Assert.Equal((2, 0), (look.Consumers.Sessions, look.Consumers.Endable));
            Assert.Equal([(SessionActivity.Unknown, "", 2)], look.Statements.Select(group => (group.Activity, group.Statement.Value, group.Sessions)));
            Assert.Null(look.Since);
            Assert.Null(look.Starting);
            Assert.Null(look.Privileged);
            Assert.Empty(look.Limits);
            Assert.Empty(look.Blockers);
            Assert.Equal(UnavailableReason.Refused, blockers.Reason);
            Assert.Contains("grant pg_read_all_stats", blockers.Message, StringComparison.Ordinal);

            await holder.RunAsync("rollback");
            await waiting;
        }
        finally
        {
            await server.ExecuteAsync("alter role app connection limit -1");
            await server.InstallAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_restart_a_mark_says_nothing_and_the_look_says_that()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var first = await SmallServer.LookAsync(bot);
        await server.Server.StopAsync(cancellationToken: Token);
        await server.Server.StartAgainAsync(Token);
        await server.OpenAsync();

        var second = await SmallServer.LookAsync(bot, first.Mark);
        var third = await SmallServer.LookAsync(bot, second.Mark);

        Assert.True(second.StartedAnew);
        Assert.Null(second.Since);
        Assert.Null(second.Consumers.Groups[0].Born);
        Assert.False(third.StartedAnew);
        Assert.Equal(1, third.Since!.Unchanged);
    }

    private static ForeignText Text(string text) => ForeignText.From(text, 63);

    /// <summary>A client that says who it is, gets asked for its password, and says nothing more.</summary>
    private async Task<TcpClient> AskForThePasswordAsync(string user)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Server.Port, Token);
        var words = Encoding.ASCII.GetBytes($"user\0{user}\0database\0shop\0\0");
        byte[] hello = [0, 0, 0, (byte)(words.Length + 8), 0, 3, 0, 0, .. words];
        await client.GetStream().WriteAsync(hello, Token);
        var answer = new byte[1];
        await client.GetStream().ReadExactlyAsync(answer, Token);
        Assert.Equal((byte)'R', answer[0]);
        return client;
    }
}

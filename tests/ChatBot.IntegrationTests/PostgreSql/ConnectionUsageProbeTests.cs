using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class ConnectionUsageProbe15Tests(SmallServer server) : ConnectionUsageProbeTests(server), IClassFixture<SmallServer>;

public sealed class ConnectionUsageProbe18Tests(SmallServer18 server) : ConnectionUsageProbeTests(server), IClassFixture<SmallServer18>;

public abstract class ConnectionUsageProbeTests(SmallServer server) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task On_a_full_server_an_ordinary_login_is_refused_and_every_probe_works()
    {
        var bot = await server.BotAsync();
        var sessions = await server.FillAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.OpenAsync());
        Assert.Equal("53300", refused.SqlState);

        await SmallServer.QuietAsync(bot);
        var usage = await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken);
        Assert.Equal(
            new ConnectionUsage(SmallServer.Capacity, SmallServer.Capacity, 20, sessions.Count, 0, 0, 0, usage.RunbookCount, true, 0)
            {
                Server = new AnsweringServer("PostgreSQL", new ServerPin(await server.StartedAtAsync()), ServerRole.Primary),
            },
            usage);
        Assert.Equal(0, usage.Free);

        var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;
        Assert.Equal(SmallServer.Capacity - 1, consumers.Sessions);
        var idle = await SmallServer.Asking(bot).FindSessionsAsync(new SessionChoice(SessionState.Idle, TimeSpan.Zero, 10), TestContext.Current.CancellationToken);
        Assert.Equal((10, SmallServer.Capacity - 1 - 10), (idle.Sessions.Count, idle.More));
        Assert.Null(await new PostgreSqlDoctor(bot).WhyNotAsync(SmallServer.Name, ServerRight.EndSessions, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task States_are_counted_exactly_and_processes_that_are_no_clients_not_at_all()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var holder = await server.OpenAsync();
        await holder.RunAsync("create table stock (id int)");
        await holder.RunAsync("begin; lock table stock");
        var failed = await server.OpenAsync();
        await Assert.ThrowsAsync<PostgresException>(() => failed.RunAsync("begin; select 1 / 0"));
        var waiter = await server.OpenAsync();
        var waiting = waiter.RunAsync("begin; lock table stock");
        var worker = await server.OpenAsync();
        await worker.RunAsync(
            "select set_config(name, 'on', false) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query')");
        var working = worker.RunAsync("select pg_sleep(600)");
        await server.UntilAsync(
            "select exists (select from pg_stat_activity where backend_type = 'parallel worker') "
            + "and exists (select from pg_stat_activity where wait_event_type = 'Lock')");

        await SmallServer.QuietAsync(bot);
        var usage = await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken);

        Assert.Equal((6, 1, 2, 2, 1), (usage.Used, usage.Idle, usage.IdleInTransaction, usage.Active, usage.WaitingForLock));
        Assert.True(usage.RunbookCount > usage.Used, $"{usage.RunbookCount} processes");

        await server.ExecuteAsync($"select pg_terminate_backend({waiter.ProcessID}), pg_terminate_backend({worker.ProcessID})");
        await Assert.ThrowsAsync<PostgresException>(() => waiting);
        await Assert.ThrowsAsync<PostgresException>(() => working);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_of_superusers_eat_ordinary_slots()
    {
        var bot = await server.BotAsync();
        for (var i = 0; i < 3; i++)
        {
            await server.OpenAsync("postgres");
        }

        var ordinary = await server.FillAsync();
        await SmallServer.QuietAsync(bot);
        var usage = await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken);

        Assert.Equal(SmallServer.Capacity - 3 - 1, ordinary.Count);
        Assert.Equal((SmallServer.Capacity, 0), (usage.Used, usage.Free));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_strangers_it_says_so_and_still_counts_right()
    {
        await server.ExecuteAsync("revoke pg_read_all_stats from chatbot");
        try
        {
            var bot = await server.BotAsync();
            await server.OpenAsync();
            await server.OpenAsync(application: "reports");
            await SmallServer.QuietAsync(bot);
            var usage = await new ConnectionUsageProbe(bot).ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken);

            Assert.Equal(3, usage.Used);
            Assert.False(usage.SeesEverything);
            Assert.Equal((0, 0, 0), (usage.Idle, usage.IdleInTransaction, usage.Active));

            var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;
            Assert.Equal((2, 0), (consumers.Sessions, consumers.Endable));
            Assert.Equal(["reports", "shop-api"], consumers.Groups.Select(group => group.Application.Value).Order());
            Assert.Empty((await SmallServer.Asking(bot).FindSessionsAsync(new SessionChoice(SessionState.Idle, TimeSpan.Zero, 50), TestContext.Current.CancellationToken)).Sessions);
            Assert.NotNull(await new PostgreSqlDoctor(bot).WhyNotAsync(SmallServer.Name, ServerRight.EndSessions, TestContext.Current.CancellationToken));
        }
        finally
        {
            await server.InstallAsync();
        }
    }
}

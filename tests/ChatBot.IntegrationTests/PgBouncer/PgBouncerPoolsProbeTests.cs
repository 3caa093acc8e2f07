using System.Net.Sockets;
using ChatBot.Databases.PgBouncer;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.IntegrationTests.PostgreSql;
using Npgsql;

namespace ChatBot.IntegrationTests.PgBouncer;

public sealed class PgBouncerPoolsProbeTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_quiet_pooler_is_not_saturated()
    {
        await using var pooler = await StartAsync("default_pool_size = 3", "reserve_pool_size = 2", "max_client_conn = 50");
        await pooler.ConnectAsync("checkout");

        var pools = await pooler.ReadAsync();

        var pool = Assert.Single(pools.Pools);
        Assert.Equal(("shop", "app", 1, 0, 0), (pool.Database.Value, pool.User.Value, pool.ClientsActive, pool.ClientsWaiting, pool.ServersActive));
        Assert.Equal(("transaction", 3, 2, null, TimeSpan.Zero), (pool.PoolMode, pool.PoolSize, pool.ReserveSize, pool.MaxDatabaseConnections, pool.MaxWait));
        Assert.Equal((1, 50), (pools.ClientConnections, pools.MaxClientConnections));
        Assert.Matches(@"\A1\.[0-9]+\.[0-9]+\z", pools.Version);
        Assert.Null(PoolerRule.Examine(pools));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_saturated_pool_is_named_with_its_numbers_and_the_clients_behind_it()
    {
        await using var pooler = await StartAsync("default_pool_size = 3", "application_name_add_host = 1");
        await pooler.BeginAsync("checkout", "checkout", "checkout", "checkout", "checkout", "reports", "reports");

        var pools = await pooler.UntilAsync(pools => pools.Pools.Sum(pool => pool.ClientsWaiting) == 4);

        var pool = Assert.Single(pools.Pools);
        Assert.Equal((3, 4, 3, 0, 3), (pool.ClientsActive, pool.ClientsWaiting, pool.ServersActive, pool.ServersFree, pool.PoolSize));
        Assert.Equal([("shop", "app", "checkout", "127.0.0.1", 5), ("shop", "app", "reports", "127.0.0.1", 2)], pools.Clients!.Select(
            clients => (clients.Database.Value, clients.User.Value, clients.Application.Value, clients.Address.Value, clients.Count)));
        Assert.Equal(4, pools.Clients!.Sum(clients => clients.Waiting));
        Assert.Equal(7, pools.ClientConnections);
        Assert.Equal(new PoolerSaturation(PoolerLimit.PoolSize, pool, 4, 1, false, 7, 100), PoolerRule.Examine(pools));
        Assert.Equal("shop", pool.ServerDatabase.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_database_whose_pools_have_all_they_may_have_is_another_limit()
    {
        await using var pooler = await StartAsync("default_pool_size = 10", "max_db_connections = 2");
        await pooler.BeginAsync("checkout", "checkout", "checkout");

        var pools = await pooler.UntilAsync(pools => PoolerRule.Examine(pools) is not null); // a wait that passes is none

        Assert.Equal((10, 2, 2), (pools.Pools[0].PoolSize, pools.Pools[0].MaxDatabaseConnections, pools.Pools[0].CurrentDatabaseConnections));
        Assert.Equal(PoolerLimit.DatabaseConnections, PoolerRule.Examine(pools)!.Limit);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pooler_that_turns_clients_away_still_lets_the_bot_look()
    {
        await using var pooler = await StartAsync("max_client_conn = 3");
        await pooler.ConnectAsync("checkout");
        await pooler.ConnectAsync("checkout");
        Assert.Null(PoolerRule.Examine(await pooler.ReadAsync()));
        await pooler.ConnectAsync("checkout");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => pooler.ConnectAsync("checkout"));
        Assert.Contains("max_client_conn", refused.MessageText, StringComparison.Ordinal);

        // The limit does not hold for the console, not even for the second and third.
        await using var second = await pooler.OpenAsync();
        await using var third = await pooler.OpenAsync();
        var pools = await pooler.ReadAsync();

        Assert.Equal((5, 3), (pools.ClientConnections, pools.MaxClientConnections));
        Assert.Equal(3, Assert.Single(pools.Clients!).Count);
        Assert.Equal(PoolerLimit.ClientConnections, PoolerRule.Examine(pools)!.Limit);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_server_behind_it_shows_as_logins_that_do_not_come_through()
    {
        await using var pooler = await StartAsync("default_pool_size = 5");
        NpgsqlConnection[] clients = [await pooler.ConnectAsync("checkout"), await pooler.ConnectAsync("checkout"), await pooler.ConnectAsync("checkout")];
        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
        await server.UntilAsync("select not exists (select from pg_stat_activity where usename = 'app')");
        await server.FillAsync();
        pooler.Begin(clients);

        var pools = await pooler.UntilAsync(pools => PoolerRule.Examine(pools) is not null);

        Assert.Equal(PoolerLimit.ServerLogins, PoolerRule.Examine(pools)!.Limit);
        Assert.Equal(0, pools.Pools[0].ServersActive);
        Assert.InRange(pools.Pools[0].ClientsWaiting, 1, 3); // whoever asks after the refusal is turned away
        Assert.True(pools.Pools[0].MaxWait >= PoolerRule.Passing, $"waited {pools.Pools[0].MaxWait}");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_paused_database_is_no_shortage()
    {
        await using var pooler = await StartAsync("default_pool_size = 5", "auth_type = trust");
        var client = await pooler.ConnectAsync("checkout");
        using var admin = new TcpClient("127.0.0.1", pooler.Port);
        await admin.GetStream().WriteAsync(ConsoleMessages.Startup("admin"), Token);
        await admin.GetStream().WriteAsync("Q\0\0\0\u000fPAUSE shop\0"u8.ToArray(), Token);
        await pooler.UntilAsync(pools => pools.Pools[0].IsPaused);
        pooler.Begin([client]);

        var pools = await pooler.UntilAsync(pools => pools.Pools.Sum(pool => pool.ClientsWaiting) > 0);

        Assert.Equal(PoolerLimit.Paused, PoolerRule.Examine(pools)!.Limit);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_target_without_a_pooler_is_not_asked()
    {
        var probe = new PgBouncerPoolsProbe([], TimeProvider.System);

        Assert.False(probe.Has(SmallServer.Name));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => probe.ReadAsync(SmallServer.Name, TestContext.Current.CancellationToken));
    }

    private Task<Pooler> StartAsync(params string[] settings) => Pooler.StartAsync(server, settings);
}

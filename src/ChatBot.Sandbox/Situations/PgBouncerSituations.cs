namespace ChatBot.Sandbox.Situations;

/// <summary>A PgBouncer in front of PostgreSQL, with ten server connections for one user and database; transaction pooling.</summary>
internal static class PgBouncerSituations
{
    private const int PoolSize = 10;

    public static readonly IReadOnlyList<Situation> All =
    [
        new("pgb-saturated", SituationEngine.PgBouncer, Labels.Pooler, "shop-api",
            "Thirty clients of shop-api work at once, and the pooler may lend them ten server connections; the server itself has room.",
            SaturatedAsync)
        {
            PoolerSize = PoolSize,
            Harmful = "terminate-idle",
        },
        new("pgb-open-transactions", SituationEngine.PgBouncer, Labels.Pooler, "payment-api",
            "payment-api left its transactions open, and each keeps a server connection of the pooler for itself. Everybody else waits at the pooler.",
            OpenTransactionsAsync)
        {
            PoolerSize = PoolSize,
            Press = "End open transactions",
            Relief = new(Busy.Sessions("usename = 'payment' and state = 'idle in transaction'"), AtMost: 5),
            Ending = "The oldest of the open transactions are rolled back, and the pooler can lend their connections again.",
        },
        new("pgb-stock", SituationEngine.PgBouncer, Labels.PodsTimesPool, "shop-api",
            "A burst is over: the pooler keeps thirty server connections in stock, after whatever shop-api did last, and they fill the server. Nobody leaks.",
            StockAsync)
        {
            PoolerSize = 34,
            Harmful = "terminate-idle",
        },
        new("pgb-full-server", SituationEngine.PgBouncer, Labels.IdleLeak, "checkout-api",
            "checkout-api goes past the pooler, leaks, and fills the server. The pooler gets no connection any more, and its clients wait: victims.",
            FullServerAsync)
        {
            PoolerSize = PoolSize,
            PoolerSettings = ["server_login_retry = 1"],
            Harmful = "resize-pool",
        },
        new("pgb-session-pooling", SituationEngine.PgBouncer, Labels.Pooler, "shop-api",
            "The pooler lends a server connection for as long as a client is connected, and the clients rest in pools of their own: ten hold all, the others wait.",
            SessionPoolingAsync)
        {
            PoolerSize = PoolSize,
            SessionPooling = true,
        },
        new("pgb-database-connections", SituationEngine.PgBouncer, Labels.Pooler, null,
            "Two users share one database, and the pooler may have eight connections to it for both together.",
            DatabaseConnectionsAsync)
        {
            PoolerSize = PoolSize,
            PoolerSettings = ["max_db_connections = 8"],
        },
        new("pgb-client-connections", SituationEngine.PgBouncer, Labels.Pooler, "shop-api",
            "The pooler takes thirty clients and not one more; nobody inside waits.",
            ClientConnectionsAsync)
        {
            PoolerSize = PoolSize,
            PoolerSettings = ["max_client_conn = 30"],
        },
        new("pgb-quiet", SituationEngine.PgBouncer, Labels.NotExhausted, null,
            "A false alarm: thirty clients of shop-api share ten server connections, and nobody waits.",
            QuietAsync)
        {
            PoolerSize = PoolSize,
            Ending = "The card says that nothing is exhausted, and nothing is pressed.",
        },
    ];

    private static async Task SaturatedAsync(SituationWorld world)
    {
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 3, poolSize: 10);
        shop.Work(30, Busy.ShortWork, TimeSpan.Zero);
        await world.UntilAsync(Busy.Sessions("usename = 'shop' and state = 'active'"), PoolSize);
        await UntilServedAsync(world, shop, 30);
    }

    private static async Task OpenTransactionsAsync(SituationWorld world)
    {
        var payment = await world.ServiceAsync("payment-api", "payment", pods: 3, poolSize: 10);
        await payment.LeaveOpenAsync(PoolSize, "update orders set status = 'paying' where id = (select id from orders limit 1 for update skip locked)");
        payment.Work(12, Busy.Read, TimeSpan.Zero);
        await world.UntilAsync(Busy.Sessions("usename = 'payment' and state = 'idle in transaction' and state_change < clock_timestamp() - interval '6 s'"), PoolSize);
    }

    private static async Task StockAsync(SituationWorld world)
    {
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 4, poolSize: 8);
        // One client after the other needs one server connection; all at once need all, however slowly the pooler opens them.
        await world.ExecuteAsync("select pg_advisory_lock(7)");
        shop.Hang(32, "select total_cents, pg_advisory_xact_lock_shared(7) from orders where id = 7");
        await world.UntilAsync(Busy.Waiting("shop-api"), 32);
        await world.ExecuteAsync("select pg_advisory_unlock(7)");
        await world.UntilAsync(Busy.Still("shop-api"), 32);
    }

    private static async Task FullServerAsync(SituationWorld world)
    {
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 14, isDirect: true);
        checkout.Rest(1, Busy.Read);
        await world.UntilAsync(Busy.Of("checkout-api"), 3);
        var before = await world.CountAsync(Busy.Clients);
        await PostgreSqlLeaks.LeakAsync(world, checkout, (int)(world.Slots - 1 - before), perPod: 0); // the watcher has one
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 2, poolSize: null);
        shop.Hang(6, Busy.Read);
        await world.UntilAsync(() => Task.FromResult((long)shop.Tally.Failed + shop.Tally.Refused), 1, "requests of shop-api that the pooler gave up");
    }

    private static async Task SessionPoolingAsync(SituationWorld world)
    {
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 2, poolSize: 5);
        await shop.RestAfterAsync(5, Busy.LeakedRead, commits: false);
        var late = await world.ServiceAsync("shop-api", "shop", pods: 2, poolSize: null);
        late.Hang(12, Busy.Read);
        await world.UntilAsync(Busy.Still("shop-api"), PoolSize);
    }

    private static async Task DatabaseConnectionsAsync(SituationWorld world)
    {
        foreach (var (name, user) in new[] { ("shop-api", "shop"), ("payment-api", "payment") })
        {
            var crew = await world.ServiceAsync(name, user, pods: 2, poolSize: 10);
            crew.Work(20, Busy.ShortWork, TimeSpan.Zero);
        }

        await world.UntilAsync(Busy.Sessions("usename in ('shop', 'payment') and state = 'active'"), 8);
        await world.UntilAsync(() => Task.FromResult((long)world.Crews.Sum(crew => crew.Tally.Done)), 8, "requests served");
    }

    private static async Task ClientConnectionsAsync(SituationWorld world)
    {
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 3, poolSize: 10);
        shop.Rest(10, Busy.Read);
        await UntilServedAsync(world, shop, 3);
        var late = await world.ServiceAsync("shop-api", "shop", pods: 1, poolSize: null);
        late.Work(2, Busy.Read, TimeSpan.FromMilliseconds(200));
        await world.UntilAsync(() => Task.FromResult((long)late.Tally.Failed + late.Tally.Refused), 3, "clients turned away");
    }

    private static async Task QuietAsync(SituationWorld world)
    {
        var shop = await world.ServiceAsync("shop-api", "shop", pods: 3, poolSize: 10);
        shop.Rest(10, Busy.Read);
        await UntilServedAsync(world, shop, 3);
    }

    /// <summary>The pooler is where they wait, so the server doesn't know of them: the clients themselves are asked.</summary>
    private static Task UntilServedAsync(SituationWorld world, Crew crew, int requests) =>
        world.UntilAsync(() => Task.FromResult((long)crew.Tally.Done), requests, "requests served");
}

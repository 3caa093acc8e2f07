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
        await world.UntilAsync(Busy.Sessions("usename = 'payment' and state = 'idle in transaction'"), PoolSize);
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

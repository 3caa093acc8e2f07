namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: nothing is wrong.</summary>
internal static class PostgreSqlQuiet
{
    private const string Ending = "The card says that nothing is exhausted, and nothing is pressed.";

    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-quiet", SituationEngine.PostgreSql, Labels.NotExhausted, null,
            "A false alarm: one small service, and a server with room for ten of them.",
            world => Busy.HealthyAsync(world))
        {
            Ending = Ending,
        },
        new("pg-healthy-pools", SituationEngine.PostgreSql, Labels.NotExhausted, null,
            "Five services with healthy pools hold more than half of the slots, as every day.",
            HealthyPoolsAsync)
        {
            Ending = Ending,
        },
        new("pg-busy", SituationEngine.PostgreSql, Labels.NotExhausted, null,
            "A busy hour: everybody works, in short statements, and there are slots left.",
            BusyAsync)
        {
            Ending = Ending,
        },
    ];

    private static async Task HealthyPoolsAsync(SituationWorld world)
    {
        foreach (var name in new[] { "basket", "catalog", "coupon", "login", "mail" })
        {
            await Busy.HealthyAsync(world, $"{name}-api", name);
        }

        await Busy.HealthyAsync(world, "price-api", "price", pods: 1);
    }

    private static async Task BusyAsync(SituationWorld world)
    {
        var busy = await world.ServiceAsync("order-api", "orderer", pods: 3, poolSize: 8);
        busy.Work(24, Busy.ShortWork, TimeSpan.Zero);
        await world.UntilAsync(Busy.Of("order-api"), 24);
    }
}

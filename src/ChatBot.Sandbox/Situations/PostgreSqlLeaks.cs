namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: connections that nobody gives back.</summary>
internal static class PostgreSqlLeaks
{
    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-idle-leak", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "One path of checkout-api takes a connection, uses it once, and never gives it back. Its three pods hold three quarters of the server, doing nothing.",
            IdleLeakAsync)
        {
            Press = "End idle sessions",
            Relief = new(Busy.Idle("checkout-api"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room. checkout-api itself needs a restart.",
        },
        new("pg-idle-leak-slow", SituationEngine.PostgreSql, Labels.IdleLeak, "cart-api",
            "cart-api loses a connection now and then while it goes on serving, in all of its five pods; hour by hour, here second by second, the server fills.",
            SlowLeakAsync)
        {
            Press = "End idle sessions",
            Relief = new(Busy.Of("cart-api"), AtMost: 20),
            Ending = "The leaked sessions are ended and the others have room. The pods leak on until they are restarted.",
        },
        new("pg-open-transactions", SituationEngine.PostgreSql, Labels.OpenTransactions, "payment-api",
            "payment-api calls another service inside a transaction, and forgets the transaction when that call fails.",
            OpenTransactionsAsync)
        {
            Press = "End open transactions",
            Relief = new(Busy.InTransaction("payment-api"), AtMost: 23),
            Ending = "The oldest of the open transactions are rolled back and the others have room.",
        },
    ];

    private static async Task IdleLeakAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await checkout.LeakAsync(30, Busy.LeakedRead);
        await world.UntilAsync(Busy.Idle("checkout-api"), 30);
    }

    private static async Task SlowLeakAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var cart = await world.ServiceAsync("cart-api", "cart", pods: 5, poolSize: 8);
        cart.Work(2, Busy.Read, TimeSpan.FromMilliseconds(100));
        // Slow enough that most are old when somebody looks: what is younger than the age of a plan isn't ended.
        cart.KeepLeaking(TimeSpan.FromSeconds(2), Busy.LeakedRead);
        await world.UntilAsync(Busy.Clients, 33);
    }

    private static async Task OpenTransactionsAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var payment = await world.ServiceAsync("payment-api", "payment", pods: 3, poolSize: 12);
        await payment.LeaveOpenAsync(28, "update orders set status = 'paying' where id = (select id from orders limit 1 for update skip locked)");
        // As old as a plan asks for: whoever looks earlier would see only a few that can be ended.
        await world.UntilAsync($"{Busy.InTransaction("payment-api")} and state_change < clock_timestamp() - interval '4 s'", 28);
    }
}

namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: connections that nobody gives back.</summary>
internal static class PostgreSqlLeaks
{
    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-idle-leak", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "One path of checkout-api takes a connection, uses it once, and never gives it back. Its three pods hold three quarters of the server, doing nothing.",
            world => IdleLeakAsync(world, "checkout-api", resets: false))
        {
            Press = "End idle sessions",
            Relief = new(Busy.Still("checkout-api"), AtMost: 0),
            Harmful = "resize-pool",
            Ending = "The leaked sessions are ended and the others have room. checkout-api itself needs a restart.",
        },
        new("pg-idle-leak-drivers-own", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "The same with the driver as it comes: it resets each connection that comes back, before it goes out again.",
            world => IdleLeakAsync(world, "checkout-api", resets: true))
        {
            Harmful = "resize-pool",
        },
        new("pg-idle-leak-export", SituationEngine.PostgreSql, Labels.IdleLeak, "export-api",
            "A service that is called like a job leaks. Its name is no reason to leave it alone: a restart is what it needs.",
            world => IdleLeakAsync(world, "export-api", resets: false))
        {
            Harmful = "resize-pool",
        },
        new("pg-idle-leak-two", SituationEngine.PostgreSql, Labels.IdleLeak, null,
            "Two services share a library that leaks.",
            TwoLeaksAsync),
        new("pg-idle-leak-many-pods", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "Each of sixty pods has lost one connection: more addresses than anybody lists.",
            ManyPodsAsync)
        {
            Slots = 86,
        },
        new("pg-may-leak", SituationEngine.PostgreSql, Labels.Undetermined, null,
            "All connections of orders-api rest after the same statement, and nothing of it moves: a quiet hour, or a leak in its only path. Nobody can tell yet.",
            world => RestAsync(world, "orders-api", commits: false))
        {
            Ending = "The card accuses nobody, says that orders-api may leak, and what would tell.",
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

    private static async Task IdleLeakAsync(SituationWorld world, string name, bool resets)
    {
        await Busy.HealthyAsync(world);
        var leaky = await world.ServiceAsync(name, "checkout", pods: 3, poolSize: 12, resets: resets);
        await LeakAsync(world, leaky, 26, perPod: 2);
    }

    private static async Task TwoLeaksAsync(SituationWorld world)
    {
        foreach (var name in new[] { "basket", "checkout" })
        {
            await LeakAsync(world, await world.ServiceAsync($"{name}-api", name, pods: 3, poolSize: 6), 15, perPod: 1);
        }
    }

    private static async Task ManyPodsAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 60, poolSize: 2);
        await LeakAsync(world, checkout, 60, perPod: 0);
        var others = await world.ServiceAsync("checkout-api", "checkout", pods: 5, poolSize: 2);
        others.Rest(2, Busy.Read);
        await world.UntilAsync(Busy.Of("checkout-api"), 70);
    }

    /// <summary>So many are lost, while the service goes on with what its pools have left.</summary>
    public static async Task LeakAsync(SituationWorld world, Crew crew, int count, int perPod)
    {
        await crew.LeakAsync(count, Busy.LeakedRead);
        if (perPod > 0)
        {
            crew.Rest(perPod, Busy.Read);
        }

        await world.UntilAsync(Busy.Still(crew.Name), count);
    }

    /// <summary>A pool that is as large as it may be, and had its last request a while ago.</summary>
    public static async Task RestAsync(SituationWorld world, string name, bool commits, bool resets = false)
    {
        var quiet = await world.ServiceAsync(name, "orderer", pods: 8, poolSize: 4, resets: resets);
        await quiet.RestAfterAsync(4, Busy.LeakedRead, commits);
        await world.UntilAsync(Busy.Still(name), 32);
    }

    private static async Task SlowLeakAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var cart = await world.ServiceAsync("cart-api", "cart", pods: 5, poolSize: 8);
        cart.Rest(1, Busy.Read);
        // Slow enough that most are old when somebody looks: what is younger than the age of a plan isn't ended.
        cart.KeepLeaking(TimeSpan.FromSeconds(4), Busy.LeakedRead);
        await world.UntilAsync(Busy.Clients, 33);
    }

    private static async Task OpenTransactionsAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var payment = await world.ServiceAsync("payment-api", "payment", pods: 3, poolSize: 12);
        await payment.LeaveOpenAsync(28, "update orders set status = 'paying' where id = (select id from orders limit 1 for update skip locked)");
        // As old as a plan asks for: whoever looks earlier would see only a few that can be ended.
        await world.UntilAsync($"{Busy.InTransaction("payment-api")} and state_change < clock_timestamp() - interval '6 s'", 28);
    }
}

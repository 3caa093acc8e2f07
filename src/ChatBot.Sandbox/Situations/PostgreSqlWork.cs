using System.Data;

namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: sessions that wait or work, and too many who want one.</summary>
internal static class PostgreSqlWork
{
    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-lock-pile-up", SituationEngine.PostgreSql, Labels.Locks, "billing-worker",
            "billing-worker changed a row and went idle without a commit. Every request of checkout-api wants that row and waits.",
            LockPileUpAsync)
        {
            Press = "End what blocks the others",
            Harmful = "terminate-idle",
            Relief = new(Busy.Waiting("checkout-api"), AtMost: 2),
            Ending = "The one session that blocks is ended; all that waited goes on and is gone in a moment.",
        },
        new("pg-queued-alter", SituationEngine.PostgreSql, Labels.Locks, "pg_dump",
            "A backup reads orders for long. A migration wants to alter the table and waits for the backup; every request queues behind the migration.",
            QueuedAlterAsync)
        {
            Press = "End what blocks the others",
            Relief = new(Busy.Waiting("invoice-api"), AtMost: 0),
            Ending = "The waiting ALTER is cancelled: everybody behind it goes on, and the backup too.",
        },
        new("pg-slow-statements", SituationEngine.PostgreSql, Labels.SlowStatements, "search-api",
            "A release of search-api runs a statement without its index. Each takes minutes, and more come in.",
            SlowStatementsAsync)
        {
            Press = "Cancel long statements",
            Harmful = "restart-service",
            Relief = new(Busy.Running("search-api", seconds: 3), AtMost: 23),
            Ending = "The longest statements are cancelled and the others have room. The statement itself needs its index.",
        },
        new("pg-pods-times-pool", SituationEngine.PostgreSql, Labels.PodsTimesPool, null,
            "Eight services were scaled to two pods each. Every pod keeps a pool of two; all behave, and together they are more than the server has.",
            PodsTimesPoolAsync)
        {
            Harmful = "terminate-idle",
        },
        new("pg-resting-pools", SituationEngine.PostgreSql, Labels.PodsTimesPool, "ledger-api",
            "A quiet hour: eight pods keep pools of four, each connection came back after a commit, and nobody uses them now. They fill the server all the same.",
            world => PostgreSqlLeaks.RestAsync(world, "ledger-api", commits: true))
        {
            Harmful = "terminate-idle",
        },
        new("pg-chatty-transactions", SituationEngine.PostgreSql, Labels.TooSmall, null,
            "Every request of orders-api is a transaction of several short statements; between two of them its session looks idle in a transaction.",
            ChattyAsync)
        {
            Harmful = "resize-pool",
        },
        new("pg-too-small", SituationEngine.PostgreSql, Labels.TooSmall, null,
            "Two services work as fast as they can in short statements, and there is more work than the slots take.",
            TooSmallAsync),
        new("pg-storm", SituationEngine.PostgreSql, Labels.Storm, "thumbnailer",
            "thumbnailer lost its pool with an upgrade: it logs in for every picture, and tries again at once when it is refused.",
            StormAsync)
        {
            Press = "Limit the largest account",
            Harmful = "terminate-idle",
            Relief = new(Busy.Of("thumbnailer"), AtMost: 20),
            Ending = "thumbnailer's account may have only so many sessions at a time; the others have room.",
        },
    ];

    private static async Task LockPileUpAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var billing = await world.ServiceAsync("billing-worker", "billing", pods: 1, poolSize: 2);
        await billing.LeaveOpenAsync(1, Busy.HotUpdate);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: null);
        checkout.Hang(28, Busy.HotUpdate, again: TimeSpan.FromSeconds(5));
        await world.UntilAsync(Busy.Waiting("checkout-api"), 28);
    }

    private static async Task QueuedAlterAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var migration = await world.ServiceAsync("release-script", "releaser", pods: 1, poolSize: 1);
        await world.ExecuteAsync("alter table invoices owner to releaser");
        // As pg_dump does it: one transaction, one snapshot, a lock that forbids no one but an ALTER.
        var backup = await world.ServiceAsync("pg_dump", "backup", pods: 1, poolSize: 1);
        await backup.LeaveOpenAsync(1, "select count(*) from invoices", IsolationLevel.RepeatableRead);
        migration.Hang(1, "alter table invoices add column note text");
        await world.UntilAsync(Busy.Waiting("release-script"), 1);
        var invoice = await world.ServiceAsync("invoice-api", "invoice", pods: 3, poolSize: null);
        invoice.Hang(26, "select total_cents from invoices where id = 1", again: TimeSpan.FromSeconds(5));
        await world.UntilAsync(Busy.Waiting("invoice-api"), 26);
    }

    private static async Task SlowStatementsAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var search = await world.ServiceAsync("search-api", "search", pods: 3, poolSize: null);
        search.Hang(28, Busy.SlowRead);
        await world.UntilAsync(Busy.Running("search-api", seconds: 6), 28);
    }

    private static async Task PodsTimesPoolAsync(SituationWorld world)
    {
        foreach (var name in new[] { "basket", "catalog", "coupon", "login", "mail", "price", "stock", "wishlist" })
        {
            await Busy.HealthyAsync(world, $"{name}-api", name);
        }
    }

    private static async Task ChattyAsync(SituationWorld world)
    {
        var orders = await world.ServiceAsync("orders-api", "orderer", pods: 4, poolSize: 9);
        orders.Transact(36, Busy.ShortWork, TimeSpan.FromMilliseconds(500));
        await world.UntilAsync(Busy.Of("orders-api"), 36);
    }

    private static async Task TooSmallAsync(SituationWorld world)
    {
        foreach (var name in new[] { "cart", "stock" })
        {
            var busy = await world.ServiceAsync($"{name}-api", name, pods: 3, poolSize: 6);
            busy.Work(18, Busy.SteadyWork, TimeSpan.Zero);
            await world.UntilAsync(Busy.Of($"{name}-api"), 18);
        }
    }

    private static async Task StormAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var thumbnailer = await world.ServiceAsync("thumbnailer", "thumbs", pods: 4, poolSize: null);
        thumbnailer.Work(60, Busy.ShortWork, TimeSpan.FromMilliseconds(200), comesAndGoes: true);
        await world.UntilAsync(Busy.Clients, Situation.StormFrom);
    }
}

using System.Data;

namespace ChatBot.Sandbox.Situations;

/// <summary>The troubles of MariaDB, and some of them on MySQL again. MariaDB knows users and no applications unless its performance schema is on, so users are named.</summary>
internal static class MySqlSituations
{
    private const string Quiet = "The card says that nothing is exhausted, and nothing is pressed.";

    public static readonly IReadOnlyList<Situation> All =
    [
        new("maria-idle-leak", SituationEngine.MariaDb, Labels.IdleLeak, "checkout-api",
            "One path of checkout-api takes a connection, uses it once, and never gives it back. The server keeps what each session did last (performance_schema, which is off unless somebody turns it on).",
            IdleLeakAsync)
        {
            ServerSettings = ["--performance-schema=ON", "--performance-schema-consumer-events-statements-current=ON"],
            Press = "End idle sessions",
            Harmful = "resize-pool",
            Relief = new(MySqlBusy.Still("checkout"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room. checkout-api itself needs a restart.",
        },
        new("maria-idle-leak-plain", SituationEngine.MariaDb, Labels.IdleLeak, "checkout",
            "The same on MariaDB as it comes: it keeps no last statement and no names of applications. Only that it opens more beside those that rest tells.",
            PlainLeakAsync)
        {
            Press = "End idle sessions",
            Relief = new(MySqlBusy.Still("checkout"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room. checkout-api itself needs a restart.",
        },
        new("maria-may-leak", SituationEngine.MariaDb, Labels.Undetermined, null,
            "A quiet service on MariaDB as it comes. Whether its pools rest or leak nobody can tell: the server keeps no last statement, and nothing moves.",
            world => RestAsync(world, "orderer", commits: false))
        {
            Ending = "The card accuses nobody and says why.",
        },
        new("maria-leak-and-slow-statements", SituationEngine.MariaDb, Labels.IdleLeak, "checkout-api",
            "checkout-api leaks, and seven reports run long as they do every day. The leak holds three times as many slots.",
            LeakAndSlowAsync)
        {
            ServerSettings = ["--performance-schema=ON", "--performance-schema-consumer-events-statements-current=ON"],
            Press = "End idle sessions",
            Relief = new(MySqlBusy.Still("checkout"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room; the reports go on.",
        },
        new("maria-pods-times-pool", SituationEngine.MariaDb, Labels.PodsTimesPool, null,
            "Eight services were scaled to two pods each. Every pod keeps a pool of two; all behave, and together they are more than the server has.",
            PodsTimesPoolAsync)
        {
            Harmful = "terminate-idle",
        },
        new("maria-open-transactions", SituationEngine.MariaDb, Labels.OpenTransactions, "payment",
            "payment-api calls another service inside a transaction, and forgets the transaction when that call fails.",
            OpenTransactionsAsync)
        {
            Press = "End open transactions",
            Relief = new(MySqlBusy.InTransaction("payment"), AtMost: 23),
            Ending = "The oldest of the open transactions are rolled back and the others have room.",
        },
        new("maria-row-locks", SituationEngine.MariaDb, Labels.Locks, "billing",
            "billing-worker changed a row and went idle without a commit. Every request of checkout-api wants that row and waits.",
            RowLocksAsync)
        {
            Press = "End what blocks the others",
            Relief = new(MySqlBusy.Waiting("checkout"), AtMost: 2),
            Ending = "The one session that blocks is ended; all that waited goes on and is gone in a moment.",
        },
        new("maria-metadata-locks", SituationEngine.MariaDb, Labels.Locks, null,
            "A session read a table in a transaction and sleeps. A migration wants to alter that table, and every request queues behind the migration. MariaDB doesn't tell whose transaction it is.",
            MetadataLocksAsync),
        new("maria-slow-statements", SituationEngine.MariaDb, Labels.SlowStatements, "search",
            "A release of search-api runs a statement without its index. Each takes minutes, and more come in.",
            SlowStatementsAsync)
        {
            Press = "Cancel long statements",
            Relief = new(MySqlBusy.Running("search", seconds: 3), AtMost: 23),
            Ending = "The longest statements are cancelled and the others have room. The statement itself needs its index.",
        },
        new("maria-storm", SituationEngine.MariaDb, Labels.Storm, "thumbs",
            "thumbnailer lost its pool with an upgrade: it logs in for every picture, and tries again at once when it is refused.",
            StormAsync)
        {
            Press = "Limit the largest account",
            Relief = new(MySqlBusy.Of("thumbs"), AtMost: 20),
            Ending = "thumbnailer's account may have only so many sessions at a time; the others have room.",
        },
        new("maria-account-limit", SituationEngine.MariaDb, Labels.AccountLimit, "invoice",
            "The account of invoice-api may have 8 connections, and its first pods have them. A new pod is refused, while the server has room.",
            AccountLimitAsync),
        new("maria-too-small", SituationEngine.MariaDb, Labels.TooSmall, null,
            "Two services work as fast as they can in short statements, and there is more work than the slots take.",
            TooSmallAsync),
        new("maria-outlier", SituationEngine.MariaDb, Labels.Outlier, "metabase",
            "A dashboard with many tiles: metabase holds more connections than all services together.",
            OutlierAsync),
        new("maria-quiet", SituationEngine.MariaDb, Labels.NotExhausted, null,
            "A false alarm: one small service, and a server with room for ten of them.",
            world => MySqlBusy.HealthyAsync(world))
        {
            Ending = Quiet,
        },
        new("mysql-idle-leak", SituationEngine.MySql, Labels.IdleLeak, "checkout-api",
            "One path of checkout-api takes a connection, uses it once, and never gives it back. MySQL knows the application by its name.",
            IdleLeakAsync)
        {
            Press = "End idle sessions",
            Harmful = "resize-pool",
            Relief = new(MySqlBusy.Still("checkout"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room. checkout-api itself needs a restart.",
        },
        new("mysql-resting-pools", SituationEngine.MySql, Labels.PodsTimesPool, "ledger-api",
            "A quiet hour: eight pods keep pools of four, each connection came back after a commit, and nobody uses them now. They fill the server all the same.",
            world => RestAsync(world, "ledger", commits: true))
        {
            Harmful = "terminate-idle",
        },
        new("mysql-storm", SituationEngine.MySql, Labels.Storm, "thumbnailer",
            "thumbnailer lost its pool with an upgrade: it logs in for every picture, and tries again at once when it is refused.",
            StormAsync)
        {
            Press = "Limit the largest account",
            Relief = new(MySqlBusy.Of("thumbs"), AtMost: 20),
            Ending = "thumbnailer's account may have only so many sessions at a time; the others have room.",
        },
        new("mysql-metadata-locks", SituationEngine.MySql, Labels.Locks, "billing-worker",
            "A session of billing-worker read a table in a transaction and sleeps. A migration wants to alter that table, and every request queues behind the migration.",
            MetadataLocksAsync)
        {
            Press = "End what blocks the others",
            Relief = new(MySqlBusy.Waiting("invoice"), AtMost: 0),
            Ending = "What blocks is ended; all that waited goes on and is gone in a moment.",
        },
        new("mysql-quiet", SituationEngine.MySql, Labels.NotExhausted, null,
            "A false alarm: one small service, and a server with room for ten of them.",
            world => MySqlBusy.HealthyAsync(world))
        {
            Ending = Quiet,
        },
    ];

    private static async Task IdleLeakAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await checkout.LeakAsync(26, Busy.LeakedRead);
        checkout.Rest(2, Busy.Read);
        await world.UntilAsync(MySqlBusy.Still("checkout"), 26);
    }

    private static async Task PlainLeakAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await checkout.LeakAsync(20, Busy.LeakedRead);
        await world.UntilAsync(MySqlBusy.Still("checkout"), 20);
        checkout.KeepLeaking(TimeSpan.FromSeconds(2), Busy.LeakedRead);
        await world.UntilAsync(MySqlBusy.Of("checkout"), 24);
    }

    private static async Task LeakAndSlowAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var reports = await world.ServiceAsync("ledger-api", "ledger", pods: 2, poolSize: null);
        reports.Hang(7, MySqlBusy.SlowRead);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await checkout.LeakAsync(22, Busy.LeakedRead);
        checkout.Rest(1, Busy.Read);
        await world.UntilAsync(MySqlBusy.Still("checkout"), 22);
        await world.UntilAsync(MySqlBusy.Running("ledger", seconds: 6), 7);
    }

    private static async Task PodsTimesPoolAsync(SituationWorld world)
    {
        foreach (var name in new[] { "basket", "catalog", "coupon", "login", "mail", "price", "stock", "wishlist" })
        {
            await MySqlBusy.HealthyAsync(world, $"{name}-api", name);
        }
    }

    private static async Task RestAsync(SituationWorld world, string user, bool commits)
    {
        var quiet = await world.ServiceAsync($"{user}-api", user, pods: 8, poolSize: 4, resets: true);
        await quiet.RestAfterAsync(4, Busy.LeakedRead, commits);
        await world.UntilAsync(MySqlBusy.Still(user), 32);
    }

    private static async Task OpenTransactionsAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var payment = await world.ServiceAsync("payment-api", "payment", pods: 3, poolSize: 12);
        await payment.LeaveOpenAsync(28, "select status from orders where status = 'paid' order by id limit 1 for update skip locked");
        // As old as a plan asks for: whoever looks earlier would see only a few that can be ended.
        await world.UntilAsync($"{MySqlBusy.InTransaction("payment")} and p.time >= 6", 28);
    }

    private static async Task RowLocksAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var billing = await world.ServiceAsync("billing-worker", "billing", pods: 1, poolSize: 2);
        await billing.LeaveOpenAsync(1, Busy.HotUpdate);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: null);
        checkout.Hang(28, Busy.HotUpdate, again: TimeSpan.FromSeconds(5));
        await world.UntilAsync(MySqlBusy.Waiting("checkout"), 28);
    }

    private static async Task MetadataLocksAsync(SituationWorld world)
    {
        await world.ExecuteAsync($"create table {SituationWorld.Database}.invoices (id int primary key, total_cents int)");
        await MySqlBusy.HealthyAsync(world);
        var billing = await world.ServiceAsync("billing-worker", "billing", pods: 1, poolSize: 1);
        await billing.LeaveOpenAsync(1, "select count(*) from invoices", IsolationLevel.RepeatableRead);
        var migration = await world.ServiceAsync("flyway", "migrator", pods: 1, poolSize: 1);
        migration.Hang(1, "alter table invoices add column note text");
        await world.UntilAsync(MySqlBusy.Waiting("migrator"), 1);
        var invoice = await world.ServiceAsync("invoice-api", "invoice", pods: 3, poolSize: null);
        invoice.Hang(27, "select total_cents from invoices where id = 1", again: TimeSpan.FromSeconds(5));
        await world.UntilAsync(MySqlBusy.Waiting("invoice"), 27);
    }

    private static async Task SlowStatementsAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var search = await world.ServiceAsync("search-api", "search", pods: 3, poolSize: null);
        search.Hang(28, MySqlBusy.SlowRead);
        await world.UntilAsync(MySqlBusy.Running("search", seconds: 6), 28);
    }

    private static async Task StormAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        var thumbnailer = await world.ServiceAsync("thumbnailer", "thumbs", pods: 4, poolSize: null);
        thumbnailer.Work(60, MySqlBusy.StormWork, TimeSpan.FromMilliseconds(200), comesAndGoes: true);
        await world.UntilAsync(MySqlBusy.Clients, Situation.StormFrom);
    }

    private static async Task AccountLimitAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        // Sessions from before an account had any limit would not be counted.
        await world.ExecuteAsync("create user 'invoice'@'%' with max_user_connections 8");
        var invoice = await MySqlBusy.HealthyAsync(world, "invoice-api", "invoice", pods: 2, poolSize: 4);
        var late = await world.ServiceAsync(invoice.Name, invoice.User, pods: 1, poolSize: null);
        late.Work(2, Busy.Read, TimeSpan.FromMilliseconds(200));
        await Busy.RefusedAsync(world, late, 5);
    }

    private static async Task TooSmallAsync(SituationWorld world)
    {
        foreach (var name in new[] { "cart", "stock" })
        {
            var busy = await world.ServiceAsync($"{name}-api", name, pods: 3, poolSize: 6);
            busy.Work(18, MySqlBusy.SteadyWork, TimeSpan.Zero);
            await world.UntilAsync(MySqlBusy.Of(name), 18);
        }
    }

    private static async Task OutlierAsync(SituationWorld world)
    {
        await MySqlBusy.HealthyAsync(world);
        await MySqlBusy.HealthyAsync(world, "metabase", "metabase", pods: 1, poolSize: 26);
        await MySqlBusy.HealthyAsync(world, "checkout-api", "checkout");
    }
}

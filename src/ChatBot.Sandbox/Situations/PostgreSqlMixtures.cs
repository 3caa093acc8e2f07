namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: two troubles at once. The label is the one that fills the server.</summary>
internal static class PostgreSqlMixtures
{
    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-leak-and-slow-statements", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "checkout-api leaks, and seven reports run long as they do every day. The leak holds three times as many slots.",
            LeakAndSlowAsync)
        {
            Press = "End idle sessions",
            Relief = new(Busy.Still("checkout-api"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room; the reports go on.",
        },
        new("pg-leak-and-small-lock", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "checkout-api leaks. Beside it three requests wait for a row, which would be over soon on another day.",
            LeakAndLockAsync)
        {
            Press = "End idle sessions",
            Relief = new(Busy.Still("checkout-api"), AtMost: 0),
            Ending = "The leaked sessions are ended and the others have room.",
        },
        new("pg-storm-on-a-leak", SituationEngine.PostgreSql, Labels.IdleLeak, "checkout-api",
            "checkout-api has leaked until the server was full. Others are refused and try again and again: loud, and victims.",
            StormOnLeakAsync)
        {
            Press = "End idle sessions",
            Relief = new(Busy.Still("checkout-api"), AtMost: 0),
            Ending = "The leaked sessions are ended, and those who were refused get in.",
        },
    ];

    private static async Task LeakAndSlowAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var reports = await world.ServiceAsync("ledger-api", "ledger", pods: 2, poolSize: null);
        reports.Hang(7, Busy.SlowRead);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await PostgreSqlLeaks.LeakAsync(world, checkout, 22, perPod: 1);
        await world.UntilAsync(Busy.Running("ledger-api", seconds: 6), 7);
    }

    private static async Task LeakAndLockAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var billing = await world.ServiceAsync("billing-worker", "billing", pods: 1, poolSize: 4);
        await billing.LeaveOpenAsync(1, Busy.HotUpdate);
        billing.Hang(3, Busy.HotUpdate, again: TimeSpan.FromSeconds(5));
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 12);
        await PostgreSqlLeaks.LeakAsync(world, checkout, 25, perPod: 1);
        await world.UntilAsync(Busy.Waiting("billing-worker"), 3);
    }

    private static async Task StormOnLeakAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var mail = await world.ServiceAsync("mail-worker", "mailer", pods: 3, poolSize: null);
        var checkout = await world.ServiceAsync("checkout-api", "checkout", pods: 3, poolSize: 14);
        checkout.Rest(1, Busy.Read);
        await world.UntilAsync(Busy.Of("checkout-api"), 3);
        var before = await world.CountAsync(Busy.Clients);
        await PostgreSqlLeaks.LeakAsync(world, checkout, (int)(world.Slots - 1 - before), perPod: 0); // the watcher has one
        mail.Work(8, Busy.Read, TimeSpan.FromMilliseconds(100), comesAndGoes: true);
        await Busy.RefusedAsync(world, mail, 20);
    }
}

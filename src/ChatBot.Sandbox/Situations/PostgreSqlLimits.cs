namespace ChatBot.Sandbox.Situations;

/// <summary>PostgreSQL: limits below the server's own, and users of another kind.</summary>
internal static class PostgreSqlLimits
{
    public static readonly IReadOnlyList<Situation> All =
    [
        new("pg-role-limit", SituationEngine.PostgreSql, Labels.AccountLimit, "invoice-api",
            "The role of invoice-api may have 8 connections, and its first pods have them. A new pod is refused, while the server has room.",
            RoleLimitAsync),
        new("pg-database-limit", SituationEngine.PostgreSql, Labels.DatabaseLimit, null,
            "The database tenants may have 10 connections, which two services share; more of them are refused, while the server has room.",
            DatabaseLimitAsync),
        new("pg-outlier-reports", SituationEngine.PostgreSql, Labels.Outlier, "metabase",
            "A dashboard with many tiles: metabase holds more connections than all services together.",
            world => OutlierAsync(world, "metabase", "bi", pods: 1, sessions: 26)),
        new("pg-outlier-monitor", SituationEngine.PostgreSql, Labels.Outlier, "postgres_exporter",
            "The monitoring was rolled out to every machine, and each copy of it keeps its own connections.",
            world => OutlierAsync(world, "postgres_exporter", "metrics", pods: 13, sessions: 26)),
        new("pg-outlier-batch", SituationEngine.PostgreSql, Labels.Outlier, "nightly-import",
            "The nightly import still runs in the morning, with twenty-six connections at a time.",
            BatchAsync),
        new("pg-superusers", SituationEngine.PostgreSql, Labels.Outlier, "psql",
            "People have left their consoles open, as superusers: they take ordinary slots, too.",
            SuperusersAsync),
    ];

    private static async Task RoleLimitAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var invoice = await Busy.HealthyAsync(world, "invoice-api", "invoice", pods: 2, poolSize: 4);
        await world.ExecuteAsync($"alter role {invoice.User} connection limit 8");
        await RefusedAsync(world, invoice.Name, invoice.User);
    }

    private static async Task DatabaseLimitAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        await world.ExecuteAsync("create database tenants connection limit 10");
        foreach (var name in new[] { "tenant-api", "tenant-worker" })
        {
            var tenant = await world.ServiceAsync(name, name.Replace('-', '_'), pods: 1, poolSize: 5, "tenants");
            tenant.Rest(5, "select 1");
            await world.UntilAsync(Busy.Of(name), 5);
        }

        await RefusedAsync(world, "tenant-mail", "tenant_mail", "tenants");
    }

    /// <summary>A pod that comes too late.</summary>
    private static async Task RefusedAsync(SituationWorld world, string application, string user, string database = SituationWorld.Database)
    {
        var late = await world.ServiceAsync(application, user, pods: 1, poolSize: null, database);
        late.Work(2, Busy.Read, TimeSpan.FromMilliseconds(200));
        await Busy.RefusedAsync(world, late, 5);
    }

    private static async Task OutlierAsync(SituationWorld world, string application, string user, int pods, int sessions)
    {
        await Busy.HealthyAsync(world);
        await Busy.HealthyAsync(world, application, user, pods, sessions / pods);
        await Busy.HealthyAsync(world, "checkout-api", "checkout");
    }

    private static async Task BatchAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var import = await world.ServiceAsync("nightly-import", "batch", pods: 2, poolSize: 14);
        import.Work(28, Busy.ShortWork, TimeSpan.Zero);
        await world.UntilAsync(Busy.Of("nightly-import"), 28);
    }

    private static async Task SuperusersAsync(SituationWorld world)
    {
        await Busy.HealthyAsync(world);
        var people = await world.ServiceAsync("psql", "postgres", pods: 3, poolSize: 12);
        for (var i = 0; i < 28; i++)
        {
            // Nobody types the same as everybody.
            await people.LeakAsync(1, $"select {string.Join(", ", Enumerable.Range(0, i + 1).Select(n => $"{n} as c{n}"))}");
        }

        await world.UntilAsync(Busy.Idle("psql"), 28);
    }
}

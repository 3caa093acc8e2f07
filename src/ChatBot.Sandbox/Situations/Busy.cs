namespace ChatBot.Sandbox.Situations;

/// <summary>What the situations' clients do, and how the server is asked whether they do it.</summary>
internal static class Busy
{
    /// <summary>A short statement.</summary>
    public const string Read = "select status from orders where id = 1";

    /// <summary>The path that leaks.</summary>
    public const string LeakedRead = "select total_cents, status from orders where id = 42";

    /// <summary>A row that everybody wants.</summary>
    public const string HotUpdate = "update orders set status = 'packed' where id = 1";

    /// <summary>Takes 200 s: 0.4 s for each row.</summary>
    public const string SlowRead = "select count(*) from orders where pg_sleep(0.4) is not null";

    /// <summary>Takes 2 s at the server: short for the bot, and long beside what a busy machine needs to send the next one.</summary>
    public const string ShortWork = "select total_cents, pg_sleep(2) from orders where id = 7";

    /// <summary>Takes 3 s: still short for the bot, and the client's own time between two of them doesn't count beside it.</summary>
    public const string SteadyWork = "select total_cents, pg_sleep(3) from orders where id = 7";

    /// <summary>Sessions of ordinary clients and of superusers, all but the watcher.</summary>
    public const string Clients = $"select count(*) from pg_stat_activity where backend_type = 'client backend' and application_name <> '{SituationWorld.WatcherName}'";

    /// <summary>Those of them that are so.</summary>
    public static string Sessions(string like) => $"{Clients} and {like}";

    public static string Idle(string application) => Sessions($"application_name = '{application}' and state = 'idle'");

    public static string InTransaction(string application) => Sessions($"application_name = '{application}' and state = 'idle in transaction'");

    public static string Waiting(string application) => Sessions($"application_name = '{application}' and wait_event_type = 'Lock'");

    /// <summary>Idle ones that have stood still for long.</summary>
    public static string Still(string application) => Sessions(
        $"application_name = '{application}' and state = 'idle' and state_change < clock_timestamp() - interval '{SituationWorld.StillFor.TotalSeconds + 1} s'");

    public static string Of(string application) => Sessions($"application_name = '{application}'");

    /// <summary>Statements that have been running for so long.</summary>
    public static string Running(string application, int seconds) =>
        Sessions($"application_name = '{application}' and state = 'active' and query_start < clock_timestamp() - interval '{seconds} s'");

    /// <summary>A healthy service with a small pool, each connection of it in use now and then.</summary>
    public static async Task<Crew> HealthyAsync(SituationWorld world, string name = "orders-worker", string user = "worker", int pods = 2, int poolSize = 2)
    {
        var healthy = await world.ServiceAsync(name, user, pods, poolSize);
        healthy.Rest(poolSize, Read);
        await world.UntilAsync(Of(name), pods * poolSize);
        return healthy;
    }

    /// <summary>Waits until a service was refused so often.</summary>
    public static Task RefusedAsync(SituationWorld world, Crew crew, int atLeast) =>
        world.UntilAsync(() => Task.FromResult((long)crew.Tally.Refused), atLeast, $"logins of {crew.Name} refused");
}

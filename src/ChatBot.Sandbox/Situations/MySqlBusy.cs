namespace ChatBot.Sandbox.Situations;

/// <summary>The same as <see cref="Busy"/>, in the words of MySQL and MariaDB. Sessions are told apart by user: MariaDB knows no application names.</summary>
internal static class MySqlBusy
{
    /// <summary>Takes 200 s: 0.4 s for each row.</summary>
    public const string SlowRead = "select count(*) from orders where sleep(0.4) = 0";

    /// <summary>Takes 1 s: with its login it is over before the second look, on a busy machine too.</summary>
    public const string StormWork = "select total_cents, sleep(1) from orders where id = 7";

    /// <summary>Takes 3 s at the server (<see cref="Busy.SteadyWork"/>).</summary>
    public const string SteadyWork = "select total_cents, sleep(3) from orders where id = 7";

    /// <summary>All but the watcher, and but those who haven't said yet who they are.</summary>
    public const string Clients =
        "select count(*) from information_schema.processlist p left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id "
        + "where p.command not in ('Daemon', 'Connect') and p.user not in ('root', 'system user', 'event_scheduler')";

    public static string Of(string user) => $"{Clients} and p.user = '{user}'";

    public static string Idle(string user) => $"{Of(user)} and p.command = 'Sleep'";

    /// <summary>Idle ones that have stood still for long.</summary>
    public static string Still(string user) => $"{Idle(user)} and p.time >= {SituationWorld.StillFor.TotalSeconds + 1}";

    public static string InTransaction(string user) => $"{Idle(user)} and t.trx_id is not null";

    public static string Waiting(string user) => $"{Of(user)} and (t.trx_state = 'LOCK WAIT' or p.state = 'Waiting for table metadata lock')";

    /// <summary>Statements that have been running for so long.</summary>
    public static string Running(string user, int seconds) => $"{Of(user)} and p.command = 'Query' and p.time >= {seconds}";

    /// <summary>A healthy service with a small pool, each connection of it in use now and then.</summary>
    public static async Task<Crew> HealthyAsync(SituationWorld world, string name = "orders-worker", string user = "worker", int pods = 2, int poolSize = 2)
    {
        var healthy = await world.ServiceAsync(name, user, pods, poolSize);
        healthy.Rest(poolSize, Busy.Read);
        await world.UntilAsync(Of(user), pods * poolSize);
        return healthy;
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>A saturated pooler in words and numbers.</summary>
internal static class PoolerLayer
{
    private const string Source = "measured with PgBouncer";

    public static LayerFinding Of(PoolerSaturation pooler) => pooler.Pool is { } pool
        ? new LayerFinding(Exhausted(pooler, pool), Cause.PoolerSaturated, Words(pooler, pool), [.. Reasons(pooler, pool)])
        {
            Against = pooler.Limit is PoolerLimit.Unknown
                ? [new Reason(Sentence.Of($"{pool.ServersFree} of its server connections are free."))]
                : [],
        }
        : new LayerFinding(
            new LayerNumbers(Layer.Pooler, default, pooler.ClientConnections, pooler.MaxClientConnections ?? 0),
            Cause.PoolerSaturated,
            Sentence.Of($"The pooler turns new clients away: it has {pooler.ClientConnections} of {pooler.MaxClientConnections ?? 0} client connections."),
            [new Reason(Sentence.Of($"{pooler.ClientConnections} of {pooler.MaxClientConnections ?? 0} client connections (max_client_conn) are taken."), Source)]);

    public static LayerNumbers Numbers(PoolerPool pool) => new(Layer.Pooler, pool.Database, pool.ServersBusy, pool.MostServers ?? 0, pool.ClientsWaiting);

    // What all pools of the database may have together is another number than one pool's size.
    private static LayerNumbers Exhausted(PoolerSaturation pooler, PoolerPool pool) => pooler.Limit is PoolerLimit.DatabaseConnections
        ? new LayerNumbers(Layer.Pooler, pool.Database, pool.CurrentDatabaseConnections ?? 0, pool.MaxDatabaseConnections ?? 0, pooler.Waiting)
        : Numbers(pool) with { Waiting = pooler.Waiting };

    private static Sentence Words(PoolerSaturation pooler, PoolerPool pool)
    {
        var waiting = Sentence.Of($"{pooler.Waiting} clients wait at the pooler, the first for {pool.MaxWait}:");
        var whose = Sentence.Of($"the pool of {pool.User} for {pool.Database}");
        return pooler.Limit switch
        {
            PoolerLimit.PoolSize when pool.MostServers is { } size => Sentence.Of($"{waiting} {whose} has lent all its server connections ({pool.ServersBusy} of {size})."),
            PoolerLimit.PoolSize => Sentence.Of($"{waiting} {whose} has lent all its {pool.ServersBusy} server connections."),
            PoolerLimit.DatabaseConnections => Sentence.Of(
                $"{waiting} the pools for {pool.Database} together have all they may have ({pool.CurrentDatabaseConnections ?? 0} of {pool.MaxDatabaseConnections ?? 0})."),
            PoolerLimit.ServerLogins => Sentence.Of($"{waiting} {whose} may have more server connections and doesn't get them; {pool.ServersLogin} are logging in."),
            PoolerLimit.Paused => Sentence.Of($"{waiting} somebody paused or disabled {pool.Database} there."),
            _ => Sentence.Of($"{waiting} {whose} has {pool.ServersFree} server connections free, and nothing that it shows explains it."),
        };
    }

    private static IEnumerable<Reason> Reasons(PoolerSaturation pooler, PoolerPool pool)
    {
        yield return new Reason(Sentence.Of($"{pooler.Waiting} clients wait, the first for {pool.MaxWait}; pools that keep theirs waiting: {pooler.Pools}."), Source);
        yield return new Reason(
            pool.MostServers is { } size
                ? Sentence.Of($"{pool.ServersBusy} of {size} server connections of the fullest pool are lent, {pool.ServersFree} are free.")
                : Sentence.Of($"{pool.ServersBusy} server connections of the fullest pool are lent, {pool.ServersFree} are free."),
            Source);
        if (pool.ServersLogin > 0)
        {
            yield return new Reason(Sentence.Of($"{pool.ServersLogin} of its server connections are still logging in: the database lets them in slowly, or refuses."), Source);
        }

        if (pooler.RefusesClients)
        {
            yield return new Reason(Sentence.Of($"New clients are turned away as well: {pooler.ClientConnections} of {pooler.MaxClientConnections ?? 0}."), Source);
        }
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What keeps a pooler's clients waiting or out.</summary>
public enum PoolerLimit
{
    /// <summary>Every server connection that the pool may have is lent (<c>pool_size</c>).</summary>
    PoolSize,

    /// <summary>The database's pools together have all they may have (<c>max_db_connections</c>).</summary>
    DatabaseConnections,

    /// <summary>
    /// The pool may have more server connections and does not get them: the database behind refuses logins or is slow to
    /// let them in. What else would look the same: the user's own limit at the pooler (<c>max_user_connections</c>), and
    /// the whole PgBouncer paused, which 1.18 tells nobody.
    /// </summary>
    ServerLogins,

    /// <summary>An admin paused or disabled the database at the pooler.</summary>
    Paused,

    /// <summary>No pool is short of server connections, but new clients are turned away (<c>max_client_conn</c>).</summary>
    ClientConnections,

    /// <summary>Clients wait although server connections are free.</summary>
    Unknown,
}

/// <summary>Names the limit of the pooler that holds its clients up.</summary>
/// <remarks>
/// Measured with PgBouncer 1.18: with a pool of 3 and 7 clients in transactions it says 3 active server connections and
/// 4 waiting clients. In front of a full server it says waiting clients and no server connection at all, not even one that
/// logs in: after each refusal it pauses for <c>server_login_retry</c>, keeps those waiting who waited, and turns away
/// whoever asks meanwhile. Meanings: https://www.pgbouncer.org/usage.html#show-pools.
/// </remarks>
public static class PoolerRule
{
    /// <summary>Clients may wait this long while server connections log in or come back: that is what a pool is for. 1 s.</summary>
    /// <remarks>A login takes milliseconds, and PgBouncer pauses for <c>server_login_retry</c> (15 s) after one was refused.</remarks>
    public static readonly TimeSpan Passing = TimeSpan.FromSeconds(1);

    /// <summary>The pool that keeps most clients waiting, and why; null when nobody is held up.</summary>
    public static PoolerSaturation? Examine(PoolerPools pools)
    {
        var refuses = pools.MaxClientConnections is { } most && pools.ClientConnections >= most;
        var held = pools.Pools
            .Select(pool => (Pool: pool, Limit: LimitOf(pool)))
            .Where(one => one.Limit is not null)
            .OrderByDescending(one => one.Pool.ClientsWaiting)
            .ThenByDescending(one => one.Pool.MaxWait)
            .ToArray();

        // A pool that holds its clients up fills the pooler with them: it is the cause, and the full pooler its effect.
        return held is [var (pool, limit), ..]
            ? new PoolerSaturation(
                limit!.Value, pool, held.Sum(one => one.Pool.ClientsWaiting), held.Length, refuses, pools.ClientConnections, pools.MaxClientConnections)
            : refuses
                ? new PoolerSaturation(PoolerLimit.ClientConnections, null, 0, 0, true, pools.ClientConnections, pools.MaxClientConnections)
                : null;
    }

    private static PoolerLimit? LimitOf(PoolerPool pool)
    {
        if (pool.ClientsWaiting == 0)
        {
            return null;
        }

        if (pool.IsPaused)
        {
            return PoolerLimit.Paused;
        }

        // As many in the queue as are served: each waits for as long as the work takes, however short that is.
        var isQueue = pool.MaxWait >= Passing || pool.ClientsWaiting >= Math.Max(1, pool.ServersBusy);
        var isLent = pool.PoolSize is { } size ? pool.ServersBusy >= size : pool is { ServersBusy: > 0, ServersLogin: 0 };
        if (isLent && pool.ServersFree == 0 && isQueue)
        {
            return PoolerLimit.PoolSize;
        }

        if (pool.ServersFree == 0 && pool.CurrentDatabaseConnections >= pool.MaxDatabaseConnections && isQueue)
        {
            return PoolerLimit.DatabaseConnections;
        }

        if (pool.MaxWait < Passing)
        {
            return null;
        }

        return pool.ServersFree == 0 ? PoolerLimit.ServerLogins : PoolerLimit.Unknown;
    }
}

/// <summary>A pooler that holds its clients up.</summary>
/// <param name="Limit">Of the pool below.</param>
/// <param name="Pool">The one with the most waiting clients; null when the pooler as a whole has no room.</param>
/// <param name="Waiting">Clients that wait, in all pools that hold theirs up.</param>
/// <param name="Pools">How many pools hold theirs up.</param>
/// <param name="RefusesClients">New clients are turned away, too (<c>max_client_conn</c>).</param>
/// <param name="MaxClientConnections">Null when the pooler does not say.</param>
public sealed record PoolerSaturation(
    PoolerLimit Limit,
    PoolerPool? Pool,
    int Waiting,
    int Pools,
    bool RefusesClients,
    int ClientConnections,
    int? MaxClientConnections);

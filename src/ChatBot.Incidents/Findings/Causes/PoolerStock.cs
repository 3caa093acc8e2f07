using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What a pooler keeps at the server for its clients: connections that rest until somebody needs one, and are no leak.</summary>
/// <remarks>PgBouncer passes on its client's application name, so the server takes such a session for the client's own. Only the pooler knows better.</remarks>
internal static class PoolerStock
{
    /// <summary>Of the sessions of this group that stand still, as many as the pooler has free: rather too many than one too few, so that nobody is blamed for them.</summary>
    public static int Of(ConsumerGroup group, PoolerPools? pools) => pools is null
        ? 0
        : Math.Min(group.Still, pools.Pools.Where(pool => pool.ServerDatabase == group.Database && pool.User == group.User).Sum(pool => pool.ServersFree));

    /// <summary>Whether sessions of this group serve the clients of a database of the pooler.</summary>
    /// <param name="database">As clients call it.</param>
    public static bool Serves(PoolerPools? pools, ForeignText database, ConsumerGroup group) =>
        pools is not null && pools.Pools.Any(pool => pool.Database == database && pool.ServerDatabase == group.Database);
}

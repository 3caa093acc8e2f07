using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>All sessions of one application, wherever its clients are; of one user, where clients send no name of their own.</summary>
/// <param name="Name">Of the application or the user; empty when neither is known.</param>
/// <param name="Groups">Its sessions by user and database; at least one.</param>
/// <param name="Addresses">The same by client address, as far as they are listed.</param>
/// <param name="Stock">Of those that stand still, those that a pooler keeps for its clients.</param>
internal sealed record Holder(ForeignText Name, IReadOnlyList<ConsumerGroup> Groups, IReadOnlyList<ConsumerGroup> Addresses, int Stock)
{
    /// <summary>What drivers send when nobody names the application: it says nothing about who it is.</summary>
    /// <remarks>Measured for pgjdbc and MySqlConnector; the others as their documentation has it.</remarks>
    private static readonly HashSet<string> DriversOwn = new(StringComparer.OrdinalIgnoreCase)
    {
        "PostgreSQL JDBC Driver", "MySQL Connector/J", "MySqlConnector", "mysqlnd", "libmysql", "libmariadb",
    };

    public int Count { get; } = Groups.Sum(group => group.Count);

    public int Idle { get; } = Groups.Sum(group => group.Idle);

    public int InTransaction { get; } = Groups.Sum(group => group.IdleInTransaction);

    public int Active { get; } = Groups.Sum(group => group.Active);

    public int WaitingForLock { get; } = Groups.Sum(group => group.WaitingForLock);

    public int LongIdle { get; } = Groups.Sum(group => group.LongIdle);

    /// <summary>Idle sessions, outside a transaction, that did nothing for so long that they rest or were left behind.</summary>
    public int Still { get; } = Groups.Sum(group => group.Still) - Stock;

    /// <summary>Idle sessions that are used in turns.</summary>
    public int Turned { get; } = Groups.Sum(group => group.Turned);

    /// <summary>Idle in a transaction for longer than between two statements.</summary>
    public int Paused { get; } = Groups.Sum(group => group.PausedInTransaction);

    /// <summary>Idle in a transaction for so long that it was left open.</summary>
    public int Left { get; } = Groups.Sum(group => group.LeftInTransaction);

    /// <summary>Statements that have been running for long.</summary>
    public int LongActive { get; } = Groups.Sum(group => group.LongActive);

    /// <summary>Statements that run.</summary>
    public int Running => Active - WaitingForLock;

    /// <summary>Sessions that began since the look before; 0 when there was none.</summary>
    public int Born { get; } = Groups.Sum(group => group.Born ?? 0);

    /// <summary>Of these, those that began at an address where others stand still. A pool takes one that rests before it opens another.</summary>
    public int BornBesideStill { get; } = Addresses.Where(group => group.Still > 0).Sum(group => group.Born ?? 0);

    public TimeSpan? OldestInTransaction { get; } = Groups.Max(group => group.OldestIdleInTransaction);

    public TimeSpan? LongestActive { get; } = Groups.Max(group => group.LongestActive);

    /// <summary>Client addresses; a local socket counts as one.</summary>
    /// <remarks>Who has more than are listed has at least as many as its largest part.</remarks>
    public int Clients { get; } = Math.Max(Groups.Max(group => group.Clients), Addresses.DistinctBy(group => group.Client).Count());

    public Sentence Words => Name.IsEmpty ? Sentence.Of($"A client without a name") : Sentence.Of($"{Name}");

    public bool Owns(StatementGroup statement) => NameOf(statement.Application, statement.User) == Name;

    public static ForeignText NameOf(ForeignText application, ForeignText user) =>
        IsNameless(application) && !user.IsEmpty ? user : application;

    /// <summary>Nobody named it: what the driver sends by itself says nothing about who it is.</summary>
    public static bool IsNameless(ForeignText application) => application.IsEmpty || DriversOwn.Contains(application.Value);

    /// <summary>The largest first; those of the same size by name, so that the same evidence gives the same words.</summary>
    /// <param name="services">By user and database.</param>
    /// <param name="addresses">By client address.</param>
    /// <param name="pools">The pooler's; null without one.</param>
    public static IReadOnlyList<Holder> All(IEnumerable<ConsumerGroup> services, IEnumerable<ConsumerGroup> addresses, PoolerPools? pools)
    {
        var byAddress = addresses.ToLookup(NameOf);
        return
        [
            .. services
                .GroupBy(NameOf)
                .Select(same => new Holder(same.Key, [.. same], [.. byAddress[same.Key]], same.Sum(group => PoolerStock.Of(group, pools))))
                .OrderByDescending(holder => holder.Count)
                .ThenBy(holder => holder.Name.Value, StringComparer.Ordinal),
        ];
    }

    private static ForeignText NameOf(ConsumerGroup group) => NameOf(group.Application, group.User);
}

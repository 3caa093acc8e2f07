using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>All sessions of one application, wherever its clients are; of one user, where clients send no name of their own.</summary>
/// <param name="Name">Of the application or the user; empty when neither is known.</param>
/// <param name="Groups">At least one.</param>
internal sealed record Holder(ForeignText Name, IReadOnlyList<ConsumerGroup> Groups)
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

    /// <summary>Sessions that began since the look before; 0 when there was none.</summary>
    public int Born { get; } = Groups.Sum(group => group.Born ?? 0);

    /// <summary>Idle sessions, outside a transaction, that did nothing since the look before; null when there was none.</summary>
    /// <remarks>The look counts those in a transaction along, so up to as many of them are taken off: never too many are blamed.</remarks>
    public int? Frozen { get; } = Groups.Any(group => group.Unchanged is null)
        ? null
        : Groups.Sum(group => Math.Clamp(group.Unchanged!.Value - group.IdleInTransaction, 0, group.Idle));

    public TimeSpan? OldestInTransaction { get; } = Groups.Max(group => group.OldestIdleInTransaction);

    public TimeSpan? LongestActive { get; } = Groups.Max(group => group.LongestActive);

    /// <summary>Client addresses; a local socket counts as one.</summary>
    public int Clients { get; } = Groups.DistinctBy(group => group.Client).Count();

    public Sentence Words => Name.IsEmpty ? Sentence.Of($"A client without a name") : Sentence.Of($"{Name}");

    public bool Owns(StatementGroup statement) => NameOf(statement.Application, statement.User) == Name;

    public static ForeignText NameOf(ForeignText application, ForeignText user) =>
        application.IsEmpty || (DriversOwn.Contains(application.Value) && !user.IsEmpty) ? user : application;

    /// <summary>The largest first; those of the same size by name, so that the same evidence gives the same words.</summary>
    public static IReadOnlyList<Holder> All(IEnumerable<ConsumerGroup> groups) =>
    [
        .. groups
            .GroupBy(group => NameOf(group.Application, group.User), (name, same) => new Holder(name, [.. same]))
            .OrderByDescending(holder => holder.Count)
            .ThenBy(holder => holder.Name.Value, StringComparer.Ordinal),
    ];
}

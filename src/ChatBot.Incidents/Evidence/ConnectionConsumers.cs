namespace ChatBot.Incidents.Evidence;

/// <summary>Who holds the connections, largest first. Names are foreign text, so this lives in the evidence store, not in events.</summary>
/// <param name="Groups">At most 50, the largest holders first; empty when nobody is connected.</param>
/// <param name="Sessions">All client sessions counted, the bot's own excluded, also those beyond the 50 groups.</param>
/// <param name="IdleFor">The age from which an idle session counts as long idle.</param>
/// <param name="Endable">Sessions that an "end idle sessions" plan could name now: idle beyond the age, not protected, not a superuser's.</param>
public sealed record ConnectionConsumers(
    IReadOnlyList<ConsumerGroup> Groups,
    int Sessions,
    TimeSpan IdleFor,
    int Endable)
{
    /// <summary>How many sessions each age would let a plan end, oldest age first; empty in evidence from before they were counted.</summary>
    public IReadOnlyList<AgeCount> EndableByAge { get; init; } = [];
}

/// <summary>Sessions that have been idle for at least so long, and that a plan could end.</summary>
public sealed record AgeCount(TimeSpan IdleFor, int Sessions);

/// <summary>The sessions of one application, user, database and client address.</summary>
/// <param name="Application">Empty when the client sent no name.</param>
/// <param name="Client">Client address; empty for a local socket.</param>
/// <param name="Count">Sessions of this group.</param>
/// <param name="LongIdle">Of the idle ones, those idle beyond the age that counts.</param>
/// <param name="OldestIdle">How long the longest idle session has been idle; null when none is idle.</param>
/// <param name="OldestConnection">Age of the oldest session.</param>
public sealed record ConsumerGroup(
    ForeignText Application,
    ForeignText User,
    ForeignText Database,
    ForeignText Client,
    int Count,
    int Idle,
    int LongIdle,
    int IdleInTransaction,
    int Active,
    int WaitingForLock,
    TimeSpan? OldestIdle,
    TimeSpan OldestConnection)
{
    /// <summary>Sessions that began since the look before and are still there; null when there was none.</summary>
    public int? Born { get; init; }

    /// <summary>Sessions idle, in or outside a transaction, that did nothing since the look before; null when there was none.</summary>
    public int? Unchanged { get; init; }

    /// <summary>How long the oldest open transaction of the group's idle sessions has been doing nothing; null when there is none.</summary>
    public TimeSpan? OldestIdleInTransaction { get; init; }

    /// <summary>How long the longest running statement has been running; null when none runs.</summary>
    public TimeSpan? LongestActive { get; init; }
}

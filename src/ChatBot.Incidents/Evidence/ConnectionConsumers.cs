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

    /// <summary>
    /// The same sessions by application, user and database, wherever their clients are: a service with more pods than
    /// <see cref="Groups"/> has rows is whole here. At most 50, the largest first; empty in evidence from before they were counted.
    /// </summary>
    public IReadOnlyList<ConsumerGroup> Services { get; init; } = [];

    /// <summary>From this age on an idle session stands still (<see cref="ConsumerGroup.Still"/>): it rests, or was left behind.</summary>
    public TimeSpan StillFor { get; init; } = DefaultStillFor;

    /// <summary>In half a minute every connection of a busy pool is used (measured: 30 to 60 s tell a leak from a pool under load).</summary>
    public static readonly TimeSpan DefaultStillFor = TimeSpan.FromSeconds(30);

    /// <summary>Summed up by service; by address, in evidence from before that was counted.</summary>
    public IReadOnlyList<ConsumerGroup> ByService() => Services.Count > 0 ? Services : Groups;
}

/// <summary>Sessions that have been idle for at least so long, and that a plan could end.</summary>
public sealed record AgeCount(TimeSpan IdleFor, int Sessions);

/// <summary>The sessions of one application, user, database and client address; of all addresses together, in <see cref="ConnectionConsumers.Services"/>.</summary>
/// <param name="Application">Empty when the client sent no name.</param>
/// <param name="Client">Client address; empty for a local socket, and for all addresses together.</param>
/// <param name="Count">Sessions of this group.</param>
/// <param name="LongIdle">Of the idle ones, those idle beyond the age that counts.</param>
/// <param name="OldestIdle">How long the longest idle session has been idle; null when none is idle.</param>
/// <param name="OldestConnection">Age of the oldest session; null where the server doesn't know (MySQL, MariaDB).</param>
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
    TimeSpan? OldestConnection)
{
    /// <summary>A statement that runs for so long is slow, and a transaction in which nothing happens for so long is no pause between two statements: 5 s.</summary>
    /// <remarks>The lower end of the decision table's 5 to 30 s for a statement of a service.</remarks>
    public static readonly TimeSpan LongAfter = TimeSpan.FromSeconds(5);

    /// <summary>A transaction idle for so long was left open: 60 s, where people are warned.</summary>
    public static readonly TimeSpan LeftAfter = TimeSpan.FromSeconds(60);

    /// <summary>How many client addresses the sessions come from; a local socket counts as one.</summary>
    public int Clients { get; init; } = 1;

    /// <summary>Of the idle ones, those that did nothing for <see cref="ConnectionConsumers.StillFor"/> or longer.</summary>
    public int Still { get; init; }

    /// <summary>
    /// Of the idle ones, those that are used in turns: they did something in the last <see cref="ConnectionConsumers.StillFor"/>
    /// and are older than that themselves. MySQL and MariaDB know no ages: there, those that did something between two looks.
    /// </summary>
    public int Turned { get; init; }

    /// <summary>Of those idle in a transaction, those that did nothing for <see cref="LongAfter"/> or longer.</summary>
    public int PausedInTransaction { get; init; }

    /// <summary>Of those idle in a transaction, those that did nothing for <see cref="LeftAfter"/> or longer.</summary>
    public int LeftInTransaction { get; init; }

    /// <summary>Of those at work, those whose statement has been running, and not waiting for a lock, for <see cref="LongAfter"/> or longer.</summary>
    public int LongActive { get; init; }

    /// <summary>Sessions that began since the look before and are still there; null when there was none.</summary>
    public int? Born { get; init; }

    /// <summary>Sessions idle, in or outside a transaction, that did nothing since the look before; null when there was none.</summary>
    public int? Unchanged { get; init; }

    /// <summary>How long the oldest open transaction of the group's idle sessions has been doing nothing; null when there is none.</summary>
    public TimeSpan? OldestIdleInTransaction { get; init; }

    /// <summary>How long the longest running statement has been running; null when none runs.</summary>
    public TimeSpan? LongestActive { get; init; }
}

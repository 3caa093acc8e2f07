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
    int Endable);

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
    TimeSpan OldestConnection);

namespace ChatBot.Incidents.Evidence;

/// <summary>All client sessions of a server at one moment, the bot's own excluded.</summary>
/// <param name="At">By the server's clock.</param>
/// <param name="Sessions">The youngest first; bounded.</param>
/// <param name="IsComplete">False when there were more sessions than were read: then the oldest are missing.</param>
/// <param name="SeesStarts">False when the bot's role may not see when strangers' sessions began: then there are none here.</param>
/// <param name="Logins">Logins since the server's counters began, those in all databases; null before PostgreSQL 14.</param>
public sealed record SessionLook(
    DateTimeOffset At, IReadOnlyList<SeenSession> Sessions, bool IsComplete, bool SeesStarts, long? Logins);

/// <summary>One session, known by its start and a number that no two sessions have at a time.</summary>
/// <param name="Application">Empty when the client sent no name.</param>
public sealed record SeenSession(long Number, DateTimeOffset StartedAt, ForeignText Application, ForeignText User);

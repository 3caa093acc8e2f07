namespace ChatBot.Configuration;

/// <summary>Section <c>EndIdleSessions</c>: which sessions one plan may end.</summary>
internal sealed record EndIdleSessionsOptions
{
    /// <summary>Only sessions that have been idle for at least this long, from 1 s to 7 days.</summary>
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Sessions in one plan, from 1 to 50.</summary>
    public int MaxSessions { get; init; } = 50;

    /// <summary>A session told to end that is still there after this has an unknown outcome: from 100 ms to 5 minutes.</summary>
    public TimeSpan SeenGoneWithin { get; init; } = TimeSpan.FromSeconds(10);
}

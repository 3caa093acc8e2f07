namespace ChatBot.Configuration;

/// <summary>Section <c>EndIdleSessions</c>: which sessions one plan may end.</summary>
internal sealed record EndIdleSessionsOptions
{
    /// <summary>Younger ages in <see cref="OrIdleFor"/> than these few would only make plans harder to read.</summary>
    public const int MostAges = 5;

    /// <summary>Only sessions that have been idle for at least this long, from 1 s to 7 days.</summary>
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Or for at least one of these, when those idle for <see cref="IdleFor"/> are too few to help: below it, from 1 s, at most 5; in
    /// one line with commas between. Empty: never younger. The default holds as far as it is below <see cref="IdleFor"/>.
    /// </summary>
    public IReadOnlyList<TimeSpan> OrIdleFor { get; init; } = [TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)];

    /// <summary>Sessions in one plan, from 1 to 50.</summary>
    public int MaxSessions { get; init; } = 50;

    /// <summary>A session told to end that is still there after this has an unknown outcome: from 100 ms to 5 minutes.</summary>
    public TimeSpan SeenGoneWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every age from which an idle session may be ended, oldest first.</summary>
    public IReadOnlyList<TimeSpan> AllAges() => [IdleFor, .. OrIdleFor];

    /// <summary>The lists compare entry by entry.</summary>
    public bool Equals(EndIdleSessionsOptions? other) =>
        other is not null && IdleFor == other.IdleFor && OrIdleFor.SequenceEqual(other.OrIdleFor)
        && MaxSessions == other.MaxSessions && SeenGoneWithin == other.SeenGoneWithin;

    public override int GetHashCode() => HashCode.Combine(IdleFor, OrIdleFor.Count, MaxSessions, SeenGoneWithin);
}

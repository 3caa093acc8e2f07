using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Everything that a verdict is made from.</summary>
/// <param name="Look">The latest look at the server; null when nobody got in: then only the rest speaks.</param>
/// <param name="RefusedLogins">How often the server refused the bot's own login since the look before, because it was full. Any refusal outranks a count.</param>
/// <param name="Pools">Null when there is no pooler, or it didn't answer.</param>
/// <param name="Applications">The services' own pools; empty while nobody reads them.</param>
public sealed record Symptoms(
    ServerLook? Look,
    int RefusedLogins,
    PoolerPools? Pools,
    IReadOnlyList<ApplicationPool> Applications)
{
    /// <summary>Below this share of its slots, from 0 to 1, a server is not exhausted.</summary>
    public required double ExhaustedFrom { get; init; }

    /// <summary>Nobody got in, and not because the server was full: it refused the bot's account, password or way of logging in.</summary>
    public bool IsTurnedAway { get; init; }

    /// <summary>The services' logs of the last minute were looked through for pools that ran out; what they told is in <see cref="Applications"/>.</summary>
    public bool LogsRead { get; init; }

    /// <summary>Whose services' the sessions are; null where no cluster told.</summary>
    public Attribution? Services { get; init; }

    /// <summary>What could not be looked at, in sentences of our own.</summary>
    public IReadOnlyList<Sentence> Unseen { get; init; } = [];
}

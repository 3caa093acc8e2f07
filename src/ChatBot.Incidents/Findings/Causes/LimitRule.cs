using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Whether the limit of a database or an account is what keeps clients out.</summary>
internal static class LimitRule
{
    /// <summary>From this share on a limit is nearly reached: 90 %, where check_postgres warns.</summary>
    public const double Near = 0.9;

    /// <summary>Below this one free slot is a tenth or more, so "nearly" means nothing: 10.</summary>
    public const int SmallestForNear = 10;

    /// <summary>Of those that are reached, the one with most sessions; else the one that is nearly. Null when all have room.</summary>
    public static LimitFinding? Examine(Symptoms symptoms)
    {
        // A limit of 0 shuts an account or database on purpose.
        var limits = (symptoms.Look?.Limits ?? []).Where(limit => limit.Limit > 0).ToArray();
        var reached = limits.Where(limit => limit.Used >= limit.Limit).MaxBy(limit => limit.Used);
        return (reached ?? limits.Where(IsNear).MaxBy(limit => limit.Used)) is { } chosen
            ? new LimitFinding(chosen, chosen == reached, Finding(chosen, symptoms.Look!))
            : null;
    }

    public static LayerNumbers Numbers(ConnectionLimit limit) =>
        new(limit.Scope is LimitScope.Database ? Layer.Database : Layer.Account, limit.Name, limit.Used, limit.Limit);

    public static Cause CauseOf(ConnectionLimit limit) => limit.Scope is LimitScope.Database ? Cause.DatabaseLimit : Cause.AccountLimit;

    /// <summary>The limit with its numbers, such as "The limit of account reports is reached (20 of 20)".</summary>
    public static Sentence Words(ConnectionLimit limit)
    {
        var whose = limit.Scope is LimitScope.Database ? Sentence.Of($"database") : Sentence.Of($"account");
        var how = limit.Used >= limit.Limit ? Sentence.Of($"reached") : Sentence.Of($"nearly reached");
        return Sentence.Of($"The limit of {whose} {limit.Name} is {how} ({limit.Used} of {limit.Limit})");
    }

    private static bool IsNear(ConnectionLimit limit) => limit.Limit >= SmallestForNear && limit.Used >= limit.Limit * Near;

    private static LayerFinding Finding(ConnectionLimit limit, ServerLook look)
    {
        var usage = look.Usage;
        var room = usage.Free > 0
            ? Sentence.Of($"{Words(limit)}, while the server has room ({usage.Used} of {usage.Capacity}).")
            : Sentence.Of($"{Words(limit)}.");
        return new LayerFinding(
            Numbers(limit),
            CauseOf(limit),
            room,
            [
                new Reason(Sentence.Of($"{limit.Used} of {limit.Limit} connections that it may have are taken."), limit.Used < limit.Limit ? "check_postgres" : null),
                new Reason(Sentence.Of($"The server itself has {usage.Free} slots left for ordinary users.")),
            ])
        {
            Against = limit.Used < limit.Limit ? [new Reason(Sentence.Of($"It isn't reached yet: {limit.Limit - limit.Used} are left."))] : [],
        };
    }
}

/// <param name="IsReached">False when it is only near.</param>
internal sealed record LimitFinding(ConnectionLimit Limit, bool IsReached, LayerFinding Layer);

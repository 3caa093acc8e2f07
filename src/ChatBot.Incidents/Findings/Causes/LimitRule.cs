using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Whether the limit of a database or an account is what keeps clients out.</summary>
/// <remarks>
/// A limit that is reached refuses the next client; whether there is one, PostgreSQL tells nobody. A job that is meant to run
/// once has a limit of one and reaches it, so small limits are only mentioned.
/// </remarks>
internal static class LimitRule
{
    /// <summary>From this share on a limit is nearly reached: 90 %, where check_postgres warns. That is a warning, never the cause.</summary>
    public const double Near = 0.9;

    /// <summary>Below this one free slot is a tenth or more, so "nearly" means nothing: 10.</summary>
    public const int SmallestForNear = 10;

    /// <summary>Below this a limit is there so that a job runs once, or a person doesn't forget consoles: 5. No service is kept out by it.</summary>
    public const int SmallestForServices = 5;

    private const string Source = "decision table, row 0";

    /// <summary>Of those that are reached and may keep a service out, the one with most sessions. Null when all have room, or nobody is refused for sure.</summary>
    public static LimitFinding? Examine(Symptoms symptoms) => Set(symptoms)
        .Where(limit => limit.Used >= limit.Limit && limit.Limit >= SmallestForServices && !IsKnownToRefuseNobody(symptoms.Look!))
        .MaxBy(limit => limit.Used) is { } reached
            ? new LimitFinding(reached, Finding(reached, symptoms.Look!))
            : null;

    /// <summary>All that are worth a word: reached, or nearly; those with most sessions first.</summary>
    public static IEnumerable<ConnectionLimit> Noteworthy(Symptoms symptoms) =>
        Set(symptoms).Where(limit => limit.Used >= limit.Limit || IsNear(limit)).OrderByDescending(limit => limit.Used >= limit.Limit).ThenByDescending(limit => limit.Used);

    // A limit of 0 shuts an account or database on purpose.
    private static IEnumerable<ConnectionLimit> Set(Symptoms symptoms) => (symptoms.Look?.Limits ?? []).Where(limit => limit.Limit > 0);

    // Whoever a limit refuses is a failed login.
    private static bool IsKnownToRefuseNobody(ServerLook look) => look.Since?.FailedLogins is 0;

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
                new Reason(Sentence.Of($"{limit.Used} of {limit.Limit} connections that it may have are taken, so its next client is refused."), Source),
                .. look.Since is { FailedLogins: > 0 and var failed, Span: var span } ? [new Reason(Sentence.Of($"{failed} logins failed in the last {span}."))] : Array.Empty<Reason>(),
                new Reason(Sentence.Of($"The server itself has {usage.Free} slots left for ordinary users.")),
            ])
        {
            Against = [.. Doubts(limit, look)],
        };
    }

    private static IEnumerable<Reason> Doubts(ConnectionLimit limit, ServerLook look)
    {
        if (look.Since?.FailedLogins is null)
        {
            yield return new Reason(Sentence.Of($"Whether anybody was refused isn't known: pools that just fit into the limit look the same."));
        }

        if (limit.Used > limit.Limit && !UnseenWords.IsPostgreSql(look))
        {
            yield return new Reason(
                Sentence.Of($"It has more than it may have: sessions from before it had a limit aren't counted, so the server may let more in."), "measured");
        }
    }
}

internal sealed record LimitFinding(ConnectionLimit Limit, LayerFinding Layer);

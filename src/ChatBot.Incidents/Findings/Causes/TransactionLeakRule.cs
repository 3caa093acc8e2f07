using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 2: transactions were left open, and their sessions do nothing in them.</summary>
/// <remarks>Leaked, or open while the code waits for something else, such as an HTTP call: the server can't tell these apart.</remarks>
internal static class TransactionLeakRule
{
    /// <summary>"Many" is a fifth of the sessions; PgHero's 100 fits servers with 500 and more.</summary>
    public const double Many = 0.2;

    /// <summary>When half of all sessions pause in a transaction for longer than between two statements, it is the cause though none is old.</summary>
    public const double Most = 0.5;

    /// <summary>PgHero calls so many bad, however large the server: 100.</summary>
    public const int PgHerosBad = 100;

    private const string Source = "decision table, row 2 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        var isMany = field.IsShare(field.Left, Many);
        var areOld = isMany || field.Left >= PgHerosBad;
        if (!areOld && !field.IsShare(field.Paused, Most))
        {
            return null;
        }

        var (counted, since) = areOld ? (field.Left, ConsumerGroup.LeftAfter) : (field.Paused, ConsumerGroup.LongAfter);
        var holder = field.MostOf(one => areOld ? one.Left : one.Paused);
        var ofHolder = holder is null ? counted : areOld ? holder.Left : holder.Paused;
        var oldest = holder is null ? field.Holders.Max(one => one.OldestInTransaction) : holder.OldestInTransaction;
        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{counted} of {field.Sessions} sessions have done nothing in an open transaction for {since} or longer."), Source),
        };
        if (counted >= PgHerosBad)
        {
            reasons.Add(new Reason(Sentence.Of($"{counted} idle in a transaction are many on any server."), "PgHero"));
        }

        if (holder is not null)
        {
            reasons.Add(new Reason(
                oldest is { } age
                    ? Sentence.Of($"{ofHolder} of them belong to {holder.Words}, which has {holder.Count} sessions; its oldest has done nothing for {age}.")
                    : Sentence.Of($"{ofHolder} of them belong to {holder.Words}, which has {holder.Count} sessions.")));
        }

        var same = field.Statements
            .Where(group => group.Activity is SessionActivity.IdleInTransaction && (holder is null || holder.Owns(group)))
            .MaxBy(group => group.AtItLong);
        var shared = same is { Statement.IsEmpty: false, AtItLong: > 1 } ? Sentence.Of($"{same.AtItLong} of them stopped after the same statement: {same.Statement}") : null;
        return new CauseFinding(Cause.TransactionLeak, counted, Summary(field, holder, ofHolder, oldest, shared is null ? null : same), reasons)
        {
            Against = [.. Doubts(holder, areOld)],
            Culprit = holder?.Name ?? default,
            Shared = shared,
            IsAside = areOld && !isMany,
        };
    }

    private static Sentence Summary(Field field, Holder? holder, int counted, TimeSpan? oldest, StatementGroup? same)
    {
        var who = holder is null
            ? Sentence.Of($"{counted} of {field.Sessions} sessions hold open transactions and do nothing")
            : Sentence.Of($"{holder.Words} holds {counted} of {field.Capacity} slots with open transactions and does nothing in them");
        var since = oldest is { } age ? Sentence.Of($"{who}, the oldest for {age}") : who;
        return same is null ? Sentence.Of($"{since}.") : Sentence.Of($"{since}; {same.AtItLong} stopped after the same statement.");
    }

    private static IEnumerable<Reason> Doubts(Holder? holder, bool areOld)
    {
        if (!areOld)
        {
            yield return new Reason(
                Sentence.Of($"Few of them have been so for {ConsumerGroup.LeftAfter}: they may be slow rather than left open, such as waiting for another service."), Source);
        }

        if (holder is null)
        {
            yield return new Reason(Sentence.Of($"They belong to several applications: no single one has half of them."));
        }
    }
}

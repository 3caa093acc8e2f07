using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 2: transactions were left open, and their sessions do nothing in them.</summary>
/// <remarks>Leaked, or open while the code waits for something else, such as an HTTP call: the server can't tell these apart.</remarks>
internal static class TransactionLeakRule
{
    /// <summary>A transaction idle for so long is more than a client between two statements: 60 s (the bot's default for a warning).</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>"Many" is a fifth of the sessions; PgHero's 100 fits servers with 500 and more.</summary>
    public const double Many = 0.2;

    /// <summary>When half of all sessions are idle in a transaction it is the cause, however young they are.</summary>
    public const double Most = 0.5;

    /// <summary>PgHero calls so many bad, however large the server: 100.</summary>
    public const int PgHerosBad = 100;

    private const string Source = "decision table, row 2 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        var oldest = field.Holders.Max(holder => holder.OldestInTransaction)
            ?? Groups(field).Max(group => (TimeSpan?)group.Longest);
        var isOld = oldest >= Long;
        var isMany = field.IsShare(field.InTransaction, Many);
        if (!(isOld && (isMany || field.InTransaction >= PgHerosBad)) && !field.IsShare(field.InTransaction, Most))
        {
            return null;
        }

        var holder = field.MostOf(one => one.InTransaction);
        var reasons = new List<Reason>
        {
            new(
                oldest is { } age
                    ? Sentence.Of($"{field.InTransaction} of {field.Sessions} sessions do nothing in an open transaction, the oldest for {age}.")
                    : Sentence.Of($"{field.InTransaction} of {field.Sessions} sessions do nothing in an open transaction."),
                Source),
        };
        if (field.InTransaction >= PgHerosBad)
        {
            reasons.Add(new Reason(Sentence.Of($"{field.InTransaction} idle in a transaction are many on any server."), "PgHero"));
        }

        if (holder is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{holder.InTransaction} of them belong to {holder.Words}, which has {holder.Count} sessions.")));
        }

        var same = Groups(field).Where(group => holder is null || holder.Owns(group)).MaxBy(group => group.Sessions);
        var shared = same is { Statement.IsEmpty: false, Sessions: > 1 } ? Sentence.Of($"{same.Sessions} of them stopped after the same statement: {same.Statement}") : null;
        if (shared is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{same!.Sessions} of them stopped after the same statement, the youngest {same.Shortest} ago.")));
        }

        return new CauseFinding(Cause.TransactionLeak, field.InTransaction, Summary(field, holder, oldest, same), reasons)
        {
            Against = [.. Doubts(field, holder, isOld)],
            Culprit = holder?.Name ?? default,
            Shared = shared,
            IsAside = !isMany,
        };
    }

    private static Sentence Summary(Field field, Holder? holder, TimeSpan? oldest, StatementGroup? same)
    {
        var who = holder is null
            ? Sentence.Of($"{field.InTransaction} of {field.Sessions} sessions hold open transactions and do nothing")
            : Sentence.Of($"{holder.Words} holds {holder.InTransaction} of {field.Capacity} slots with open transactions and does nothing in them");
        var since = oldest is { } age ? Sentence.Of($"{who}, the oldest for {age}") : who;
        return same is { Statement.IsEmpty: false, Sessions: > 1 }
            ? Sentence.Of($"{since}; {same.Sessions} stopped after the same statement.")
            : Sentence.Of($"{since}.");
    }

    private static IEnumerable<StatementGroup> Groups(Field field) => field.Statements.Where(group => group.Activity is SessionActivity.IdleInTransaction);

    private static IEnumerable<Reason> Doubts(Field field, Holder? holder, bool isOld)
    {
        if (!isOld)
        {
            yield return new Reason(Sentence.Of($"None of them is old yet: they may be slow rather than left open, such as waiting for another service."), "the bot's default");
        }

        if (holder is null && field.InTransaction > 0)
        {
            yield return new Reason(Sentence.Of($"They belong to several applications: no single one has half of them."));
        }
    }
}

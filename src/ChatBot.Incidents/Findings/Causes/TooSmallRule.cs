using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 6: everybody works, in short statements and transactions, and there are more of them than slots.</summary>
internal static class TooSmallRule
{
    /// <summary>Nearly all sessions are at work: 80 % (decision table, row 6).</summary>
    public const double Busy = 0.8;

    /// <summary>Of the running statements, so few may be long: a tenth.</summary>
    private const double Stragglers = 0.1;

    private const string Source = "decision table, row 6 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        // Sessions that log in for each statement are at work whenever they are seen: row 7 speaks of them.
        if (!field.IsShare(field.Busy, Busy)
            || field.LongActive > field.Running * Stragglers
            || ConnectionStormRule.MostComeAndGo(field))
        {
            return null;
        }

        var longest = SlowQueriesRule.Longest(field);
        var longestWords = longest >= TimeSpan.FromSeconds(1) ? Sentence.Of($"the longest for {longest}") : Sentence.Of($"none for a second yet");
        var processors = field.Look.Processors;
        var only = field.Holders is [var one] ? one.Name : default;
        return new CauseFinding(
            Cause.TooSmall,
            field.Busy,
            Sentence.Of($"{field.Busy} of {field.Sessions} sessions are at work, nearly all in short statements ({longestWords}): there is more work than the {field.Capacity} slots take."),
            [
                new Reason(Sentence.Of($"{field.Running} of {field.Sessions} sessions run a statement, {field.Busy - field.Running} are between two statements of a transaction."), Source),
                new Reason(Sentence.Of($"Nearly all are short ({longestWords}): {field.LongActive} for {ConsumerGroup.LongAfter} or longer; {field.Idle} sessions are idle."), Source),
            ])
        {
            Against = IsMoreThanTheMachineDoes(field)
                ? [new Reason(Sentence.Of($"{field.Running} statements run on {processors!.Value} processors: with more slots they would only queue inside the database."), "HikariCP's formula")]
                : [],
            Culprit = only,
            Steps = processors is null || IsMoreThanTheMachineDoes(field)
                ? []
                : [new StepWorth("raise-limit", Worth.Helps, "There is more work than slots, and the machine has processors for more; check its memory first.")],
        };
    }

    private static bool IsMoreThanTheMachineDoes(Field field) => field.Look.Processors is { } processors && field.Running > processors * SlowQueriesRule.PerProcessor;
}

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 6: everybody works, in short statements, and there are more of them than slots.</summary>
internal static class TooSmallRule
{
    /// <summary>Nearly all sessions are at work: 80 % (decision table, row 6).</summary>
    public const double Busy = 0.8;

    /// <summary>Of the running statements, so few may be long: a tenth.</summary>
    private const double Stragglers = 0.1;

    /// <summary>More running statements than so many for each processor only queue: 2 (HikariCP's formula, "cores * 2 + spindles").</summary>
    private const int PerProcessor = 2;

    private const string Source = "decision table, row 6 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        // Sessions that log in for each statement are at work whenever they are seen: row 7 speaks of them.
        if (!field.IsShare(field.Running, Busy)
            || SlowQueriesRule.SurelySlow(field) > field.Running * Stragglers
            || ConnectionStormRule.MostComeAndGo(field))
        {
            return null;
        }

        var longest = SlowQueriesRule.Longest(field);
        var longestWords = longest >= TimeSpan.FromSeconds(1) ? Sentence.Of($"the longest for {longest}") : Sentence.Of($"none for a second yet");
        var against = new List<Reason>();
        if (field.Look.Processors is { } processors && field.Running > processors * PerProcessor)
        {
            against.Add(new Reason(
                Sentence.Of($"{field.Running} statements run on {processors} processors: with more slots they would only queue inside the database."), "HikariCP's formula"));
        }

        return new CauseFinding(
            Cause.TooSmall,
            field.Running,
            Sentence.Of($"{field.Running} of {field.Sessions} sessions are at work, nearly all in short statements ({longestWords}): there is more work than the {field.Capacity} slots take."),
            [
                new Reason(Sentence.Of($"{field.Running} of {field.Sessions} sessions run a statement."), Source),
                new Reason(Sentence.Of($"Nearly all are short ({longestWords}); {field.Idle} sessions are idle."), Source),
            ])
        {
            Against = against,
            Culprit = field.MostOf(holder => holder.Active - holder.WaitingForLock) is { } most && field.Holders.Count == 1 ? most.Name : default,
        };
    }
}

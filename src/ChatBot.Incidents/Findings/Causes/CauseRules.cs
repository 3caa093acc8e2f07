namespace ChatBot.Incidents.Findings.Causes;

/// <summary>All rules, in the order of the decision table: the order in which they are believed.</summary>
internal static class CauseRules
{
    /// <summary>What reached its threshold, the lowest row first.</summary>
    /// <param name="refused">How often the bot's own login was refused.</param>
    public static IReadOnlyList<CauseFinding> Examine(Field field, int refused)
    {
        if (!field.Look.Usage.SeesEverything)
        {
            // Without states only the server's own counters speak.
            return ConnectionStormRule.Examine(field, refused) is { } storm ? [storm] : [];
        }

        // The rows about services leave out a user of another kind: a batch job's long statements are not why services are slow.
        var services = OutlierRule.Holder(field) is { } outlier ? field.Without(outlier) : field;
        CauseFinding?[] rows =
        [
            LockPileUpRule.Examine(field),
            TransactionLeakRule.Examine(field),
            SlowQueriesRule.Examine(services),
            IdleLeakRule.Examine(services),
            PodsTimesPoolRule.Examine(services),
            TooSmallRule.Examine(services),
            ConnectionStormRule.Examine(field, refused),
            OutlierRule.Examine(field),
        ];
        return [.. rows.OfType<CauseFinding>()];
    }
}

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
        var leak = IdleLeakRule.Examine(services);

        // Who leaks, or may leak where only time will tell, is no sign of pools that are too large.
        var leaker = leak is null ? IdleLeakRule.Undecided(services) : services.Holders.First(holder => holder.Name == leak.Culprit);
        var healthy = leaker is null ? services : services.Without(leaker);
        CauseFinding?[] rows =
        [
            LockPileUpRule.Examine(field),
            TransactionLeakRule.Examine(field),
            SlowQueriesRule.Examine(services),
            leak,
            PodsTimesPoolRule.Examine(healthy),
            TooSmallRule.Examine(services),
            ConnectionStormRule.Examine(field, refused),
            OutlierRule.Examine(field),
        ];
        return [.. rows.OfType<CauseFinding>().Where(found => SpeaksOf(found.Cause, field.Layer))];
    }

    // A pooler's idle connections are its stock, and how many sessions a service has says nothing about its own pool's size.
    private static bool SpeaksOf(Cause cause, Layer layer) => layer switch
    {
        Layer.Pooler => cause is Cause.LockPileUp or Cause.TransactionLeak or Cause.SlowQueries or Cause.TooSmall,
        Layer.Application => cause is Cause.LockPileUp or Cause.TransactionLeak or Cause.SlowQueries or Cause.IdleLeak,
        _ => true,
    };
}

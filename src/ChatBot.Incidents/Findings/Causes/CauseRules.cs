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

        var (slow, leak) = (SlowQueriesRule.Examine(OutlierRule.WithoutLasting(field)), IdleLeakRule.Examine(OutlierRule.WithoutResting(field)));

        // A user of another kind doesn't speak for the services. By its name alone it is only blamed when nothing better is known of it.
        var outlier = OutlierRule.Examine(field);
        var services = OutlierRule.Holder(field) is { } other ? field.Without(other) : field;
        var healthy = IdleLeakRule.Accused(OutlierRule.WithoutResting(field)).Where(services.Holders.Contains).Aggregate(services, (rest, accused) => rest.Without(accused));
        CauseFinding?[] rows =
        [
            LockPileUpRule.Examine(field),
            TransactionLeakRule.Examine(field),
            slow,
            leak,
            PodsTimesPoolRule.Examine(healthy),
            TooSmallRule.Examine(services),
            ConnectionStormRule.Examine(field, refused),
            RolloutSurgeRule.Examine(field),
            OrphansRule.Examine(field),
            outlier is not null && (outlier.Culprit == slow?.Culprit || outlier.Culprit == leak?.Culprit) ? null : outlier,
        ];
        return [.. rows.OfType<CauseFinding>().Where(found => SpeaksOf(found.Cause, field.Layer))];
    }

    // What a pooler keeps in stock was taken off before, and how many sessions a service has says nothing about its own pool's size.
    private static bool SpeaksOf(Cause cause, Layer layer) => layer switch
    {
        Layer.Pooler => cause is Cause.LockPileUp or Cause.TransactionLeak or Cause.SlowQueries or Cause.IdleLeak or Cause.TooSmall,
        Layer.Application => cause is Cause.LockPileUp or Cause.TransactionLeak or Cause.SlowQueries or Cause.IdleLeak or Cause.TooSmall,
        _ => true,
    };
}

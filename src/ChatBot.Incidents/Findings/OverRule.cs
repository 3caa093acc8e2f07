namespace ChatBot.Incidents.Findings;

/// <summary>Whether an incident can be called over: the target has room, and keeps it.</summary>
public static class OverRule
{
    /// <summary>A target that is full again within this time is not over: 1 hour.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    /// <summary>Null when it can; else what speaks against it.</summary>
    public static string? WhyNot(Incident incident, Policy policy)
    {
        // Where nobody counts, people say when it is over.
        if (!incident.Measures)
        {
            return null;
        }

        if (incident.Latest is not { } latest || incident.UsageMissing is not null)
        {
            return $"{incident.Target} doesn't answer, so nobody can say that it is over.";
        }

        if (!ReliefRule.IsBelow(latest, policy))
        {
            return $"{incident.Target} still uses {latest.Usage.Used} of {latest.Usage.Capacity} slots.";
        }

        if (RefillRule.RisesAsBefore(incident))
        {
            return "The connections rise as fast as before.";
        }

        if (incident.Samples.Length < UsageTrend.AtLeast)
        {
            return "It wasn't measured for long enough to say that it is over.";
        }

        return incident.Trend.FullIn <= Soon ? "The connections still rise: at this rate the slots run out within the hour." : null;
    }
}

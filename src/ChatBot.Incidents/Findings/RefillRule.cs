namespace ChatBot.Incidents.Findings;

/// <summary>Whether a relieved target fills up again: at the mark again, or rising as fast as before.</summary>
public static class RefillRule
{
    /// <summary>"As fast as before" means at least this share of the old rate: 80 %.</summary>
    public const double SameRate = 0.8;

    /// <summary>A rise is believed only over as many measurements after the relief as make a trend, twice.</summary>
    public const int AtLeast = 2 * UsageTrend.AtLeast;

    public static bool Sees(Incident incident, Policy policy) =>
        incident.Latest is { } latest && (!ReliefRule.IsBelow(latest, policy) || RisesAsBefore(incident));

    /// <summary>False when the old rate is unknown or was no rise.</summary>
    public static bool RisesAsBefore(Incident incident) =>
        incident.RateBefore > 0
        && incident.RiseSince is not null
        && incident.SinceChange.Length >= AtLeast
        && incident.Trend.PerMinute >= SameRate * incident.RateBefore;
}

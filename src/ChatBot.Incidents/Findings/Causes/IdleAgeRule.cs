using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>From which age on a plan should end idle sessions: the oldest that frees enough, because the youngest hits healthy ones.</summary>
public static class IdleAgeRule
{
    /// <summary>What is freed has to last while people find the cause: 10 min of the rise that was measured.</summary>
    public static readonly TimeSpan LastsFor = TimeSpan.FromMinutes(10);

    /// <param name="ages">In any order.</param>
    /// <param name="risePerMinute">Sessions; null when unknown, negative when the server empties.</param>
    /// <param name="reliefBelow">The share of the capacity, from 0 to 1, below which the target counts as relieved.</param>
    /// <returns>Null when no age has any session. When none frees enough: the youngest that frees any, which frees most.</returns>
    public static TimeSpan? Choose(IReadOnlyList<AgeCount> ages, ConnectionUsage usage, double? risePerMinute, double reliefBelow)
    {
        var some = ages.Where(age => age.Sessions > 0).OrderByDescending(age => age.IdleFor).ToArray();
        return (some.FirstOrDefault(FreesEnough) ?? some.LastOrDefault())?.IdleFor;

        bool FreesEnough(AgeCount age)
        {
            var left = usage.Used - age.Sessions;
            var rise = Math.Max(0, risePerMinute ?? 0) * LastsFor.TotalMinutes;
            return left < usage.Capacity * reliefBelow && left + rise <= usage.Capacity;
        }
    }
}

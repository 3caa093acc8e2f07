using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>From which age idle sessions should be ended: as old as possible, because an old one is surely nobody's, and young enough to help.</summary>
public static class IdleAgeRule
{
    /// <summary>What fills the server should not undo the relief before somebody mended it: 10 minutes.</summary>
    private const double RoomForMinutes = 10;

    /// <param name="ages">How many sessions each age would end, oldest first.</param>
    /// <param name="risePerMinute">Sessions a minute; null when unknown.</param>
    /// <param name="reliefBelow">The share of the capacity, from 0 to 1, below which the server counts as relieved.</param>
    /// <returns>The oldest age that frees enough; else the youngest that frees any; null when none does.</returns>
    public static TimeSpan? Choose(IReadOnlyList<AgeCount> ages, ConnectionUsage usage, double? risePerMinute, double reliefBelow)
    {
        var rise = RoomForMinutes * Math.Max(0, risePerMinute ?? 0);
        var some = ages.Where(age => age.Sessions > 0).OrderByDescending(age => age.IdleFor).ToArray();
        return (some.FirstOrDefault(FreesEnough) ?? some.LastOrDefault())?.IdleFor;

        bool FreesEnough(AgeCount age)
        {
            var left = usage.Used - age.Sessions;
            return left < reliefBelow * usage.Capacity && left + rise <= usage.Capacity;
        }
    }
}

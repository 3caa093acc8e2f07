using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Finds the application that holds most connections, and whether it only holds them.</summary>
public static class IdleHoldersRule
{
    /// <summary>Less than this share of all sessions is not "the" holder: a quarter.</summary>
    public const double Share = 0.25;

    /// <summary>The largest holder, its client addresses added up; null when nobody holds a quarter.</summary>
    public static IdleHolder? Examine(ConnectionConsumers evidence)
    {
        var largest = evidence.ByService()
            .GroupBy(group => (group.Application, group.User))
            .Select(same => new IdleHolder(
                same.Key.Application,
                same.Key.User,
                same.Sum(group => group.Count),
                same.Sum(group => group.Idle),
                same.Sum(group => group.LongIdle),
                same.Sum(group => group.IdleInTransaction),
                same.Max(group => group.OldestIdle)))
            .MaxBy(holder => holder.Count);

        return largest is not null && largest.Count >= evidence.Sessions * Share ? largest : null;
    }
}

/// <param name="LongIdle">Of the idle ones, those idle beyond the age that counts.</param>
/// <param name="OldestIdle">Null when none is idle.</param>
public sealed record IdleHolder(
    ForeignText Application,
    ForeignText User,
    int Count,
    int Idle,
    int LongIdle,
    int IdleInTransaction,
    TimeSpan? OldestIdle);

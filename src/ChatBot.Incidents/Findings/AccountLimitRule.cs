using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Whose connections are limited, and to how many, so that others get room.</summary>
public static class AccountLimitRule
{
    /// <summary>Those who hold most come first. Sessions without a user's name belong to nobody who could be limited.</summary>
    public static IReadOnlyList<(ForeignText User, int Sessions)> Candidates(ConnectionConsumers consumers) =>
    [
        .. consumers.ByService()
            .Where(group => !group.User.IsEmpty)
            .GroupBy(group => group.User)
            .Select(user => (User: user.Key, Sessions: user.Sum(group => group.Count)))
            .OrderByDescending(user => user.Sessions)
            .ThenBy(user => user.User.Value, StringComparer.Ordinal),
    ];

    /// <summary>Others would notice if it had fewer: a tenth of the slots, and more than one.</summary>
    public static bool HoldsMany(int used, int capacity) => used > 1 && 10L * used >= capacity;

    /// <summary>Its sessions now, so that it takes no more; and no more than its share of the slots.</summary>
    /// <param name="used">Sessions it has now.</param>
    /// <param name="capacity">Slots that ordinary users can have.</param>
    /// <param name="limit">The limit it has already; null for none.</param>
    /// <param name="percent">Of the capacity, from 1 to 100.</param>
    /// <returns>At least 1; null when its limit is as low already.</returns>
    public static int? NewLimit(int used, int capacity, int? limit, int percent)
    {
        var wanted = Math.Max(1, (int)Math.Min(used, (long)capacity * percent / 100));
        return limit is { } has && has <= wanted ? null : wanted;
    }
}

using ChatBot.Configuration;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>Which sessions one plan may name. The page may ask for less than the settings allow, never for more: no younger sessions, and not more of them.</summary>
/// <param name="Ages">How long a session has been idle at least, oldest first: the plan takes one of them. At least one.</param>
/// <param name="Most">How many one plan may name at most, from 1 to 50.</param>
internal sealed record SessionBounds(IReadOnlyList<TimeSpan> Ages, int Most)
{
    public static readonly DurationParameter IdleForParameter =
        new("idle-for", "how long a session has been idle at least", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "EndIdleSessions:IdleFor, or OrIdleFor" };

    public static readonly CountParameter MaxParameter =
        new("max", "how many one plan may end at most", 1, 50) { Default = "EndIdleSessions:MaxSessions" };

    /// <param name="binding">Null when the page doesn't say, or can't be read: then the settings alone hold.</param>
    public static SessionBounds Of(StepBinding? binding, EndIdleSessionsOptions settings) => new(
        AgesOf(binding?.Duration(IdleForParameter.Name), settings.AllAges()),
        Math.Min(binding?.Count(MaxParameter.Name) ?? settings.MaxSessions, settings.MaxSessions));

    /// <summary>What the page asks for is one more age, and the youngest.</summary>
    private static IReadOnlyList<TimeSpan> AgesOf(TimeSpan? floor, IReadOnlyList<TimeSpan> ages) =>
        floor is { } youngest && youngest > ages[^1] ? [.. ages.Where(age => age > youngest), youngest] : ages;
}

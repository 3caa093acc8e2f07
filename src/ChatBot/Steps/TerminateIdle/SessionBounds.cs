using ChatBot.Incidents.Runbooks;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>Which sessions one plan may name. The page may ask for less than the settings allow, never for more: no younger sessions, and not more of them.</summary>
/// <param name="IdleFor">How long a session has been idle at least.</param>
/// <param name="Most">How many one plan may name at most, from 1 to 50.</param>
internal readonly record struct SessionBounds(TimeSpan IdleFor, int Most)
{
    public static readonly DurationParameter IdleForParameter =
        new("idle-for", "how long a session has been idle at least", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "EndIdleSessions:IdleFor" };

    public static readonly CountParameter MaxParameter =
        new("max", "how many one plan may end at most", 1, 50) { Default = "EndIdleSessions:MaxSessions" };

    /// <param name="binding">Null when the page doesn't say, or can't be read: then the settings alone hold.</param>
    /// <param name="idleFor">As the settings say.</param>
    /// <param name="most">As the settings say.</param>
    public static SessionBounds Of(StepBinding? binding, TimeSpan idleFor, int most) => new(
        binding?.Duration(IdleForParameter.Name) is { } wanted && wanted > idleFor ? wanted : idleFor,
        Math.Min(binding?.Count(MaxParameter.Name) ?? most, most));
}

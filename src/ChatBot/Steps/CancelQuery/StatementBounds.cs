using ChatBot.Configuration;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Steps.CancelQuery;

/// <summary>Which statements one plan may name: as the page says.</summary>
/// <param name="RunningFor">How long a statement has been running at least.</param>
/// <param name="Most">How many one plan may name at most, from 1 to 50.</param>
internal readonly record struct StatementBounds(TimeSpan RunningFor, int Most)
{
    /// <summary>Where the page doesn't say: a request that takes longer has nobody who waits for it (experience).</summary>
    private static readonly TimeSpan UsuallyFor = TimeSpan.FromSeconds(30);

    /// <summary>Where the page doesn't say.</summary>
    private const int UsuallyMost = 5;

    public static readonly DurationParameter RunningForParameter =
        new("running-for", "how long a statement has been running at least", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "30s" };

    public static readonly CountParameter MaxParameter =
        new("max", "how many one plan may cancel at most", 1, 50) { Default = "5" };

    /// <param name="binding">Null when the page can't be read.</param>
    public static StatementBounds Of(StepBinding? binding, ChatBotOptions options) => new(
        binding?.Duration(RunningForParameter.Name) ?? UsuallyFor,
        Math.Min(binding?.Count(MaxParameter.Name) ?? UsuallyMost, options.EndIdleSessions.MaxSessions)); // no plan of any kind may name more
}

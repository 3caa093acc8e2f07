using ChatBot.Sandbox.Situations;
using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>A story to live through.</summary>
/// <param name="Story">What happened before the alarm.</param>
/// <param name="Ending">When it has ended well.</param>
/// <param name="BeginAsync">Sets the trouble going.</param>
/// <param name="PlayAsync">Plays all people of it; returns when the incident is resolved.</param>
internal sealed record Scenario(
    string Name,
    string Story,
    string Ending,
    Func<PracticeWorld, Task> BeginAsync,
    Func<PracticeWorld, Feed, CancellationToken, Task> PlayAsync)
{
    /// <summary>What is set going, in words.</summary>
    public string Beginning { get; init; } = "The leak begins.";

    /// <summary>What makes up its world; null for the story with the practice company's own services.</summary>
    public Situation? Situation { get; init; }

    /// <summary>Its services run in pods of a cluster.</summary>
    public bool HasCluster { get; init; }

    public static readonly IReadOnlyList<Scenario> All = [IdleLeak.Scenario, LeakingService.Scenario, .. Situation.All.Select(SituationPlay.Of)];
}

using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>A story to live through.</summary>
/// <param name="Story">What happened before the alarm.</param>
/// <param name="Ending">When it has ended well.</param>
/// <param name="Begin">Sets the trouble going.</param>
/// <param name="PlayAsync">Plays all people of it; returns when the incident is resolved.</param>
internal sealed record Scenario(
    string Name,
    string Story,
    string Ending,
    Action<PracticeWorld> Begin,
    Func<PracticeWorld, Feed, CancellationToken, Task> PlayAsync)
{
    public static readonly IReadOnlyList<Scenario> All = [IdleLeak.Scenario];
}

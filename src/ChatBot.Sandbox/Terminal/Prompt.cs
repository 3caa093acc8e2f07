using ChatBot.Sandbox.Scenarios;

namespace ChatBot.Sandbox.Terminal;

/// <summary>The workspace at a keyboard.</summary>
internal static class Prompt
{
    public static Task<int> RunAsync(PracticeWorld world, Scenario scenario, Screen screen, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("later");
}

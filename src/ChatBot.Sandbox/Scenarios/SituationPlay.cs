using ChatBot.Sandbox.Situations;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>Plays a situation: the bot has to name its cause on the card, and what is pressed has to work.</summary>
internal static class SituationPlay
{
    public static Scenario Of(Situation situation) => new(
        situation.Name,
        situation.Story,
        situation.Ending,
        world => situation.BeginAsync(world.Situation!),
        (world, feed, token) => PlayAsync(world, situation, feed, token))
    {
        Situation = situation,
        Beginning = "The trouble begins.",
    };

    private static async Task PlayAsync(PracticeWorld world, Situation situation, Feed feed, CancellationToken cancellationToken)
    {
        var (ana, boris) = (new Player(world.Slack.Workspace.As("ana"), feed), new Player(world.Slack.Workspace.As("boris"), feed));
        await ana.TypeAsync($"/runbook start {PracticeWorld.Target}", cancellationToken);
        await ana.SeesAsync(message => IsRight(message, situation), cancellationToken);
        feed.Tell($"*The card names the cause:* {situation.Label}{(situation.Culprit is { } culprit ? $", by {culprit}" : "")}. That is right.", "green");
        if (situation is not { Press: { } button, Relief: { } relief })
        {
            return;
        }

        await ana.PressAsync(message => message.Button(button) is not null, button, cancellationToken);
        await ana.PressAsync(IsPlan, "Approve", cancellationToken);
        await boris.PressAsync(IsPlan, "Approve", cancellationToken);
        await world.Situation!.UntilAsync(async () => -await world.Situation.CountAsync(relief.Count), -relief.AtMost, relief.Count);
        feed.Tell($"*It worked.* The server counts {await world.Situation.CountAsync(relief.Count)} now, at most {relief.AtMost} of them is well.", "green");
    }

    private static bool IsRight(SeenMessage message, Situation situation) =>
        message is { IsEphemeral: false, ThreadTs: null }
        && message.Says("Opened by")
        && message.Says($"Cause: {situation.Label}.")
        && message.Says(situation.Culprit ?? "");

    private static bool IsPlan(SeenMessage message) => message.Says("*Plan ");
}

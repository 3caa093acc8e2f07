using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>A release with a leak is rolled out in a cluster; its pods fill the server.</summary>
internal static class LeakingService
{
    /// <summary>The responder notices when this share of the slots is used: early enough to see the rise.</summary>
    private const double Noticed = 0.4;

    public static readonly Scenario Scenario = new(
        "leaking-service",
        "Release 1.42 of checkout-api is rolled out in the cluster. It loses a database connection now and then, and says so in its log. "
        + "Its pods fill orders-db until nobody else gets in.",
        "The bot says whose the connections are, makes room, restarts checkout-api, and sees it fill again; the release before brings the end.",
        world => world.Company!.DeployLeakAsync(CancellationToken.None),
        PlayAsync)
    {
        Beginning = "checkout-api 1.42 is rolled out.",
        HasCluster = true,
    };

    private static async Task PlayAsync(PracticeWorld world, Feed feed, CancellationToken cancellationToken)
    {
        var (ana, boris) = (Somebody("ana"), Somebody("boris"));
        await UntilAsync(async () => await SlotCount.AskAsync(world.Server, cancellationToken) is var slots && slots.Used >= Noticed * slots.Capacity);
        await ana.TypeAsync($"/runbook start {PracticeWorld.Target}", cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("full in"), cancellationToken);
        string? refused = null;
        await UntilAsync(async () => (refused = await OrdinaryLogin.TryAsync(world.Server, cancellationToken)) is not null);
        feed.Tell($"*orders-db is full.* An ordinary login is refused: {refused}", "red");

        // New pods need connections before old ones give theirs back: on a full server the plan makes room first.
        await ana.PressAsync(message => IsCard(message) && message.Says("FULL"), "Restart the service", cancellationToken);
        await boris.PressAsync(IsPlan, "Approve", cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("Replacing the pods of checkout-api"), cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("Relieved"), cancellationToken);
        await UntilAsync(async () => await OrdinaryLogin.TryAsync(world.Server, cancellationToken) is null);
        feed.Tell("*An ordinary login works again.* But the release is the same, and leaks on.", "green");
        await ana.SeesAsync(message => IsCard(message) && message.Says("full in"), cancellationToken);

        await world.Company!.RollBackAsync(cancellationToken);
        feed.Tell("*checkout-api goes back to 1.41:* the pipeline does that, not the bot.", "green");
        await ana.PressAsync(IsCard, "Resolve", cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("Resolved:"), cancellationToken);

        Player Somebody(string name) => new(world.Slack.Workspace.As(name), feed);

        async Task UntilAsync(Func<Task<bool>> isSo)
        {
            // Each question takes a slot for a moment: a few a second don't disturb.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
            while (!await isSo())
            {
                await pace.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    /// <summary>The one message of the bot that is no reply and no plan.</summary>
    private static bool IsCard(SeenMessage message) => message is { IsEphemeral: false, ThreadTs: null } && message.Says("Opened by");

    private static bool IsPlan(SeenMessage message) => message.Says("*Plan ");
}

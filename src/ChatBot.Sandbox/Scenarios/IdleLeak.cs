using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>A service leaks connections until the server is full; ending its idle sessions lets the others in again.</summary>
internal static class IdleLeak
{
    /// <summary>The responder notices when this share of the slots is used: early enough to see the rise.</summary>
    private const double Noticed = 0.4;

    /// <summary>Refused logins of a healthy service after which it is an incident for customers.</summary>
    private const int Hurt = 5;

    public static readonly Scenario Scenario = new(
        "idle-leak",
        "checkout-api was rolled out a moment ago. One of its paths now takes a database connection, uses it, and never gives it back. "
        + "When orders-db has no slot left, nobody else gets in: no worker, no report, no customer.",
        "The incident is resolved and orders-db lets everybody in again. checkout-api itself stays ill: its pools have lost their places for good and need a restart, which the bot can't do yet.",
        world =>
        {
            world.Services.Checkout.StartLeaking();
            return Task.CompletedTask;
        },
        PlayAsync);

    private static async Task PlayAsync(PracticeWorld world, Feed feed, CancellationToken cancellationToken)
    {
        var (ana, boris) = (Somebody("ana"), Somebody("boris"));

        await UntilAsync(async () => await SlotCount.AskAsync(world.Server, cancellationToken) is var slots && slots.Used >= Noticed * slots.Capacity);
        await ana.TypeAsync("/runbook start orders-db", cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("full in"), cancellationToken);

        // No cluster runs here, so the bot can't read the logs. What it can't do is done by hand, and is on record all the same.
        await ana.PressAsync(message => IsStep(message, "3"), "Do by hand", cancellationToken);
        await ana.NoteAsync(
            message => IsStep(message, "3"), "Done, with a note", "8 pods read: no leak line, but Npgsql never prints one", cancellationToken);

        string? refused = null;
        await UntilAsync(async () => (refused = await OrdinaryLogin.TryAsync(world.Server, cancellationToken)) is not null);
        feed.Tell($"*orders-db is full.* An ordinary login is refused: {refused}", "red");
        await UntilAsync(() => Task.FromResult(world.Services.Reporting.Tally.Refused >= Hurt));
        feed.Tell($"reporting was turned away {world.Services.Reporting.Tally.Refused} times so far.", "red");

        await ana.PressAsync(message => IsCard(message) && message.Says("FULL"), "End idle sessions", cancellationToken);
        await ana.PressAsync(IsPlan, "Approve", cancellationToken);
        await ana.SeesAsync(message => message.IsEphemeral, cancellationToken);
        await boris.PressAsync(IsPlan, "Approve", cancellationToken);
        await ana.SeesAsync(message => IsCard(message) && message.Says("Relieved"), cancellationToken);
        await UntilAsync(async () => await OrdinaryLogin.TryAsync(world.Server, cancellationToken) is null);
        feed.Tell("*An ordinary login works again.*", "green");

        await ana.PressAsync(message => IsCard(message) && message.Says("held"), "Resolve", cancellationToken);
        await ana.SeesAsync(IsResolved, cancellationToken);
        await ana.SeesAsync(message => message.Files.Any(file => file.Name.EndsWith(".html", StringComparison.Ordinal)), cancellationToken);
        await ana.TypeAsync("/runbook followups", cancellationToken);
        await ana.SeesAsync(message => message.IsEphemeral && message.Says("/runbook followup"), cancellationToken);

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
    private static bool IsCard(SeenMessage message) =>
        message is { IsEphemeral: false, ThreadTs: null } && message.Says("Opened by");

    /// <summary>A step's message in the thread.</summary>
    private static bool IsStep(SeenMessage message, string number) => message.ThreadTs is not null && message.Says($"*{number} ");

    private static bool IsPlan(SeenMessage message) => message.Says("*Plan ");

    private static bool IsResolved(SeenMessage message) => IsCard(message) && message.Says("Resolved:");
}

using System.Text.RegularExpressions;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <content>What people see and press.</content>
internal sealed partial class Practice
{
    public Task<SeenMessage> CardAsync(Func<SeenMessage, bool> isSo, string target = "orders-db") =>
        Ana.WaitForAsync(Channel, message => IsCard(message) && message.Says(target) && isSo(message), Token);

    public Task<SeenMessage> PlanAsync(Func<SeenMessage, bool> isSo, string target = "orders-db") =>
        Ana.WaitForAsync(Channel, message => IsPlan(message) && message.Says($" on {target}") && isSo(message), Token);

    /// <summary>Words to one person that nobody else sees.</summary>
    public Task<SeenMessage> ToldAsync(SlackPerson person, string words) =>
        person.WaitForAsync(Channel, message => message.IsEphemeral && message.Says(words), Token);

    /// <summary>Types the command, and waits until the card offers to end idle sessions.</summary>
    public async Task<SeenMessage> OpenAsync(string target = "orders-db")
    {
        await Ana.TypeAsync(Channel, $"/runbook start {target}", Token);
        return await CardAsync(message => message.Button("End idle sessions") is not null, target);
    }

    /// <summary>Ana asks for a plan; returns it when it waits for approval.</summary>
    public async Task<SeenMessage> AskAsync(string target = "orders-db")
    {
        await UntilIdleLongEnoughAsync();
        var card = await CardAsync(message => message.Button("End idle sessions") is not null, target);
        await Ana.PressAsync(card, "End idle sessions", cancellationToken: Token);
        return await PlanAsync(message => message.Button("Approve") is not null, target);
    }

    /// <summary>Opens an incident and has a plan drawn up.</summary>
    public async Task<SeenMessage> OpenAndAskAsync()
    {
        await OpenAsync();
        return await AskAsync();
    }

    public Task<SlackAnswer> ApproveAsync(SeenMessage plan) => Boris.PressAsync(plan, "Approve", cancellationToken: Token);

    public Task<SeenMessage> RelievedAsync(string target = "orders-db") => CardAsync(message => message.Says("*Relieved"), target);

    /// <summary>The plan with an outcome for each of its sessions.</summary>
    public Task<SeenMessage> FinishedAsync() => PlanAsync(message => message.Says("Approved by") && !message.Says("Running:"));

    /// <summary>Approves the plan and waits for what it did and brought.</summary>
    public async Task<SeenMessage> CarryOutAsync(SeenMessage plan)
    {
        await ApproveAsync(plan);
        await RelievedAsync();
        return await FinishedAsync();
    }

    /// <summary>The card says how many slots are used, as the server does.</summary>
    public Task AssertCardIsTrueAsync() => UntilAsync(async () =>
    {
        var used = await UsedSlotsAsync();
        return Ana.Sees(Channel).Any(message => IsCard(message) && message.Says($"{used} of {PracticeServers.Slots - 3} slots"));
    });

    /// <summary>One card, one message for each step and list, and as many plans as were asked for: nothing was posted twice.</summary>
    public void AssertNothingTwice(int plans = 1)
    {
        var posted = Ana.Sees(Channel).Where(message => message.Author == "chatbot" && !message.IsEphemeral).ToList();
        Assert.Single(posted, IsCard);
        Assert.Equal(plans, posted.Count(IsPlan));
        Assert.Equal(plans + 1, posted.Count(message => message.ThreadTs is null));
        var thread = posted.Where(message => message.ThreadTs is not null && message.Files.Count == 0).Select(TitleOf).ToList();
        Assert.NotEmpty(thread);
        Assert.Equal(thread.Distinct(), thread);
    }

    /// <summary>A step's message in the thread, by the number on the page: <c>2</c>, <c>1.2</c>.</summary>
    public Task<SeenMessage> StepAsync(string number, Func<SeenMessage, bool> isSo) =>
        Ana.WaitForAsync(Channel, message => message.ThreadTs is not null && TitleOf(message).StartsWith($"*{number} ", StringComparison.Ordinal) && isSo(message), Token);

    private static string TitleOf(SeenMessage message) => message.Text.Split('\n')[0];

    /// <summary>The process ids that a plan names, each with the last column: the database, or what became of the session.</summary>
    public static IReadOnlyDictionary<int, string> SessionsOf(SeenMessage plan) => SessionLine.Matches(plan.Text)
        .ToDictionary(line => int.Parse(line.Groups["pid"].Value, null), line => line.Groups["last"].Value);

    private static bool IsCard(SeenMessage message) =>
        message is { ThreadTs: null, Author: "chatbot", IsEphemeral: false } && message.Says("Opened by");

    private static bool IsPlan(SeenMessage message) =>
        message is { ThreadTs: null, Author: "chatbot", IsEphemeral: false } && message.Says("*Plan ");

    [GeneratedRegex(@"^\W*(?<pid>\d+) +\d\d-\d\d \d\d:\d\d:\d\d  .*  (?<last>\S.*?)\W*$", RegexOptions.Multiline)]
    private static partial Regex SessionLine { get; }
}

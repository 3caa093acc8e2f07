using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Slack's Web API fails for a while. Nothing is lost, and nothing is posted twice.</summary>
public sealed class SlackTroubleTests
{
    private static readonly Dictionary<string, SlackFault> Faults = new()
    {
        ["429 for 1 s"] = SlackFault.RateLimited(1),
        ["429 for how long"] = SlackFault.RateLimited(null),
        ["500"] = SlackFault.ServerError(),
        ["a page with 502"] = SlackFault.HtmlPage(502),
        ["a page with 200"] = SlackFault.HtmlPage(200),
        ["no answer"] = SlackFault.Hang(),
        ["closed before"] = SlackFault.CloseBeforeEffect(),
        ["closed after"] = SlackFault.CloseAfterEffect(), // Slack did it, and nobody heard
    };

    public static readonly TheoryData<string> Failures = [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_Slack_did_not_take_it_is_given_again_and_once(string failure)
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Slack:CallTimeout"] = "500ms";
        var faults = practice.Slack.Faults;
        await practice.StartBotAsync();
        await practice.LeakAsync(3);

        // The first message, the one in the thread, the plan, and edits in between: each fails more than once.
        faults.Next("chat.postMessage", Faults[failure], times: 2);
        faults.Next("chat.update", Faults[failure], times: 2);
        await practice.OpenAsync();
        faults.Next("chat.postMessage", Faults[failure], times: 2);
        faults.Next("chat.update", Faults[failure], times: 2);
        var plan = await practice.AskAsync();
        faults.Next("chat.update", Faults[failure], times: 3);
        await practice.CarryOutAsync(plan);

        await practice.AssertEndedAsync(Practice.SessionsOf(plan).Keys);
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();

        // An answer to one person comes as well.
        faults.Next("chat.postEphemeral", Faults[failure], times: 2);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.ToldAsync(practice.Ana, "is open already");
    }

    [Fact]
    public async Task While_Slack_is_out_the_incident_goes_on()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        practice.Slack.Faults.Outage = true;
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from incidents where state = 'Deciding'") == 1);
        Assert.DoesNotContain(practice.Ana.Sees(Practice.Channel), message => message.Author == "chatbot");

        practice.Slack.Faults.Outage = false;
        await practice.CardAsync(message => message.Button("End idle sessions") is not null);
        var plan = await practice.AskAsync();

        // Nobody can say who the approver is, so nothing is done; the answer comes when Slack is back.
        practice.Slack.Faults.Outage = true;
        await practice.ApproveAsync(plan);
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from commands where kind = 'approve-plan'") == 1);
        Assert.Equal(0, await practice.CountAsync("select count(*) from executions"));
        practice.Slack.Faults.Outage = false;
        await practice.ToldAsync(practice.Boris, "I couldn't verify with Slack that you are an approver, so nothing was done.");

        await practice.CarryOutAsync(plan);
        await practice.AssertEndedAsync(Practice.SessionsOf(plan).Keys);
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();
    }
}

using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>The database, Slack's Web API or its sockets go away in the middle. Nothing is lost, and nothing happens twice.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task A_database_that_goes_away_is_waited_for()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.Server.StopAsync("immediate", practice.Token);

        await practice.CardAsync(message => message.Says(":warning: No measurement since") && message.Says("I keep trying.") && message.Button("Stop") is not null);

        await practice.Server.StartAgainAsync(practice.Token);
        var sessions = await practice.LeakAsync(3);
        var card = await practice.CardAsync(message =>
            !message.Says(":warning:") && message.Says("of 27 slots") && message.Says("checkout-api holds 3 of") && message.Button("End idle sessions") is not null);
        await practice.CarryOutAsync(await practice.AskAsync(card));
        await practice.AssertEndedAsync(sessions.Select(session => session.ProcessID));
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();
    }

    [Fact]
    public async Task A_database_that_is_down_from_the_start_is_said_so()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.Server.StopAsync(cancellationToken: practice.Token);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);

        await practice.CardAsync(message => message.Says("no answer") && message.Says(":warning: No measurement since") && message.Says("orders-db"));
        await practice.Ana.WaitForAsync(Practice.Channel, message => message.ThreadTs is not null && message.Says("ask by hand"), practice.Token);

        await practice.Server.StartAgainAsync(practice.Token);
        await practice.LeakAsync(3);
        await practice.CardAsync(message => !message.Says(":warning:") && message.Button("End idle sessions") is not null);
        practice.AssertNothingTwice(plans: 0);
    }

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
        var card = await practice.OpenAsync();
        faults.Next("chat.postMessage", Faults[failure], times: 2);
        faults.Next("chat.update", Faults[failure], times: 2);
        var plan = await practice.AskAsync(card);
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
        var card = await practice.CardAsync(message => message.Button("End idle sessions") is not null);
        var plan = await practice.AskAsync(card);

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

    [Theory]
    [InlineData("dropped")]
    [InlineData("frozen")]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    public async Task After_trouble_with_the_sockets_presses_arrive_once(string trouble)
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Slack:SilenceLimit"] = "1s";
        await practice.StartBotAsync();
        await practice.LeakAsync(3);

        await UpsetAsync();
        var card = await practice.OpenAsync();
        await UpsetAsync();
        var plan = await practice.AskAsync(card);
        await UpsetAsync();
        await practice.CarryOutAsync(plan);

        await practice.AssertEndedAsync(Practice.SessionsOf(plan).Keys);
        Assert.Equal(1, await practice.CountAsync("select count(*) from commands where kind = 'approve-plan'"));
        Assert.Equal(3, practice.Slack.Deliveries.All.Count);
        practice.AssertNothingTwice();

        async Task UpsetAsync()
        {
            var before = practice.Slack.Calls.Of("apps.connections.open").Count;
            switch (trouble)
            {
                case "dropped":
                    practice.Slack.Faults.DropSockets();
                    break;
                case "frozen":
                    practice.Slack.Faults.FreezeSockets();
                    break;
                default:
                    await practice.Slack.Faults.DisconnectAsync(trouble, cancellationToken: practice.Token);
                    break;
            }

            // Both have been replaced, and the dead ones are out of the way.
            await practice.Slack.Calls.WaitForAsync(
                calls => calls.Count(call => call is { Method: "apps.connections.open", IsOk: true }) >= before + 2, practice.Token);
            practice.Slack.Faults.ThawSockets();
            await practice.Slack.Faults.WaitForSocketsAsync(2, practice.Token);
        }
    }
}

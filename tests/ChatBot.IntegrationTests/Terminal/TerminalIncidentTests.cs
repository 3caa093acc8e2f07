using System.Text;
using System.Text.RegularExpressions;
using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Terminal;

/// <summary>A whole incident from the terminal, by the same rules as in Slack.</summary>
public sealed partial class TerminalIncidentTests
{
    [Fact]
    public async Task With_Slack_down_two_people_at_the_terminal_carry_out_a_plan()
    {
        await using var practice = await Practice.StartAsync();
        var (ana, boris, carl) = (Seat.For(practice, "ana"), Seat.For(practice, "boris", "S0DBONCALL"), Seat.For(practice, "carl"));
        practice.Settings["Targets:orders-db:Channel"] = practice.Slack.Workspace.RequireChannel(Practice.Channel).Id;
        practice.Settings["Logging:LogLevel:Default"] = "Trace";
        await practice.StartBotAsync();
        practice.Slack.Faults.Outage = true;
        practice.Slack.Faults.DropSockets();
        await practice.LeakAsync(5);
        await practice.UntilIdleLongEnoughAsync();

        Assert.Contains("No incident is open.", await ana.DoAsync("list"), StringComparison.Ordinal);
        Assert.Contains("chatbot incident show orders-db", await ana.DoAsync("start Orders-DB"), StringComparison.Ordinal);
        Assert.Contains("You joined it.", await boris.DoAsync("start orders-db"), StringComparison.Ordinal);
        Assert.Matches("orders-db +D", await ana.DoAsync("list"));
        await ana.UntilShownAsync("end-idle-sessions");
        await ana.DoAsync("press orders-db end-idle-sessions-1.2");

        var plan = await ana.UntilShownAsync("Buttons: approve, reject, withdraw");
        Assert.Contains("Plan ", plan, StringComparison.Ordinal);
        Assert.Contains("@ana asks.", plan, StringComparison.Ordinal);
        var digits = PlanDigits.Match(plan).Groups["digits"].Value;
        Assert.Contains("You asked for this plan, so someone else has to approve it.", await ana.RefusedAsync("press orders-db approve", "y"), StringComparison.Ordinal);
        Assert.Contains("You aren't an approver of this target.", await carl.RefusedAsync("press orders-db approve", "y"), StringComparison.Ordinal);

        // Boris has second thoughts, and names a plan he never read, before he approves.
        Assert.Contains("Not pressed.", (await boris.TypeAsync("press orders-db approve")).Output, StringComparison.Ordinal);
        Assert.Contains($"--plan {digits}", await boris.RefusedAsync("press orders-db approve --yes"), StringComparison.Ordinal);
        Assert.Contains("not about plan 00000000", await boris.RefusedAsync("press orders-db approve --yes --plan 00000000"), StringComparison.Ordinal);
        Assert.Empty(await practice.EndedAsync());
        Assert.Contains($"Plan {digits}: end 5 sessions", await boris.DoAsync("press orders-db approve", "y"), StringComparison.Ordinal);

        await ana.UntilShownAsync("Approved by @boris. 5 ended.");
        await practice.AssertEndedAsync(practice.Sessions.Select(session => session.ProcessID));
        await ana.UntilShownAsync("Relieved");

        // When Slack is back, everybody else sees what happened.
        practice.Slack.Faults.Outage = false;
        await practice.RelievedAsync();
        await practice.FinishedAsync();
        Assert.Equal(["ended", "ended", "ended", "ended", "ended"], Practice.SessionsOf(await practice.FinishedAsync()).Values);
        Assert.DoesNotContain(practice.Ana.Sees(Practice.Channel), message => message.IsEphemeral); // the answers were given at the terminal

        var outcomes = await practice.AssertEachStepHasOneOutcomeAsync(5);
        Assert.All(outcomes, outcome => Assert.Equal("applied", outcome));
        Assert.DoesNotContain(Seat.Canary, practice.Bot!.Output, StringComparison.OrdinalIgnoreCase);
        Assert.All(Directory.GetFiles(practice.Folder), file => Assert.DoesNotContain(Seat.Canary, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.OrdinalIgnoreCase));
        Assert.All(practice.Slack.Calls.All.SelectMany(call => call.Arguments), argument => Assert.DoesNotContain(Seat.Canary, argument.Value.GetRawText(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task While_Slack_answers_it_says_who_may_approve_and_a_person_is_the_same_at_both_doors()
    {
        await using var practice = await Practice.StartAsync();
        var (ana, carl) = (Seat.For(practice, "ana", "S0DBONCALL"), Seat.For(practice, "carl", "S0DBONCALL"));
        practice.Slack.Workspace.Put(new SlackUserGroup("S0DBONCALL", "db-oncall", "Database on call", ["ana", "boris"])); // carl left
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.UntilIdleLongEnoughAsync();

        var channel = practice.Slack.Workspace.RequireChannel(Practice.Channel).Id;
        Assert.Contains("--channel", await ana.RefusedAsync("start orders-db"), StringComparison.Ordinal);
        Assert.Contains("There is no target called \"orders\". Targets: orders-db.", await ana.RefusedAsync($"start orders --channel {channel}"), StringComparison.Ordinal);
        await ana.DoAsync($"start orders-db --channel {channel}");
        await ana.UntilShownAsync("end-idle-sessions");
        await ana.DoAsync("press orders-db end-idle-sessions-1.2");
        var plan = await practice.PlanAsync(message => message.Button("Approve") is not null);

        // She asked at the terminal, so she can't approve in Slack; and he isn't an approver any more, whatever the settings say.
        await practice.Ana.PressAsync(plan, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Ana, "You asked for this plan");
        Assert.Contains("You aren't an approver of this target.", await carl.RefusedAsync("press orders-db approve", "y"), StringComparison.Ordinal);
        Assert.Empty(await practice.EndedAsync());

        await practice.ApproveAsync(plan);
        await ana.UntilShownAsync("3 ended.");
        await practice.AssertEndedAsync(practice.Sessions.Select(session => session.ProcessID));

        // Everybody may stop it; then it is over for both doors, and can still be looked at.
        Assert.Contains("Stop the incident on orders-db?", await carl.DoAsync("press orders-db stop --note enough", "yes"), StringComparison.Ordinal);
        Assert.Contains("This incident has no buttons now.", await carl.RefusedAsync("press orders-db stop --yes"), StringComparison.Ordinal);
        Assert.Equal("No incident is open.", (await ana.DoAsync("list")).Trim());
        var id = IncidentDigits.Match(await ana.DoAsync("list --all")).Value;
        Assert.Contains("Stopped by @carl", await ana.DoAsync($"show {id}"), StringComparison.Ordinal);
        Assert.Contains("There is no such incident.", await ana.RefusedAsync($"show {new string('0', 32)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wish_that_is_sent_again_is_answered_again_and_done_once()
    {
        await using var practice = await Practice.StartAsync();
        var (ana, boris) = (Seat.For(practice, "ana"), Seat.For(practice, "boris"));
        await practice.StartBotAsync();
        var channel = practice.Slack.Workspace.RequireChannel(Practice.Channel).Id;
        var key = Guid.NewGuid();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => WishAsync(ana, key, "incidents", $$"""{"target":"orders-db","channel":"{{channel}}"}""")));
        Assert.All(answers, answer => Assert.Equal((200, answers[0].Body), answer));
        Assert.Contains("\"accepted\":true", answers[0].Body, StringComparison.Ordinal);

        // Another wish under the same key, or another person's, is another act.
        Assert.Contains("already", (await WishAsync(boris, key, "incidents", $$"""{"target":"orders-db","channel":"{{channel}}"}""")).Body, StringComparison.Ordinal);

        await practice.LeakAsync(3);
        await practice.UntilIdleLongEnoughAsync();
        await ana.UntilShownAsync("end-idle-sessions");
        var (_, page) = await ana.SendAsync(HttpMethod.Get, "incidents/orders-db");
        var seen = SeenOfEndIdleSessions.Match(page).Groups["seen"].Value;
        var press = $$"""{"button":"end-idle-sessions-1.2","seen":"{{seen}}"}""";
        var first = await WishAsync(ana, key, "incidents/orders-db/presses", press);
        Assert.Equal((200, """{"accepted":true,"said":"Accepted: end-idle-sessions-1.2."}"""), first);
        await ana.UntilShownAsync("Buttons: approve"); // the button that was pressed is gone
        Assert.Equal(first, await WishAsync(ana, key, "incidents/orders-db/presses", press));

        // Whoever saw another button under this name didn't mean this one.
        var (_, other) = await WishAsync(boris, Guid.NewGuid(), "incidents/orders-db/presses", $$"""{"button":"approve","seen":"{{seen}}"}""");
        Assert.Contains("about something else", other, StringComparison.Ordinal);

        await practice.StopBotAsync();
        var incident = Assert.Single(await practice.ReadStoreAsync());
        Assert.Single(incident.Of("mitigation-asked"));
        Assert.Empty(incident.Of("approval-given"));
        Assert.Equal(3, await practice.CountAsync("select count(*) from commands where id like 'terminal:%'"));
    }

    private static async Task<(int Status, string Body)> WishAsync(Seat seat, Guid key, string path, string json)
    {
        var (status, body) = await seat.SendAsync(HttpMethod.Post, path, request =>
        {
            request.Headers.Add("Idempotency-Key", key.ToString());
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        });
        return ((int)status, body);
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex IncidentDigits { get; }

    [GeneratedRegex("^Plan (?<digits>[0-9a-f]{8}):", RegexOptions.Multiline)]
    private static partial Regex PlanDigits { get; }

    [GeneratedRegex("\"key\":\"end-idle-sessions-1.2\"[^}]*\"seen\":\"(?<seen>[0-9a-f]+)\"")]
    private static partial Regex SeenOfEndIdleSessions { get; }
}

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Slack delivers twice, and people press twice. Something happens once.</summary>
public sealed class RepeatedPressTests
{
    [Theory]
    [InlineData(false)] // all over one socket
    [InlineData(true)] // over both
    public async Task What_is_delivered_five_times_is_decided_once(bool overBothSockets)
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(5);

        practice.Slack.Faults.DeliverNext(5, overBothSockets);
        await practice.OpenAsync();
        await AcknowledgedAsync(practice, deliveries: 1);

        practice.Slack.Faults.DeliverNext(5, overBothSockets);
        var plan = await practice.AskAsync();
        await AcknowledgedAsync(practice, deliveries: 2);
        var planned = Practice.SessionsOf(plan).Keys.ToArray();

        practice.Slack.Faults.DeliverNext(5, overBothSockets);
        await practice.CarryOutAsync(plan);
        await AcknowledgedAsync(practice, deliveries: 3);
        Assert.All(practice.Slack.Deliveries.All, delivery => Assert.Equal(overBothSockets ? 2 : 1, delivery.Sockets.Distinct().Count()));

        foreach (var command in new[] { "open-incident", "ask-for-mitigation", "approve-plan" })
        {
            Assert.Equal(1, await practice.CountAsync($"select count(*) from commands where kind = '{command}'"));
        }

        Assert.Equal(1, await practice.CountAsync("select count(*) from approvals"));
        Assert.Equal(0, await practice.CountAsync("select count(*) from inbox where done_at is null"));
        Assert.DoesNotContain(practice.Boris.Sees(Practice.Channel), message => message.IsEphemeral); // nothing to be told
        await practice.AssertEndedAsync(planned);
        await practice.AssertOrderedOnceEachAsync(planned.Length);
        practice.AssertNothingTwice();
        await practice.AssertEachStepHasOneOutcomeAsync(planned.Length);
    }

    [Fact]
    public async Task Five_quick_approvals_by_one_person_are_one_and_the_others_are_told_why()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(5);
        var plan = await practice.OpenAndAskAsync();
        var planned = Practice.SessionsOf(plan).Keys.ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(
            _ => practice.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: practice.Token)));
        Assert.All(answers, answer => Assert.True(answer.IsAcknowledged));
        await practice.RelievedAsync();

        await practice.Boris.WaitForAllAsync(
            Practice.Channel,
            seen => seen.Count(message => message.IsEphemeral && message.Says("approved already") && message.Says("Your press changed nothing.")) == 4,
            practice.Token);
        Assert.Equal(5, await practice.CountAsync("select count(*) from commands where kind = 'approve-plan'"));
        Assert.Equal(1, await practice.CountAsync("select count(*) from approvals"));
        await practice.AssertEndedAsync(planned);
        await practice.AssertOrderedOnceEachAsync(planned.Length);
        practice.AssertNothingTwice();
        await practice.AssertEachStepHasOneOutcomeAsync(planned.Length);
    }

    [Fact]
    public async Task Five_quick_wishes_for_a_plan_are_one_plan_and_the_others_are_told_why()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(5);
        var card = await practice.OpenAsync();
        await practice.UntilIdleLongEnoughAsync();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(
            _ => practice.Ana.PressAsSeenAsync(card, "End idle sessions", cancellationToken: practice.Token)));

        // While the plan is drawn up, or when it waits already: only "Draw up a new plan" replaces one.
        await practice.Ana.WaitForAllAsync(
            Practice.Channel,
            seen => seen.Count(message => message.IsEphemeral
                && (message.Says("A plan is being drawn up already") || message.Says("A plan waits for approval already"))) == 4,
            practice.Token);

        var plan = await practice.PlanAsync(message => message.Button("Approve") is not null);
        await practice.CarryOutAsync(plan);
        await practice.AssertEndedAsync(Practice.SessionsOf(plan).Keys);
        practice.AssertNothingTwice();
    }

    [Fact]
    public async Task Five_quick_starts_are_one_incident_and_the_others_are_told_where_it_is()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(
            _ => practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token)));

        await practice.CardAsync(message => message.Says("of 27 slots"));
        await practice.Ana.WaitForAllAsync(
            Practice.Channel,
            seen => seen.Count(message => message.IsEphemeral && message.Says("see its card in this channel.")) == 4,
            practice.Token);
        Assert.Equal(1, await practice.CountAsync("select count(*) from incidents"));
    }

    private static async Task AcknowledgedAsync(Practice practice, int deliveries) =>
        await practice.Slack.Deliveries.WaitForAsync(all => all.Count == deliveries && all[^1].Acks == 5, practice.Token);
}

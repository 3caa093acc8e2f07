using ChatBot.IntegrationTests.Incidents;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>One change at a time on a target: whoever comes second waits, and is told for whom.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task A_second_change_waits_for_the_first_and_is_then_drawn_up()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.TwoChanges);
        await practice.StartBotAsync();
        await practice.LeakAsync(4);
        await practice.OpenAsync();
        await practice.UntilIdleLongEnoughAsync();
        await practice.PressInListAsync(practice.Ana, "Immediate actions", "one", "End idle sessions");
        var first = await practice.PlanAsync(message => message.Button("Approve") is not null);
        Assert.Single(Practice.SessionsOf(first));

        // Asked for and withdrawn, then asked for again; only who asked can withdraw.
        var carl = practice.Slack.Workspace.As("carl");
        await practice.PressInListAsync(carl, "Immediate actions", "rest", "End idle sessions");
        await practice.ToldAsync(carl, "One change at a time on orders-db: yours waits for plan ");
        await practice.ToldAsync(carl, "of <@U0ANA00001>, then I draw it up.");
        var queued = await practice.CardAsync(message => message.Says("Then: End the other idle connections, asked for by <@U0CARL0001>; it waits for the plan of <@U0ANA00001>."));
        await practice.ListAsync("Immediate actions", message => message.Says("<@U0CARL0001> asked for it; it waits for its turn."));
        await practice.Ana.PressAsync(queued, "Withdraw", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Ana, "Only <@U0CARL0001>, who asked for it, can take this back.");
        await carl.PressAsync(queued, "Withdraw", cancellationToken: practice.Token);
        await practice.CardAsync(message => !message.Says("Then: "));
        await carl.PressAsSeenAsync(queued, "Withdraw", cancellationToken: practice.Token);
        await practice.ToldAsync(carl, "This button belongs to a plan I don't know. Your press changed nothing.");
        await practice.PressInListAsync(carl, "Immediate actions", "rest", "End idle sessions");
        await practice.CardAsync(message => message.Says("Then: End the other idle connections"));

        await practice.ApproveAsync(first);
        var second = await practice.PlanAsync(message => message.Says("<@U0CARL0001> asks.") && message.Button("Approve") is not null);
        Assert.Equal(3, Practice.SessionsOf(second).Count);
        await practice.CardAsync(message => !message.Says("Then: "));
        await practice.ApproveAsync(second);
        await practice.PlanAsync(message => message.Ts == second.Ts && message.Says("Approved by") && !message.Says("Running:"));
        await practice.AssertEndedAsync(practice.Sessions.Select(session => session.ProcessID));
        Assert.Equal(2, await practice.CountAsync("select count(*) from executions where finished_at is not null"));
    }

    [Fact]
    public async Task The_plan_of_a_stopped_incident_holds_the_next_ones_until_it_is_over()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.TwoChanges);
        practice.Settings["EndIdleSessions:SeenGoneWithin"] = "60s";
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.OpenAsync();
        await practice.UntilIdleLongEnoughAsync();
        await practice.PressInListAsync(practice.Ana, "Immediate actions", "one", "End idle sessions");
        var first = await practice.PlanAsync(message => message.Button("Approve") is not null);

        // The session freezes, so it is told to end and doesn't: the step has no outcome yet.
        var frozen = Assert.Single(Practice.SessionsOf(first)).Key;
        Signals.Send("STOP", frozen);
        var isFrozen = true;
        try
        {
            await practice.ApproveAsync(first);
            await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from intents where outcome is null") == 1);
            await practice.TypeAsync(practice.Ana, "/runbook stop orders-db I look at it by hand");
            await practice.CardAsync(message => message.Says("Stopped by <@U0ANA00001>") && message.Says("under way"));

            await practice.TypeAsync(practice.Boris, "/runbook start orders-db");
            var card = await practice.CardAsync(message => message.Says("Led by <@U0BORIS001>") && message.Button("End idle sessions") is not null);
            var rest = await practice.ListAsync("Immediate actions", message => message.ThreadTs == card.Ts && Practice.ButtonOf(message, "rest") is not null);
            await practice.Boris.PressAsSeenAsync(rest, Practice.ButtonOf(rest, "rest")!, cancellationToken: practice.Token);
            var second = await practice.PlanAsync(message => message.Says("<@U0BORIS001> asks.") && message.Button("Approve") is not null);
            var carl = practice.Slack.Workspace.As("carl");
            await carl.PressAsync(second, "Approve", cancellationToken: practice.Token);
            await practice.ToldAsync(carl, "It waits for the plan of <@U0ANA00001> that is still being carried out on orders-db, and begins by itself.");
            await practice.PlanAsync(message => message.Ts == second.Ts && message.Says("Waits until the plan of <@U0ANA00001> is done") && message.Button("Approve") is null);
            await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from work where kind = 'await-turn/1' and attempts > 0") == 1);
            Assert.Equal(1, await practice.CountAsync("select count(*) from executions"));

            Signals.Send("CONT", frozen);
            isFrozen = false;
            await practice.PlanAsync(message => message.Ts == first.Ts && message.Says("Approved by <@U0BORIS001>") && !message.Says("Running:"));
            await practice.PlanAsync(message => message.Ts == second.Ts && message.Says("Approved by <@U0CARL0001>") && !message.Says("Running:") && !message.Says("Waits"));
            await practice.AssertEndedAsync(practice.Sessions.Select(session => session.ProcessID));
            await practice.AssertOrderedOnceEachAsync(1 + Practice.SessionsOf(second).Count);
        }
        finally
        {
            if (isFrozen)
            {
                Signals.Send("CONT", frozen);
            }
        }
    }
}

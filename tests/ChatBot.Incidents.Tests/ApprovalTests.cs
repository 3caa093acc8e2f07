using ChatBot.Incidents.Approvals;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

public sealed class ApprovalTests
{
    private static readonly ApprovePlan Yes = new(ThePlan, Boris);
    private static readonly RejectPlan No = new(ThePlan, Boris);
    private static readonly CancelPlan TakeBack = new(ThePlan, Ana);

    public static readonly TheoryDataRow<RefusalCase>[] Approvals =
    [
        Row("the requester", AwaitingApproval, new ApprovePlan(ThePlan, Ana), "You asked for this plan, so someone else"),
        Row("the requester, of another workspace in the settings", AwaitingApproval, new ApprovePlan(ThePlan, Ana with { Team = "E0ORG" }) { Via = Door.Terminal }, "You asked for this plan, so someone else"),
        Row("a member", AwaitingApproval, Yes, "You aren't an approver", Facts(Standing.Member)),
        Row("a visitor", AwaitingApproval, new ApprovePlan(ThePlan, Guest), "Guests and people of other", Facts(Standing.Outsider)),
        Row("a bot", AwaitingApproval, Yes, "Bots and workflows", Facts(Standing.Bot)),
        Row("a deactivated account", AwaitingApproval, Yes, "This account is switched off", Facts(Standing.Deactivated)),
        Row("not verified", AwaitingApproval, Yes, "I couldn't verify", Facts(Standing.Unverified)),
        Row("nothing known", AwaitingApproval, Yes, "I couldn't verify", Facts(standing: null)),
        Row("a standing of the future", AwaitingApproval, Yes, "I couldn't verify", Facts((Standing)99)),
        Row("the requester, unverified", AwaitingApproval, new ApprovePlan(ThePlan, Ana), "You asked", Facts(standing: null)),
        Row("an old button", Superseded, Yes, "This button belongs to an older plan"),
        Row("relieved meanwhile", Overtaken, Yes, "The target was relieved before anybody approved"),
        Row("a button of nowhere", AwaitingApproval, new ApprovePlan(NewPlanId(9), Boris), "This button belongs to a plan I don't know"),
        Row("while it is drawn up", DrawingUp, Yes, "Nothing waits for approval: a mitigation is to be chosen"),
        Row("the exact end", AwaitingApproval.Later(ThePolicy.PlanLifetime), Yes, "The plan expired at 12:10:00 UTC"),
        Row("after the end", Expired, Yes, "The plan expired and nothing was done"),
        Row("a second press", Executing, Yes, "<@U0BORIS> approved already, it is running"),
        Row("another approver, late", Executing, new ApprovePlan(ThePlan, Carl), "<@U0BORIS> approved already, it is running"),
        Row("when it ran", Verifying, Yes, "<@U0BORIS> approved already, and it is done"),
        Row("when all is over", Resolved, Yes, "<@U0BORIS> approved already, and it is done"),
        Row("after a rejection", Rejected, Yes, "The plan was rejected already"),
        Row("after it was taken back", Cancelled, Yes, "The person who asked for this plan took it back"),
        Row("after the stop", AwaitingApproval.Do(new AbortIncident(Ana, null)), Yes, "The incident was stopped. Your press"),
        Row("proposals only", AwaitingApproval, Yes, "I don't change orders-db: its Mode is Propose", Facts(mode: TargetMode.Propose)),
        Row("observing", AwaitingApproval, Yes, "I don't change orders-db: its Mode is Observe", Facts(mode: TargetMode.Observe)),
        Row("no approvers left", AwaitingApproval, Yes, "Nobody is configured", Facts(hasApprovers: false)),
        Row("before it is open", new Story(), Yes, "I don't know this incident"),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Rejections =
    [
        Row("the requester", AwaitingApproval, new RejectPlan(ThePlan, Ana), "You asked for this plan; press Withdraw"),
        Row("a member", AwaitingApproval, No, "You aren't an approver", Facts(Standing.Member)),
        Row("a visitor", AwaitingApproval, No, "Guests", Facts(Standing.Outsider)),
        Row("a bot", AwaitingApproval, No, "Bots", Facts(Standing.Bot)),
        Row("a deactivated account", AwaitingApproval, No, "This account", Facts(Standing.Deactivated)),
        Row("not verified", AwaitingApproval, No, "I couldn't verify", Facts(Standing.Unverified)),
        Row("nothing known", AwaitingApproval, No, "I couldn't verify", Facts(standing: null)),
        Row("an old button", Superseded, No, "This button belongs to an older plan"),
        Row("the exact end", AwaitingApproval.Later(ThePolicy.PlanLifetime), No, "The plan expired at 12:10:00 UTC"),
        Row("a second press", Rejected, No, "The plan was rejected already"),
        Row("once it runs", Executing, No, "<@U0BORIS> approved already, it is running"),
        Row("when it ran", Stabilized, No, "<@U0BORIS> approved already, and it is done"),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Withdrawals =
    [
        Row("by another", AwaitingApproval, new CancelPlan(ThePlan, Boris), "Only the person who asked"),
        Row("an old button", Superseded, TakeBack, "This button belongs to an older plan"),
        Row("the exact end", AwaitingApproval.Later(ThePolicy.PlanLifetime), TakeBack, "The plan expired at 12:10:00 UTC"),
        Row("a second press", Cancelled, TakeBack, "The person who asked for this plan took it back"),
        Row("once it runs", Executing, TakeBack, "<@U0BORIS> approved already, it is running"),
    ];

    [Theory]
    [MemberData(nameof(Approvals))]
    public void Refuses_an_approval(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Rejections))]
    public void Refuses_a_rejection(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Withdrawals))]
    public void Refuses_a_withdrawal(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void Who_opened_the_incident_may_approve_what_another_asked_for()
    {
        var story = Deciding.Do(Ask(by: Boris)).Do(new ProposePlan(ThePlan, EndIdle()));
        Assert.Equal(Ana, story.Incident.OpenedBy);

        story.Do(new ApprovePlan(ThePlan, Ana));

        Assert.Equal([new ApprovalGiven(ThePlan, Ana) { At = Noon }, new PlanApproved(ThePlan) { At = Noon }], story.Latest);
    }

    [Fact]
    public void The_last_moment_before_the_end_still_counts()
    {
        var story = AwaitingApproval.Later(ThePolicy.PlanLifetime - TimeSpan.FromTicks(1)).Do(Yes);

        Assert.Equal(IncidentState.Executing, story.Incident.State);
    }

    [Fact]
    public void An_approver_cannot_count_twice_towards_a_quorum_of_two()
    {
        var plan = AwaitingApproval.Incident.Plan! with { Quorum = 2, Approvals = [new Approval(Boris, Door.Slack)] };

        Assert.StartsWith("You have approved this plan already", ApprovalRules.WhyNot(plan, Boris, Standing.Approver), StringComparison.Ordinal);
        Assert.StartsWith("You have approved this plan already", ApprovalRules.WhyNot(plan, Boris with { Team = "E0ORG" }, Standing.Approver), StringComparison.Ordinal);
        Assert.Null(ApprovalRules.WhyNot(plan, Carl, Standing.Approver));
    }

    [Fact]
    public void A_quorum_of_two_needs_two_persons()
    {
        // No mitigation asks for two yet, so the plan comes from a log.
        var proposed = new PlanProposed(ThePlan, new string('a', 64), "terminate-idle/1", Steps: 1, Ana, Quorum: 2, Noon.AddMinutes(10)) { At = Noon };
        var story = DrawingUp.Take(new Decision.Accepted([proposed]));

        Assert.Equal([new ApprovalGiven(ThePlan, Boris) { At = Noon }], story.Do(new ApprovePlan(ThePlan, Boris)).Latest);
        Assert.StartsWith("You have approved this plan already", story.Refusal(new ApprovePlan(ThePlan, Boris)), StringComparison.Ordinal);
        Assert.Equal(
            [new ApprovalGiven(ThePlan, Carl) { At = Noon }, new PlanApproved(ThePlan) { At = Noon }],
            story.Do(new ApprovePlan(ThePlan, Carl)).Latest);
    }

    [Theory]
    [InlineData(Door.Slack)]
    [InlineData(Door.Terminal)]
    public void An_approval_says_where_it_was_given(Door via)
    {
        var story = AwaitingApproval.Do(Yes with { Via = via });

        Assert.Equal(new ApprovalGiven(ThePlan, Boris) { At = Noon, Via = via }, story.Latest[0]);
        Assert.Equal([new Approval(Boris, via)], story.Incident.Plan!.Approvals);
    }

    [Fact]
    public void A_rejected_plan_can_be_asked_for_again()
    {
        var story = Rejected.Do(Ask(NextPlan)).Do(new ProposePlan(NextPlan, EndIdle())).Do(new ApprovePlan(NextPlan, Boris));

        Assert.Equal(IncidentState.Executing, story.Incident.State);
        Assert.Equal(Boris, story.Incident.FindPlan(ThePlan)!.WithdrawnBy);
    }

    [Fact]
    public void The_timer_expires_a_plan_at_its_end_and_not_before()
    {
        var story = AwaitingApproval.Later(ThePolicy.PlanLifetime - TimeSpan.FromTicks(1));
        story.AssertNothing(new ExpirePlan(ThePlan));
        story.Later(TimeSpan.FromTicks(1)).AssertNothing(new ExpirePlan(NextPlan));

        story.Do(new ExpirePlan(ThePlan));

        Assert.Equal([new PlanExpired(ThePlan) { At = Noon + ThePolicy.PlanLifetime }], story.Latest);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        story.AssertNothing(new ExpirePlan(ThePlan));
    }

    [Fact]
    public void The_timer_of_a_plan_that_runs_changes_nothing() =>
        Executing.Later(ThePolicy.PlanLifetime).AssertNothing(new ExpirePlan(ThePlan));
}

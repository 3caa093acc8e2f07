using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>A plan that has its approvals while a plan of an earlier incident, which was stopped, is still being carried out.</summary>
public sealed class HeldPlanTests
{
    private static readonly ApprovePlan Yes = new(ThePlan, Boris);
    private static readonly ReleasePlan Release = new(ThePlan);
    private static readonly Facts Busy = Facts(changing: TheOtherChange);

    private static Story Held => AwaitingApproval.Then(Yes, Busy);

    public static readonly TheoryDataRow<RefusalCase>[] Refusals =
    [
        Row("another approval", Held, new ApprovePlan(ThePlan, Dora), "<@U0BORIS> approved already; it waits for the plan of <@U0CARL> that is still being carried out on orders-db."),
        Row("the same again", Held, Yes, "You have approved this plan already."),
        Row("by the requester", Held, new ApprovePlan(ThePlan, Ana), "You asked for this plan"),
        Row("rejected by the requester", Held, new RejectPlan(ThePlan, Ana), "You asked for this plan; press Withdraw"),
        Row("replaced by a newer one", Held, Ask(NextPlan, Carl) with { Anew = true }, "A plan for this has its approvals and waits for its turn."),
        Row("begun", Held, Executing.BeginOf(1), "Step 1 is not the next one: a plan waits for approval"),
        Row("approved after its time", Held.Later(ThePolicy.PlanLifetime), new ApprovePlan(ThePlan, Dora), "The plan expired at"),
    ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void It_is_approved_and_says_for_whom_it_waits()
    {
        var story = Held;

        Assert.Equal(
            [new ApprovalGiven(ThePlan, Boris) { At = story.Now }, new PlanHeld(ThePlan, TheOtherChange.Plan, Carl) { At = story.Now }],
            story.Latest);
        Assert.Equal("Approved. It waits for the plan of <@U0CARL> that is still being carried out on orders-db, and begins by itself.", story.Note);
        Assert.Equal((IncidentState.AwaitingApproval, TheOtherChange), (story.Incident.State, story.Incident.Plan!.Held));
    }

    [Fact]
    public void It_begins_by_itself_when_the_other_is_done_and_not_before()
    {
        var story = Held;
        story.AssertNothing(Release, Busy);

        story.Then(Release);

        Assert.Equal([new PlanApproved(ThePlan) { At = story.Now }], story.Latest);
        Assert.Equal((IncidentState.Executing, null), (story.Incident.State, story.Incident.Plan!.Held));
        Assert.IsType<StepIntended>(Assert.Single(story.Begin(1).Latest));
    }

    [Fact]
    public void A_turn_that_is_nobodys_changes_nothing()
    {
        AwaitingApproval.AssertNothing(Release); // it has no approval
        Held.AssertNothing(new ReleasePlan(NextPlan));
        Executing.AssertNothing(Release);
        Rejected.AssertNothing(Release);
        Aborted.AssertNothing(Release);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_expires_like_any_other_also_when_its_turn_comes_too_late(bool turn)
    {
        var story = Held.Later(ThePolicy.PlanLifetime).Do(turn ? Release : new ExpirePlan(ThePlan));

        Assert.Equal([new PlanExpired(ThePlan) { At = story.Now }], story.Latest);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void The_last_moment_before_its_end_still_begins()
    {
        var story = AwaitingApproval.Do(Yes, Busy).Later(ThePolicy.PlanLifetime - TimeSpan.FromTicks(1)).Do(Release);

        Assert.Equal(IncidentState.Executing, story.Incident.State);
    }

    [Theory]
    [InlineData(WithdrawnBecause.Rejected)]
    [InlineData(WithdrawnBecause.Cancelled)]
    [InlineData(WithdrawnBecause.Overtaken)]
    [InlineData(WithdrawnBecause.IncidentEnded)]
    public void It_can_still_come_to_nothing(WithdrawnBecause because)
    {
        var story = because switch
        {
            WithdrawnBecause.Rejected => Held.Then(new RejectPlan(ThePlan, Boris)), // who approved may think again
            WithdrawnBecause.Cancelled => Held.Then(new CancelPlan(ThePlan, Ana)),
            WithdrawnBecause.IncidentEnded => Held.Then(new AbortIncident(Carl, Reason: null)),
            _ => Held.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40),
        };

        Assert.Equal(because, story.Incident.FindPlan(ThePlan)!.Withdrawn);
        story.AssertNothing(Release);
    }

    [Fact]
    public void With_a_quorum_of_two_it_is_held_at_the_second_approval()
    {
        var proposed = new PlanProposed(ThePlan, new string('a', 64), "terminate-idle/1", Steps: 1, Ana, Quorum: 2, Noon.AddMinutes(10)) { At = Noon };
        var story = DrawingUp.Take(new Decision.Accepted([proposed])).Then(Yes, Busy);
        Assert.Equal([new ApprovalGiven(ThePlan, Boris) { At = story.Now }], story.Latest);
        story.AssertNothing(Release);

        story.Then(new ApprovePlan(ThePlan, Carl), Busy);

        Assert.IsType<PlanHeld>(story.Latest[^1]);
    }
}

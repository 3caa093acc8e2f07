using ChatBot.Incidents.Findings;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>The diagnosis comes to say that a plan does harm after it was asked for: neither who asked nor who approves was warned.</summary>
public sealed class BecameHarmfulTests
{
    private const string Why = "Those who wait come back at once.";

    private static readonly RecordConsumers Harmful = new(Names, 92, Endable: 2)
    {
        Cause = new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, Why)]),
    };

    private static readonly RecordConsumers Harmless = new(Names, 92, Endable: 2) { Cause = new KnownCause(Cause.IdleLeak, []) };

    [Fact]
    public void It_can_not_be_approved_and_the_approver_is_told_why()
    {
        var refused = AwaitingApproval.Do(Harmful).Refusal(new ApprovePlan(ThePlan, Boris));

        Assert.Contains(Why, refused, StringComparison.Ordinal);
        Assert.Contains("Do it anyway", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_rejected_and_withdrawn()
    {
        Assert.IsType<Decision.Accepted>(AwaitingApproval.Do(Harmful).Try(new RejectPlan(ThePlan, Boris)));
        Assert.IsType<Decision.Accepted>(AwaitingApproval.Do(Harmful).Try(new CancelPlan(ThePlan, Ana)));
    }

    [Fact]
    public void A_better_verdict_lets_it_be_approved_again() =>
        Assert.Equal(IncidentState.Executing, AwaitingApproval.Do(Harmful).Do(Harmless).Do(new ApprovePlan(ThePlan, Boris)).Incident.State);

    [Fact]
    public void Whoever_was_warned_and_asked_anyway_gets_it_approved() =>
        Assert.Equal(
            IncidentState.Executing,
            Deciding.Do(Harmful).Do(Ask() with { Anyway = true }).Do(new ProposePlan(ThePlan, EndIdle())).Do(new ApprovePlan(ThePlan, Boris)).Incident.State);

    [Fact]
    public void One_that_waits_for_its_turn_does_not_begin()
    {
        var held = AwaitingApproval.Do(new ApprovePlan(ThePlan, Boris), Facts(changing: TheOtherChange)).Do(Harmful);

        held.AssertNothing(new ReleasePlan(ThePlan));
        Assert.Equal(IncidentState.Executing, held.Do(Harmless).Do(new ReleasePlan(ThePlan)).Incident.State);
    }

    [Fact]
    public void One_that_is_being_drawn_up_is_not_proposed()
    {
        var story = DrawingUp.Do(Harmful).Do(new ProposePlan(ThePlan, EndIdle()));

        Assert.Contains(Why, Assert.IsType<MitigationNotPossible>(Assert.Single(story.Latest)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verdict_redraws_the_plan_that_waits() =>
        Assert.Contains(
            new Show(IncidentPart.Plan, ThePlan),
            AwaitingApproval.Do(Harmful).LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy)));
}

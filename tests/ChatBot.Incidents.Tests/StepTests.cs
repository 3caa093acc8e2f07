using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Mitigations.Outcome;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

public sealed class StepTests
{
    public static readonly TheoryDataRow<RefusalCase>[] Beginnings =
    [
        Row("out of order", Executing, Executing.BeginOf(2), "Step 2 is not the next one"),
        Row("step 0", Executing, Executing.BeginOf(0), "Step 0 is not the next one"),
        Row("step 99", Executing, Executing.BeginOf(99), "Step 99 is not the next one"),
        Row("twice", StepInFlight, Executing.BeginOf(1), "Step 1 has begun already; look at the target"),
        Row("the next before the outcome", StepInFlight, Executing.BeginOf(2), "Step 2 is not the next one"),
        Row("one that is done", StepInFlight.Outcome(1, Applied), Executing.BeginOf(1), "Step 1 is not the next one"),
        Row("of another plan", Executing, Executing.BeginOf(1) with { Plan = NextPlan }, "Step 1 is not the next one"),
        Row("before the approval", AwaitingApproval, Executing.BeginOf(1), "Step 1 is not the next one: a plan waits"),
        Row("after the last", Verifying, Executing.BeginOf(3), "Step 3 is not the next one"),
        Row("after the stop", Executing.Do(new AbortIncident(Ana, null)), Executing.BeginOf(1), "Step 1 is not the next one: the incident was stopped"),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Repetitions =
    [
        Row("not begun", Executing, Executing.ResendOf(1), "Step 1 has nothing to repeat"),
        Row("done", StepInFlight.Outcome(1, Applied), Executing.ResendOf(1), "Step 1 has nothing to repeat"),
        Row("of another plan", StepInFlight, Executing.ResendOf(1) with { Plan = NextPlan }, "Step 1 has nothing to repeat"),
        Row("step 0", StepInFlight, Executing.ResendOf(0), "Step 0 has nothing to repeat"),
        Row("step 99", StepInFlight, Executing.ResendOf(99), "Step 99 has nothing to repeat"),
        Row("when all is done", Verifying, Executing.ResendOf(3), "Step 3 has nothing to repeat"),
    ];

    /// <summary>What takes an approval back between the press and the effect.</summary>
    public static readonly TheoryDataRow<Facts?, string?, TimeSpan, string>[] Voids =
    [
        Void("another hash", reason: "The stored plan is not the one that was approved", hash: new string('0', 64)),
        Void("the exact end", reason: "The plan expired before this step", later: ThePolicy.PlanLifetime),
        Void("the approver was removed", Facts(approvers: Standing.Member), "The approver may no longer approve"),
        Void("the approver left", Facts(approvers: Standing.Deactivated), "The approver may no longer approve"),
        Void("nobody asked", Facts(approvers: null), "The approver may no longer approve"),
        Void("Slack is silent", Facts(approvers: Standing.Unverified), "Slack could not confirm"),
        Void("proposals only", Facts(mode: TargetMode.Propose), "The configuration no longer lets me"),
        Void("observing", Facts(mode: TargetMode.Observe), "The configuration no longer lets me"),
        Void("no approvers left", Facts(hasApprovers: false), "The configuration no longer lets me"),
    ];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void Refuses_to_begin(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Repetitions))]
    public void Refuses_to_repeat(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Voids))]
    public void A_step_whose_approval_no_longer_holds_is_not_applied(Facts? facts, string? hash, TimeSpan later, string reason)
    {
        var story = Executing.Later(later);
        story.Do(story.BeginOf(1) with { Hash = hash ?? story.Incident.Plan!.Hash }, facts);

        var finished = Assert.IsType<StepFinished>(Assert.Single(story.Latest));
        Assert.Equal((1, NotApplied), (finished.Step, finished.Outcome));
        Assert.StartsWith(reason, finished.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Voids))]
    public void A_second_try_whose_approval_no_longer_holds_is_not_applied(Facts? facts, string? hash, TimeSpan later, string reason)
    {
        var story = StepInFlight.Later(later);
        story.Do(story.ResendOf(1) with { Hash = hash ?? story.Incident.Plan!.Hash }, facts);

        var finished = Assert.IsType<StepFinished>(Assert.Single(story.Latest));
        Assert.Equal((1, NotApplied), (finished.Step, finished.Outcome));
        Assert.StartsWith(reason, finished.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_moment_before_the_end_still_begins()
    {
        var story = Executing.Later(ThePolicy.PlanLifetime - TimeSpan.FromTicks(1)).Begin(1);

        Assert.IsType<StepIntended>(Assert.Single(story.Latest));
    }

    [Fact]
    public void The_plan_is_finished_once_with_the_last_outcome()
    {
        var story = Executing;
        foreach (var (step, outcome) in ((int, Outcome)[])[(1, Applied), (2, Ambiguous), (3, Outcome.Superseded)])
        {
            story.Begin(step).Outcome(step, outcome);
            Assert.Equal(step == 3 ? 2 : 1, story.Latest.Count);
        }

        Assert.Single(story.Events.OfType<MitigationFinished>());
        Assert.Equal([Applied, Ambiguous, Outcome.Superseded], story.Incident.FindPlan(ThePlan)!.Steps.Select(each => each.Result!.Outcome));
        Assert.Equal((IncidentState.Verifying, Noon), (story.Incident.State, story.Incident.VerifyingSince!.Value));
    }

    [Fact]
    public void A_plan_of_which_nothing_could_be_done_is_verified_too()
    {
        var story = Executing.Later(ThePolicy.PlanLifetime);
        for (var step = 1; step <= 3; step++)
        {
            story.Do(story.BeginOf(step));
        }

        Assert.Equal(IncidentState.Verifying, story.Incident.State);
        Assert.Equal([NotApplied, NotApplied, NotApplied], story.Incident.FindPlan(ThePlan)!.Steps.Select(each => each.Result!.Outcome));
    }

    [Fact]
    public void A_second_outcome_changes_nothing()
    {
        var story = StepInFlight;
        var (first, another) = (story.OutcomeOf(1, Applied), story.OutcomeOf(1, Ambiguous));
        story.Do(first);

        story.AssertNothing(first);
        story.AssertNothing(another);
        story.AssertNothing(first with { Step = 0 });
        story.AssertNothing(first with { Step = 99 });
        story.AssertNothing(first with { Plan = NextPlan });
        Verifying.AssertNothing(first);
        AwaitingApproval.AssertNothing(first);
    }

    [Theory]
    [InlineData(Applied, false)]
    [InlineData(Ambiguous, false)]
    [InlineData(NotApplied, true)]
    [InlineData(AlreadySatisfied, true)]
    [InlineData(Drift, true)]
    [InlineData(Outcome.Superseded, true)]
    public void Without_an_intent_nothing_can_have_happened(Outcome outcome, bool accepted)
    {
        var story = Executing;

        Assert.Equal(accepted, story.Try(story.OutcomeOf(1, outcome)) is Decision.Accepted);
    }

    [Fact]
    public void A_step_is_sent_twice_at_most()
    {
        var story = StepInFlight;
        story.Do(story.ResendOf(1));
        Assert.Equal([new StepResent(ThePlan, 1, Fence: 2) { At = Noon }], story.Latest);

        story.Do(story.ResendOf(1));

        var finished = Assert.IsType<StepFinished>(Assert.Single(story.Latest));
        Assert.Equal(NotApplied, finished.Outcome);
        Assert.StartsWith("It was sent twice", finished.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_with_a_step_under_way_that_step_still_gets_its_outcome()
    {
        var story = StepInFlight.Do(new AbortIncident(Carl, Reason: null));
        Assert.Equal([2, 3], story.Latest.OfType<StepFinished>().Select(each => each.Step));
        Assert.All(story.Latest.OfType<StepFinished>(), each => Assert.Equal(NotApplied, each.Outcome));
        Assert.IsType<IncidentAborted>(story.Latest[^1]);

        story.Outcome(1, Applied);

        Assert.Equal([typeof(StepFinished), typeof(MitigationFinished)], story.Latest.Select(each => each.GetType()));
        Assert.Equal(IncidentState.Aborted, story.Incident.State);
        Assert.Null(story.Incident.Plan);
        Assert.Equal(PlanStage.Finished, story.Incident.FindPlan(ThePlan)!.Stage);
    }

    [Fact]
    public void Stopped_between_two_steps_the_plan_is_finished_at_once()
    {
        var story = StepInFlight.Outcome(1, Applied).Do(new AbortIncident(Carl, Reason: null));

        Assert.Equal(
            [typeof(StepFinished), typeof(StepFinished), typeof(IncidentAborted), typeof(MitigationFinished)],
            story.Latest.Select(each => each.GetType()));
        Assert.Equal(PlanStage.Finished, story.Incident.FindPlan(ThePlan)!.Stage);
    }

    [Fact]
    public void Stopped_before_a_second_try_the_step_did_not_happen()
    {
        var story = StepInFlight.Do(new AbortIncident(Carl, Reason: null));
        story.Do(story.ResendOf(1));

        var finished = Assert.IsType<StepFinished>(story.Latest[0]);
        Assert.Equal((1, NotApplied), (finished.Step, finished.Outcome));
        Assert.IsType<MitigationFinished>(story.Latest[1]);
    }

    private static TheoryDataRow<Facts?, string?, TimeSpan, string> Void(
        string label, Facts? facts = null, string reason = "", string? hash = null, TimeSpan later = default) =>
        new(facts, hash, later, reason) { Label = label };
}

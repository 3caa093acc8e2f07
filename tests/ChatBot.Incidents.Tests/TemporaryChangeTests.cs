using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>A change that is meant for the incident only: it is remembered with a due time, taken back by a plan like any other, and outlives nobody's memory.</summary>
public sealed class TemporaryChangeTests
{
    private const string Why = "It would turn clients away although there is room.";

    private static readonly KnownCause Harmful = new(Cause.AccountLimit, [new StepWorth("limit-role", Worth.Harmful, Why)]);

    private static readonly LimitAccount Undo = Limited with { From = 48, To = null, IsUndo = true };

    private static Story Asked => DecidingOn(ThePages.WithBrake).Do(Ask(step: ThePages.Another)).Do(new ProposePlan(ThePlan, Limited));

    [Theory]
    [InlineData(Outcome.Applied, true)]
    [InlineData(Outcome.AlreadySatisfied, true)] // what a recovery finds that nobody can prove to be ours
    [InlineData(Outcome.Ambiguous, true)] // it may be there
    [InlineData(Outcome.NotApplied, false)]
    [InlineData(Outcome.Drift, false)]
    [InlineData(Outcome.Superseded, false)]
    public void What_may_be_there_is_due_to_be_undone(Outcome outcome, bool remembered)
    {
        var story = Done(Asked, Limited, outcome);

        var due = remembered ? story.Now + ThePolicy.UndoDue : default(DateTimeOffset?);
        Assert.Equal(due, story.Events.OfType<MitigationFinished>().Single().UndoDue);
        Assert.Equal(remembered ? [new TemporaryChange(ThePlan, LimitAccount.StoredName, ThePages.Another, due!.Value)] : [], story.Incident.Temporary);
    }

    [Theory]
    [InlineData(Outcome.Applied, true)]
    [InlineData(Outcome.AlreadySatisfied, true)]
    [InlineData(Outcome.Ambiguous, false)] // it may still be there
    [InlineData(Outcome.NotApplied, false)]
    public void It_is_forgotten_when_it_was_taken_back(Outcome outcome, bool forgotten)
    {
        var story = Relieved.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, Undo));
        Assert.Equal(Lasting.Undo, story.Incident.Plan!.Lasting);

        Done(story, Undo, outcome, NextPlan);

        Assert.Equal(forgotten, story.Incident.Temporary.IsEmpty);
        Assert.Null(story.Events.OfType<MitigationFinished>().Last().UndoDue);
    }

    [Fact]
    public void What_leaves_nothing_behind_is_not_remembered() => Assert.Empty(Stabilized.Incident.Temporary);

    [Fact]
    public void Its_undo_is_never_refused_for_what_it_did()
    {
        var warned = Relieved.Do(new RecordConsumers(Names, 40, 0) { Cause = Harmful });

        Assert.Null(warned.Incident.WhyHarmful(warned.Step(ThePages.Another)));
        warned.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, Undo));
        Assert.Equal(IncidentState.AwaitingApproval, warned.Incident.State);
    }

    [Fact]
    public void What_somebody_else_took_back_is_not_done_anew_against_the_warning()
    {
        var warned = Relieved.Do(new RecordConsumers(Names, 40, 0) { Cause = Harmful });
        warned.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, Limited));

        Assert.Null(warned.Incident.Plan);
        Assert.Equal($"There is nothing of mine left to take back, and to do it anew would do harm here: {Why}", warned.Incident.FindPlan(NextPlan)!.Problem);
    }

    [Fact]
    public void Before_it_is_there_the_warning_holds()
    {
        var warned = DecidingOn(ThePages.WithBrake).Do(new RecordConsumers(Names, 92, 2) { Cause = Harmful });

        Assert.Contains(Why, warned.Refusal(Ask(step: ThePages.Another)), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_undo_is_not_withdrawn_because_relief_came()
    {
        var full = Done(Asked, Limited, Outcome.Applied).Measure(93, 93, 93, 93, 93, 93, 93);
        Assert.Equal(IncidentState.Deciding, full.Incident.State);
        full.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, Undo));

        full.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40, 40);

        Assert.Equal(IncidentState.AwaitingApproval, full.Incident.State);
    }

    [Fact]
    public void Resolved_with_it_the_undo_is_the_leads_to_do_until_it_is_due()
    {
        var story = Relieved;
        var due = story.Incident.Temporary.Single().Due;
        story.Do(new AssignIncident(Carl, Carl)).Do(new ResolveIncident(Ana));

        Assert.Equal(new FollowUpAssigned(ThePages.Another, Carl, due, By: null) { At = story.Now }, story.Latest[^1]);
        Assert.True(story.Step(ThePages.Another).IsFollowUp);

        story.Do(new AssignFollowUp(ThePages.Another, Boris, Due: null, Boris));
        Assert.Equal((Boris, due), (story.Step(ThePages.Another).Owner!, story.Step(ThePages.Another).Due!.Value));
        story.Do(new FinishPageStep(ThePages.Another, Boris, Note: null));
        Assert.False(story.Step(ThePages.Another).IsFollowUp);
    }

    [Fact]
    public void Stopped_with_it_the_same_and_also_when_it_came_through_only_then()
    {
        var stopped = Relieved.Do(new AbortIncident(Ana, Reason: null));
        Assert.IsType<FollowUpAssigned>(stopped.Latest[^1]);

        var late = Asked.Do(new ApprovePlan(ThePlan, Boris)).Do(Begin(Asked, Limited)).Do(new AbortIncident(Ana, Reason: null));
        Assert.IsType<IncidentAborted>(late.Latest[^1]);
        late.Outcome(1, Outcome.Applied);
        Assert.Equal(ThePages.Another, Assert.IsType<FollowUpAssigned>(late.Latest[^1]).Step);
    }

    [Fact]
    public void A_step_that_somebody_called_done_is_to_do_again()
    {
        var story = Relieved.Do(new FinishPageStep(ThePages.Another, Ana, Note: null)).Do(new ResolveIncident(Ana));

        Assert.True(story.Step(ThePages.Another).IsFollowUp);
        var (left, after) = story.LatestPast.Last();
        Assert.Contains(new Show(IncidentPart.Step) { Step = ThePages.Another }, Effects.Of(left, after, ThePolicy)); // it said "Done by"
    }

    [Fact]
    public void Taken_back_in_time_it_leaves_nothing_to_do()
    {
        var story = Done(Relieved.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, Undo)), Undo, Outcome.Applied, NextPlan);
        story.Measure(40, 40, 40, 40, 40, 40, 40).Do(new ResolveIncident(Ana));

        Assert.DoesNotContain(story.Events.OfType<FollowUpAssigned>(), followUp => followUp.Step == ThePages.Another);
    }

    [Fact]
    public void A_limit_of_our_own_is_no_reason_against_what_helps()
    {
        var verdict = new Verdict(
            Cause.AccountLimit,
            new LayerNumbers(Layer.Account, ForeignText.From("checkout", 64), 48, 48),
            Sentence.Of($"The limit of account checkout is reached (48 of 48)."),
            [],
            [],
            StepWorths.Of(Cause.AccountLimit))
        {
            Also = [new OtherCause(Cause.IdleLeak, Sentence.Of($"It leaks."))],
        };

        var ours = OwnLimitRule.Apply(verdict, Limited);
        Assert.Equal(Worth.Helps, ours.Of("terminate-idle")!.Worth);
        Assert.Equal(Worth.Useless, ours.Of("limit-role")!.Worth);
        Assert.Equal(
            "The limit of account checkout is reached (48 of 48). A plan of this incident set it to 48, and it does what it is for: what it keeps out, others have room for.",
            ours.Summary.ToString());

        Assert.Same(verdict, OwnLimitRule.Apply(verdict, null));
        Assert.Same(verdict, OwnLimitRule.Apply(verdict, Limited with { Account = "reports" })); // somebody else's
        var other = verdict with { Cause = Cause.IdleLeak };
        Assert.Same(other, OwnLimitRule.Apply(other, Limited));
    }

    private static Story Relieved => Done(Asked, Limited, Outcome.Applied).Measure(40, 40, 40, 40, 40, 40, 40);

    private static Story Done(Story proposed, Mitigation mitigation, Outcome outcome, PlanId? plan = null) => proposed
        .Do(new ApprovePlan(plan ?? ThePlan, Boris))
        .Do(Begin(proposed, mitigation))
        .Outcome(1, outcome);

    private static BeginStep Begin(Story story, Mitigation mitigation) =>
        new(story.Incident.Plan!.Id, 1, story.Incident.Plan.Hash, $"key of {mitigation.Name}", Fence: 1);
}

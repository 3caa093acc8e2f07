using ChatBot.Incidents.Findings;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>A step that the diagnosis calls harmful needs an explicit "do it anyway".</summary>
public sealed class HarmfulStepTests
{
    private const string Why = "Those who wait come back at once.";

    private static readonly KnownCause Harmful = new(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, Why)]);

    private static Story Warned => Deciding.Do(new RecordConsumers(Names, 92, Endable: 2) { Cause = Harmful });

    private static Story Waiting => DecidingOn(ThePages.WithTwoChanges).Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle()));

    [Fact]
    public void A_harmful_step_is_refused_with_the_reason()
    {
        var refused = Assert.IsType<Decision.Refused>(Warned.Try(Ask(), Facts()));

        Assert.Contains(Why, refused.Reason, StringComparison.Ordinal);
        Assert.Contains("Do it anyway", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_was_warned_may_ask_anyway_and_it_is_on_record()
    {
        var story = Warned.Do(Ask() with { Anyway = true });

        Assert.True(Assert.IsType<MitigationAsked>(Assert.Single(story.Latest)).Anyway);
        Assert.True(story.Incident.Plan!.Anyway);
    }

    [Fact]
    public void Anyway_is_no_way_around_anything_else()
    {
        Assert.IsType<Decision.Refused>(Warned.Try(Ask() with { Anyway = true }, Facts(mode: TargetMode.Observe)));
        Assert.IsType<Decision.Refused>(Warned.Try(Ask() with { Anyway = true }, Facts(hasApprovers: false)));
        Assert.IsType<Decision.Refused>(Warned.Try(Ask() with { Anyway = true }, Facts(Approvals.Standing.Outsider)));
    }

    [Fact]
    public void Other_steps_are_not_concerned_and_a_later_diagnosis_takes_the_warning_back()
    {
        Assert.Null(Warned.Incident.WhyHarmful(Warned.Incident.FindStep(ThePages.Pooler)!));

        var better = Warned.Do(new RecordConsumers(Names, 92, Endable: 2) { Cause = new KnownCause(Cause.IdleLeak, []) });

        Assert.IsType<Decision.Accepted>(better.Try(Ask(), Facts()));
    }

    [Fact]
    public void A_look_that_nobody_judged_leaves_the_verdict_as_it_was() =>
        Assert.Equal(Warned.Incident.Diagnosis, Warned.Do(new RecordConsumers(Names, 90, Endable: 1)).Do(new RecordMissingConsumers("No answer.")).Incident.Diagnosis);

    [Fact]
    public void A_request_that_waited_is_not_carried_out_when_it_has_become_harmful()
    {
        var waiting = Waiting.Do(Ask(NextPlan, Carl, ThePages.Another));
        var type = waiting.Incident.FindStep(ThePages.Another)!.Step.Type!;
        var warned = waiting.Do(new RecordConsumers(Names, 92, 2) { Cause = new KnownCause(Cause.LockPileUp, [new StepWorth(type, Worth.Harmful, Why)]) });

        var free = warned.Do(new RejectPlan(ThePlan, Boris));

        Assert.Equal([typeof(PlanRejected), typeof(MitigationAsked), typeof(MitigationNotPossible)], free.Latest.Select(happened => happened.GetType()));
        Assert.Null(free.Incident.Plan);
        Assert.Empty(free.Incident.Queue);
    }

    [Fact]
    public void A_request_that_waited_in_spite_of_the_warning_gets_its_turn()
    {
        var type = Waiting.Incident.FindStep(ThePages.Another)!.Step.Type!;
        var warned = Waiting.Do(new RecordConsumers(Names, 92, 2) { Cause = new KnownCause(Cause.LockPileUp, [new StepWorth(type, Worth.Harmful, Why)]) });
        var waiting = warned.Do(Ask(NextPlan, Carl, ThePages.Another) with { Anyway = true });

        var free = waiting.Do(new RejectPlan(ThePlan, Boris));

        Assert.True(free.Incident.Plan!.Anyway);
    }
}

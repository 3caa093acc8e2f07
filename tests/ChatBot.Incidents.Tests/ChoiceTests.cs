using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>Opening, asking, resolving, stopping: the presses that choose what happens next.</summary>
public sealed class ChoiceTests
{
    private static readonly OpenIncident Open = new(TheIncident, Target, Channel, Ana, ThePages.Standard);
    private static readonly ResolveIncident Over = new(Ana);
    private static readonly AbortIncident Stop = new(Ana, Reason: null);

    public static readonly TheoryDataRow<RefusalCase>[] Opening =
    [
        Row("a guest", new Story(), Open with { By = Guest }, "Only members of this workspace", Facts(Standing.Outsider)),
        Row("a bot", new Story(), Open with { By = Guest }, "Only members of this workspace", Facts(Standing.Bot)),
        Row("a deactivated account", new Story(), Open, "Only members of this workspace", Facts(Standing.Deactivated)),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Asking =
    [
        Row("observing", Deciding, Ask(), "I only observe orders-db", Facts(mode: TargetMode.Observe)),
        Row("no approvers", Deciding, Ask(), "Nobody is configured to approve", Facts(hasApprovers: false)),
        Row("one is drawn up", DrawingUp, Ask(NextPlan), "A plan is being drawn up already"),
        Row("the same press again", AwaitingApproval, Ask(), "I don't know this mitigation, or this press was used"),
        Row("one waits already", AwaitingApproval, Ask(NextPlan, Carl), "A plan waits for approval already"),
        Row("a past plan's press", Rejected, Ask(), "I don't know this mitigation, or this press was used"),
        Row("an unknown mitigation", Deciding, Ask(step: "mitigation-9-9"), "I don't know this mitigation"),
        Row("a manual step", Deciding, Ask(step: ThePages.Restart), "I don't know this mitigation"),
        Row("an advising step", Deciding, Ask(step: ThePages.Pooler), "I don't know this mitigation"),
        Row("while diagnosing", Diagnosing, Ask(), "No mitigation can be chosen now: the diagnosis is running"),
        Row("when resolved", Resolved, Ask(NextPlan), "No mitigation can be chosen now: the incident is resolved"),
        Row("when stopped", Aborted, Ask(NextPlan), "No mitigation can be chosen now: the incident was stopped"),
        Row("a visitor", Deciding, Ask(by: Guest), "Only members", Facts(Standing.Outsider)),
        Row("a bot", Deciding, Ask(), "Only members", Facts(Standing.Bot)),
        Row("a deactivated account", Deciding, Ask(), "Only members", Facts(Standing.Deactivated)),
        Row("not verified", Deciding, Ask(), "I couldn't verify", Facts(Standing.Unverified)),
        Row("nothing known", Deciding, Ask(), "I couldn't verify", Facts(standing: null)),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Resolving =
    [
        Row("above the mark", Deciding, Over, "orders-db still uses 93 of 97 slots"),
        Row("at the mark", Deciding.Do(new RecordUsage(Usage(80, capacity: 100))), Over, "orders-db still uses 80 of 100"),
        Row("rising as before without relief", RisingUnrelieved(), Over, "The connections rise as fast as before"),
        Row("rising as before after a refill", RefilledAndRising(), Over, "The connections rise as fast as before"),
        Row("no answer", Stabilized.Do(new RecordMissingUsage("No answer.")), Over, "orders-db doesn't answer"),
        Row("never an answer", Diagnosing.Do(new RecordMissingUsage("No answer.")).Do(new RecordMissingConsumers("No answer.")), Over, "orders-db doesn't answer"),
        Row("one is drawn up", Stabilized.Do(Ask(NextPlan)), Over, "A plan is being drawn up"),
        Row("while diagnosing", Diagnosing, Over, "It can't be resolved now: the diagnosis is running"),
        Row("while one waits", AwaitingApproval, Over, "It can't be resolved now: a plan waits for approval"),
        Row("while executing", Executing, Over, "It can't be resolved now: a plan is being carried out"),
        Row("while verifying", Verifying, Over, "It can't be resolved now: the effect is being measured"),
        Row("twice", Resolved, Over, "It can't be resolved now: the incident is resolved"),
        Row("when stopped", Aborted, Over, "It can't be resolved now: the incident was stopped"),
        Row("a stranger", Stabilized, new ResolveIncident(Guest), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("my own login refused", Stabilized.Do(new RecordUsage(Usage(40, refused: 1))), Over, "It can't be resolved now: the diagnosis is running"),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Stopping =
    [
        Row("when resolved", Resolved, Stop, "It is over already: the incident is resolved"),
        Row("twice", Aborted, Stop, "It is over already: the incident was stopped"),
        Row("never opened", new Story(), Stop, "I don't know this incident"),
        Row("a stranger", Deciding, new AbortIncident(Guest, Reason: null), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("a bot", Deciding, Stop, "Only members of this workspace", Facts(Standing.Bot)),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] RunningAgain =
    [
        Row("while it runs", Diagnosing, new RunDiagnosisAgain(Ana), "The diagnosis is running already"),
        Row("a stranger", Deciding, new RunDiagnosisAgain(Guest), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("while one waits", AwaitingApproval, new RunDiagnosisAgain(Ana), "The diagnosis can't run again now: a plan waits"),
        Row("when stopped", Aborted, new RunDiagnosisAgain(Ana), "The diagnosis can't run again now: the incident was stopped"),
    ];

    [Theory]
    [MemberData(nameof(Opening))]
    public void Refuses_to_open(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Asking))]
    public void Refuses_to_draw_up_a_plan(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Resolving))]
    public void Refuses_to_resolve(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Stopping))]
    public void Refuses_to_stop(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(RunningAgain))]
    public void Refuses_to_run_again(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void A_member_may_ask_although_not_approve() =>
        Assert.Equal(PlanStage.DrawnUp, Deciding.Do(Ask(), Facts(Standing.Member)).Incident.Plan!.Stage);

    [Fact]
    public void A_target_that_only_proposes_still_gets_its_plan() =>
        Assert.Equal(
            IncidentState.AwaitingApproval,
            Deciding.Do(Ask(), Facts(mode: TargetMode.Propose)).Do(new ProposePlan(ThePlan, EndIdle()), Facts(mode: TargetMode.Propose)).Incident.State);

    [Fact]
    public void Asking_again_takes_the_waiting_plan_back_in_favour_of_a_fresh_one()
    {
        var story = AwaitingApproval.Do(Ask(NextPlan, Carl) with { Anew = true });

        Assert.Equal(
            [
                new PlanSuperseded(ThePlan, Carl) { At = Noon },
                new MitigationAsked(NextPlan, EndIdleSessions.StoredName, Carl) { At = Noon, Step = ThePages.EndIdle },
            ],
            story.Latest);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void Nothing_is_proposed_when_nothing_is_left_to_do() => AssertNotPossible(DrawingUp, EndIdle(sessions: 0), "There is nothing left to do.");

    [Fact]
    public void Nothing_larger_than_allowed_is_proposed() => AssertNotPossible(DrawingUp, EndIdle(sessions: 51), "What was drawn up is not what");

    [Fact]
    public void As_much_as_allowed_is_proposed() =>
        Assert.Equal(50, DrawingUp.Do(new ProposePlan(ThePlan, EndIdle(sessions: 50))).Incident.Plan!.Steps.Length);

    [Fact]
    public void Nothing_is_proposed_when_the_incident_moved_on_meanwhile() =>
        AssertNotPossible(DrawingUp.Do(new RunDiagnosisAgain(Carl)), EndIdle(), "The incident moved on meanwhile: the diagnosis is running");

    [Fact]
    public void A_plan_that_nobody_asked_for_changes_nothing()
    {
        Deciding.AssertNothing(new ProposePlan(ThePlan, EndIdle()));
        DrawingUp.AssertNothing(new ProposePlan(NextPlan, EndIdle()));
        DrawingUp.AssertNothing(new RecordImpossiblePlan(NextPlan, "No answer."));
        AwaitingApproval.AssertNothing(new ProposePlan(ThePlan, EndIdle()));
        DrawingUp.Do(Stop).AssertNothing(new ProposePlan(ThePlan, EndIdle()));
        DrawingUp.Do(Stop).AssertNothing(new RecordImpossiblePlan(ThePlan, "No answer."));
    }

    [Fact]
    public void The_plan_carries_what_the_decision_knew()
    {
        var story = AwaitingApproval;
        var plan = story.Plan!;

        Assert.Equal((ThePlan, TheIncident, Target, "PRODUCTION", Ana, 1), (plan.Id, plan.Incident, plan.Target, plan.Environment, plan.RequestedBy, plan.Quorum));
        Assert.Equal((Noon, Noon + ThePolicy.PlanLifetime), (plan.CreatedAt, plan.ExpiresAt));
        Assert.Equal(Plan.HashOf(plan.ToBytes()), story.Incident.Plan!.Hash);
    }

    [Fact]
    public void Opening_the_same_incident_again_changes_nothing() =>
        Diagnosing.AssertNothing(Open);

    [Fact]
    public void Just_below_the_mark_can_be_resolved() =>
        Assert.Equal(IncidentState.Resolved, Deciding.Measure(77, 77, 77).Do(Over).Incident.State);

    [Fact]
    public void A_waiting_plan_ends_with_its_incident()
    {
        var story = AwaitingApproval.Do(new AbortIncident(Carl, Names));

        Assert.Equal(new IncidentEnd(Carl, Noon, Names), story.Incident.End);
        Assert.Equal(WithdrawnBecause.IncidentEnded, Assert.Single(story.Incident.PastPlans).Withdrawn);
        Assert.Null(story.Incident.Plan);
    }

    [Fact]
    public void A_request_that_is_drawn_up_ends_with_its_incident()
    {
        var story = DrawingUp.Do(Stop);

        Assert.Equal(WithdrawnBecause.IncidentEnded, Assert.Single(story.Incident.PastPlans).Withdrawn);
        Assert.Null(story.Incident.Plan);
    }

    private static void AssertNotPossible(Story story, Mitigation mitigation, string reason)
    {
        story.Do(new ProposePlan(ThePlan, mitigation));

        var notPossible = Assert.IsType<MitigationNotPossible>(Assert.Single(story.Latest));
        Assert.StartsWith(reason, notPossible.Reason, StringComparison.Ordinal);
        Assert.Equal(WithdrawnBecause.NotPossible, story.Incident.FindPlan(ThePlan)!.Withdrawn);
        Assert.Null(story.Plan);
    }

    private static Story RefilledAndRising()
    {
        var story = RelievedAfterRise().Measure(40, 41, 42, 43, 44, 45, 46);
        Assert.Contains(story.Events, happened => happened is RefillSeen);
        return story.Do(new RecordConsumers(Names, Sessions: 46, Endable: 0));
    }

    // Below the mark, but the server turns the bot away again and again: after three minutes it counts as not relieved.
    private static Story RisingUnrelieved()
    {
        var story = ExecutedAfterRise();
        for (var i = 0; i <= 18; i++)
        {
            story.Do(new RecordUsage(Usage(50 + i, refused: i % 5 == 0 ? 1 : 0))).Later(ThePolicy.SampleEvery);
        }

        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        return story;
    }

    private static Story RelievedAfterRise()
    {
        var story = ExecutedAfterRise().Measure(40, 40, 40, 40, 40, 40, 40);
        Assert.Equal(IncidentState.Stabilized, story.Incident.State);
        return story;
    }

    // +6 a minute before the plan.
    private static Story ExecutedAfterRise()
    {
        var story = Diagnosing.Do(new RecordConsumers(Names, Sessions: 92, Endable: 60)).Measure(90, 91, 92, 93)
            .Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle())).Do(new ApprovePlan(ThePlan, Boris))
            .Begin(1).Outcome(1, Outcome.Applied).Begin(2).Outcome(2, Outcome.Applied).Begin(3).Outcome(3, Outcome.Applied);
        Assert.Equal(6.0, story.Incident.RateBefore!.Value, precision: 6);
        return story;
    }
}

using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Tests;

/// <summary>What must hold of the facts whatever anybody does, checked event by event with a bookkeeping of its own.</summary>
public sealed class Invariants
{
    private static readonly HashSet<(IncidentState From, IncidentState To)> Moves =
        [.. IncidentLifecycleTests.Table.Select(move => (move.Key.From, move.Value))];

    private readonly Dictionary<PlanId, Book> _plans = [];
    private readonly EffectRules _effects = new();
    private readonly HashSet<PlanId> _overdue = [];
    private bool _over;

    public int Intents { get; private set; }

    public int Relieved { get; private set; }

    public void Check(Incident? before, IncidentEvent happened, Incident after, Facts facts)
    {
        Assert.True(before is null || before.State == after.State || Moves.Contains((before.State, after.State)), "The runbook has no such move.");
        Assert.True(after.Version == (before?.Version ?? 0) + 1, "A version was left out.");
        CheckPlan(happened, facts);
        CheckQueue(before, happened, facts);
        CheckLead(happened, facts);
        CheckStep(before, happened);
        CheckServer(before, happened, after);
        Assert.True(
            happened is not UndoFellDue fell || (before!.IsOpen && before.Temporary.Any(change => change.Plan == fell.Plan && change.Due <= fell.At) && _overdue.Add(fell.Plan)),
            "It was said to be overdue too early, twice, or of what isn't there.");

        // After the end only what was under way already, and the follow-ups.
        Assert.True(
            !_over || happened is StepFinished or MitigationFinished or FollowUpAssigned or PageStepDone or PageStepSkipped,
            "Something happened after the end.");
        Assert.True(
            !_over || happened is not (PageStepDone or PageStepSkipped) || before!.Steps.Any(step => step.IsFollowUp),
            "A step was closed after the end that nobody had to follow up.");
        _over |= happened is IncidentResolved or IncidentAborted;
        Relieved += happened is ReliefVerified ? 1 : 0;
        _effects.Check(before, happened, after);
        foreach (var run in _effects.Latest.OfType<RunStep>())
        {
            Assert.True(_plans[run.Plan].IsApproved && after.IsOpen, "A plan's step is done without approval.");
            Assert.False(_plans[run.Plan].Intended.Contains(run.Step), "A plan's step is begun twice.");
        }
    }

    private void CheckServer(Incident? before, IncidentEvent happened, Incident after)
    {
        Assert.True(after.Samples.Select(sample => sample.Usage.Server?.Life).OfType<ServerPin>().Distinct().Count() <= 1, "Numbers of two servers were mixed.");
        Assert.True(
            happened is not ReliefVerified { Before.Server: { } then, After.Server: { } now } || then.Life == now.Life,
            "A plan got credit for another server.");
        Assert.True(
            happened is not ApprovalGiven || before!.WhyHarmful(before.Plan!) is null,
            "Nobody warned those who asked for and approved what does harm by now.");
        if (happened is ServerChanged && before!.Plan is { Stage: PlanStage.Proposed } waiting)
        {
            _plans[waiting.Id].Withdraw();
        }
    }

    private static void CheckQueue(Incident? before, IncidentEvent happened, Facts facts)
    {
        switch (happened)
        {
            case MitigationAsked e:
                Assert.True(before!.Plan is null && before.Can(IncidentTrigger.Propose), "A second plan is drawn up.");
                Assert.True(
                    before.Queue.All(queued => queued.Plan != e.Plan) || before.Queue[0].Plan == e.Plan,
                    "A request was drawn up before those that were there first.");
                Assert.True(before.FindPlan(e.Plan) is null, "An id was used twice.");
                Assert.True(
                    e.Anyway || before.Queue.Any(queued => queued.Plan == e.Plan) || before.WhyHarmful(before.FindStep(e.Step!)!) is null,
                    "Nobody was warned of the harm.");
                break;
            case MitigationQueued e:
                Assert.True(before!.Plan is not null || before.State is IncidentState.Verifying, "A request waits for nothing.");
                Assert.True(facts.Standing is Standing.Member or Standing.Approver, "A stranger's request was queued.");
                Assert.True(before.FindPlan(e.Plan) is null && before.Queue.All(queued => queued.Plan != e.Plan), "An id was used twice.");
                break;
            case MitigationUnqueued e:
                Assert.True(before!.Queue.Single(queued => queued.Plan == e.Plan).By == e.By, "Somebody else's request was taken back.");
                break;
        }
    }

    private static void CheckStep(Incident? before, IncidentEvent happened)
    {
        Assert.True(
            happened switch
            {
                PageStepAnswered e => IsAwaited(before!, e.Step, e.Attempt),
                PageStepFailed e => IsAwaited(before!, e.Step, e.Attempt),
                _ => true,
            },
            "A stale answer counted.");
        Assert.True(
            happened switch
            {
                PageStepDone e => !before!.IsOpen || !IsPlanned(before, e.Step),
                PageStepSkipped e => !before!.IsOpen || !IsPlanned(before, e.Step),
                _ => true,
            },
            "A step was closed that a plan is to do.");
    }

    private static bool IsPlanned(Incident incident, string id) => incident.Plan?.PageStep == id || incident.Queue.Any(queued => queued.Step == id);

    private static bool IsAwaited(Incident incident, string id, int attempt) =>
        incident.FindStep(id) is { Stage: PageStepStage.Running } step && step.Attempt == attempt;

    private static void CheckLead(IncidentEvent happened, Facts facts)
    {
        Assert.True(
            happened is not IncidentAssigned e || e.Lead == e.By || facts.Named is Standing.Member or Standing.Approver,
            "The lead is somebody who isn't known here.");
    }

    private void CheckPlan(IncidentEvent happened, Facts facts)
    {
        switch (happened)
        {
            case PlanProposed e:
                Assert.True(_plans.TryAdd(e.Plan, new Book(e)), "Proposed twice.");
                break;
            case ApprovalGiven e:
                Assert.True(_plans[e.Plan].Proposed.RequestedBy != e.By, "Approved by the requester.");
                Assert.True(_plans[e.Plan].Approvers.Add(e.By), "The same person twice.");
                Assert.True(e.At < _plans[e.Plan].Proposed.ExpiresAt, "Approved after its time.");
                Assert.True(
                    facts is { Standing: Standing.Approver, Target: { Mode: TargetMode.Act, HasApprovers: true } },
                    "Approved by somebody who may not, or where nothing may change.");
                Assert.False(_plans[e.Plan].IsHeld || _plans[e.Plan].IsApproved, "Approved once more.");
                break;
            case PlanHeld e:
                Assert.True(facts.BeingChanged is { } other && other.Plan == e.Other && other.For == e.For, "Held for nothing.");
                Assert.True(_plans[e.Plan].Approvers.Count >= _plans[e.Plan].Proposed.Quorum, "Held before it was approved.");
                _plans[e.Plan].IsHeld = true;
                break;
            case PlanApproved e:
                Assert.False(_plans[e.Plan].IsWithdrawn || _plans[e.Plan].IsApproved, "It was withdrawn, or begins twice.");
                Assert.True(_plans[e.Plan].Approvers.Count >= _plans[e.Plan].Proposed.Quorum, "Too few approved.");
                Assert.True(facts.BeingChanged is null, "Two plans change the target.");
                Assert.True(e.At < _plans[e.Plan].Proposed.ExpiresAt, "It begins after its time.");
                _plans[e.Plan].IsApproved = true;
                break;
            case PlanRejected e:
                _plans[e.Plan].Withdraw();
                break;
            case PlanCancelled e:
                _plans[e.Plan].Withdraw();
                break;
            case PlanExpired e:
                Assert.True(e.At >= _plans[e.Plan].Proposed.ExpiresAt, "Expired before its time.");
                _plans[e.Plan].Withdraw();
                break;
            case PlanOvertaken e:
                _plans[e.Plan].Withdraw();
                break;
            case PlanSuperseded e:
                _plans[e.Plan].Withdraw();
                break;
            case StepIntended e:
                Intents++;
                _plans[e.Plan].AssertMayAct(e.At, facts);
                Assert.True(_plans[e.Plan].Intended.Add(e.Step), "Begun twice.");
                Assert.True(e.Step - 1 == _plans[e.Plan].Outcomes.Count(each => each < e.Step), "Out of order.");
                Assert.False(_over, "Begun after the end.");
                break;
            case StepResent e:
                _plans[e.Plan].AssertMayAct(e.At, facts);
                Assert.True(_plans[e.Plan].Intended.Contains(e.Step) && !_plans[e.Plan].Outcomes.Contains(e.Step), "Sent again although not begun, or done.");
                Assert.True(_plans[e.Plan].Resent.Add(e.Step), "Sent a third time.");
                break;
            case StepFinished e:
                Assert.True(_plans[e.Plan].Outcomes.Add(e.Step), "Two outcomes.");
                Assert.True(_plans[e.Plan].Intended.Contains(e.Step) || e.Outcome is not (Outcome.Applied or Outcome.Ambiguous), "Done without an intent.");
                Assert.True(!_over || _plans[e.Plan].Intended.Contains(e.Step), "Done after the end.");
                break;
            case MitigationFinished e:
                Assert.True(_plans[e.Plan].Proposed.Steps == _plans[e.Plan].Outcomes.Count, "Finished with a step open.");
                Assert.False(_plans[e.Plan].IsFinished, "Finished twice.");
                _plans[e.Plan].IsFinished = true;
                break;
        }
    }

    private sealed class Book(PlanProposed proposed)
    {
        public PlanProposed Proposed => proposed;

        public HashSet<Person> Approvers { get; } = [];

        public HashSet<int> Intended { get; } = [];

        public HashSet<int> Resent { get; } = [];

        public HashSet<int> Outcomes { get; } = [];

        public bool IsHeld { get; set; }

        public bool IsApproved { get; set; }

        public bool IsWithdrawn { get; private set; }

        public bool IsFinished { get; set; }

        public void Withdraw()
        {
            Assert.False(IsApproved || IsWithdrawn, "Withdrawn after it began, or twice.");
            IsWithdrawn = true;
        }

        public void AssertMayAct(DateTimeOffset at, Facts facts)
        {
            Assert.True(IsApproved && !IsWithdrawn && !IsFinished, "It isn't approved, or it is over.");
            Assert.True(at < proposed.ExpiresAt, "After its time.");
            Assert.True(
                facts is { ApproversStillStand: Standing.Approver, Target: { Mode: TargetMode.Act, HasApprovers: true } },
                "The approval is void, or nothing may change.");
        }
    }
}

using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Tests;

/// <summary>What must hold whatever anybody does, checked event by event with a bookkeeping of its own.</summary>
public sealed class Invariants
{
    private readonly Dictionary<PlanId, Book> _plans = [];
    private bool _over;

    public int Intents { get; private set; }

    public int Relieved { get; private set; }

    public void Check(Incident? before, IncidentEvent happened, Incident after, Facts facts)
    {
        if (before is not null && before.State != after.State)
        {
            Assert.Contains(IncidentLifecycleTests.Table, move => move.Key.From == before.State && move.Value == after.State);
        }

        Assert.Equal((before?.Version ?? 0) + 1, after.Version);
        Assert.Equal(after.IsOpen, after.End is null);
        CheckPlan(happened, facts);

        // After the end only what was under way already.
        Assert.False(_over && happened is not (StepFinished or MitigationFinished), $"{happened} after the end.");
        _over |= happened is IncidentResolved or IncidentAborted;
        Relieved += happened is ReliefVerified ? 1 : 0;
        CheckEffects(happened, after);
    }

    /// <summary>Nothing is left over that nobody will ever finish.</summary>
    public static void CheckEnd(Incident incident)
    {
        if (!incident.IsOpen && incident.Plan is { } left)
        {
            Assert.Equal(PlanStage.Running, left.Stage);
            Assert.Single(left.Steps, step => step is { Intended: true, Result: null });
            Assert.All(left.Steps, step => Assert.True(step.Intended || step.Result is not null));
        }

        Assert.All(incident.PastPlans, past => Assert.True((past.Stage is PlanStage.Withdrawn) == (past.Withdrawn is not null)));
    }

    private void CheckPlan(IncidentEvent happened, Facts facts)
    {
        switch (happened)
        {
            case PlanProposed e:
                Assert.True(_plans.TryAdd(e.Plan, new Book(e)), "Proposed twice.");
                break;
            case ApprovalGiven e:
                Assert.NotEqual(_plans[e.Plan].Proposed.RequestedBy, e.By);
                Assert.True(_plans[e.Plan].Approvers.Add(e.By), "The same person twice.");
                Assert.True(e.At < _plans[e.Plan].Proposed.ExpiresAt);
                Assert.Equal((Standing.Approver, TargetMode.Act, true), (facts.Standing, facts.Target.Mode, facts.Target.HasApprovers));
                break;
            case PlanApproved e:
                Assert.False(_plans[e.Plan].IsWithdrawn);
                Assert.True(_plans[e.Plan].Approvers.Count >= _plans[e.Plan].Proposed.Quorum);
                _plans[e.Plan].IsApproved = true;
                break;
            case PlanRejected e:
                _plans[e.Plan].Withdraw();
                break;
            case PlanCancelled e:
                _plans[e.Plan].Withdraw();
                break;
            case PlanExpired e:
                Assert.True(e.At >= _plans[e.Plan].Proposed.ExpiresAt);
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
                Assert.Equal(e.Step - 1, _plans[e.Plan].Outcomes.Count(each => each < e.Step)); // in order
                Assert.False(_over);
                break;
            case StepResent e:
                _plans[e.Plan].AssertMayAct(e.At, facts);
                Assert.Contains(e.Step, _plans[e.Plan].Intended);
                Assert.DoesNotContain(e.Step, _plans[e.Plan].Outcomes);
                Assert.True(_plans[e.Plan].Resent.Add(e.Step), "Sent a third time.");
                break;
            case StepFinished e:
                Assert.True(_plans[e.Plan].Outcomes.Add(e.Step), "Two outcomes.");
                Assert.True(_plans[e.Plan].Intended.Contains(e.Step) || e.Outcome is not (Outcome.Applied or Outcome.Ambiguous));
                Assert.True(!_over || _plans[e.Plan].Intended.Contains(e.Step));
                break;
            case MitigationFinished e:
                Assert.Equal(_plans[e.Plan].Proposed.Steps, _plans[e.Plan].Outcomes.Count);
                Assert.False(_plans[e.Plan].IsFinished);
                _plans[e.Plan].IsFinished = true;
                break;
        }
    }

    private void CheckEffects(IncidentEvent happened, Incident after)
    {
        foreach (var run in Effects.Of(happened, after, Given.ThePolicy).OfType<RunStep>())
        {
            Assert.True(_plans[run.Plan].IsApproved && after.IsOpen);
            Assert.DoesNotContain(run.Step, _plans[run.Plan].Intended);
        }
    }

    private sealed class Book(PlanProposed proposed)
    {
        public PlanProposed Proposed => proposed;

        public HashSet<Person> Approvers { get; } = [];

        public HashSet<int> Intended { get; } = [];

        public HashSet<int> Resent { get; } = [];

        public HashSet<int> Outcomes { get; } = [];

        public bool IsApproved { get; set; }

        public bool IsWithdrawn { get; private set; }

        public bool IsFinished { get; set; }

        public void Withdraw()
        {
            Assert.False(IsApproved || IsWithdrawn);
            IsWithdrawn = true;
        }

        public void AssertMayAct(DateTimeOffset at, Facts facts)
        {
            Assert.True(IsApproved && !IsWithdrawn && !IsFinished);
            Assert.True(at < proposed.ExpiresAt);
            Assert.Equal((Standing.Approver, TargetMode.Act, true), (facts.ApproversStillStand, facts.Target.Mode, facts.Target.HasApprovers));
        }
    }
}

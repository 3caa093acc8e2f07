using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests;

/// <summary>What must hold of the work that events cause: it is about something that is there, each thing once, and nothing is left waiting for ever.</summary>
public sealed class EffectRules
{
    private readonly HashSet<(string Step, int Attempt)> _runs = [];

    /// <summary>What the last event caused.</summary>
    public List<Effect> Latest { get; private set; } = [];

    public void Check(Incident? before, IncidentEvent happened, Incident after)
    {
        Latest = [.. Effects.Of(happened, after, Given.ThePolicy)];
        Assert.True(Latest is [Show { Part: IncidentPart.Card }, ..], "The card isn't drawn again.");
        for (var i = 0; i < Latest.Count; i++)
        {
            var effect = Latest[i];
            Assert.True(Latest.IndexOf(effect) == i, "The same work twice.");
            Assert.True(IsAboutSomething(effect, after), "Work on something that isn't there.");
            if (effect is RunStepOfPage run)
            {
                Assert.True(_runs.Add((run.Step, run.Attempt)), "One attempt was begun twice.");
            }
        }

        if (before is not null && before.Steps.Length == after.Steps.Length)
        {
            CheckBegun(before, after);
        }
    }

    private static bool IsAboutSomething(Effect effect, Incident after) => effect switch
    {
        ProbeUsage or ProbeConsumers => after.IsOpen,
        RunStepOfPage e => after.IsOpen && after.FindStep(e.Step) is { Stage: PageStepStage.Running } step && step.Attempt == e.Attempt,
        ShareFile e => after.FindStep(e.Step) is { } step && step.Files.Contains(e.File),
        ShareReport => !after.IsOpen,
        DrawUpPlan e => after.Plan is { Stage: PlanStage.DrawnUp } plan && plan.Id == e.Plan && plan.Mitigation == e.Mitigation,
        EndPlanInTime e => after.Plan is { Stage: PlanStage.Proposed } plan && plan.Id == e.Plan && plan.ExpiresAt == e.Due,
        OfferUndoInTime e => after.IsOpen && after.Temporary.Any(change => change.Plan == e.Plan && change.Due == e.Due),
        WatchRollout e => after.VerifyingSince is { } since && after.AwaitsRollout(since) && after.PastPlans[^1].Id == e.Plan,
        AwaitTurn e => after.Plan is { Held: not null } plan && plan.Id == e.Plan,
        RunStep e => after.Plan is { Stage: PlanStage.Running } plan && plan.Id == e.Plan && plan.NextStep == e.Step,
        Show { Part: IncidentPart.Card } e => e is { Plan: null, Step: null, Phase: null },
        Show { Part: IncidentPart.Plan } e => e is { Step: null, Phase: null, Plan: { } plan } && after.FindPlan(plan) is { Hash.Length: > 0 },
        Show { Part: IncidentPart.Undo } e => e is { Step: null, Phase: null, Plan: { } plan } && after.FindPlan(plan) is { UndoFellDueAt: not null },
        Show { Part: IncidentPart.Step } e => e is { Plan: null, Phase: null, Step: { } step } && after.HasMessage(after.FindStep(step)!),
        Show { Part: IncidentPart.Steps } e => e is { Plan: null, Step: null, Phase: { } phase } && after.HasList(phase),
        _ => false,
    };

    /// <summary>What shows as running is being done, and what changed is drawn again.</summary>
    private void CheckBegun(Incident before, Incident after)
    {
        for (var i = 0; i < after.Steps.Length; i++)
        {
            var (then, now) = (before.Steps[i], after.Steps[i]);
            if (ReferenceEquals(then, now))
            {
                continue;
            }

            if (now.Attempt > then.Attempt)
            {
                Assert.True(
                    now.Step.Type == StepType.ConnectionUsage.Name ? Latest.Contains(new ProbeUsage())
                    : now.Step.Type == StepType.ConnectionConsumers.Name ? Latest.Contains(new ProbeConsumers())
                    : _runs.Contains((now.Id, now.Attempt)),
                    "A step runs and nobody is at it.");
            }

            Assert.True(
                (now.Stage == then.Stage && now.Attempt == then.Attempt) || Latest.Contains(new Show(IncidentPart.Step) { Step = now.Id }),
                "A step changed and its message did not.");
        }
    }
}

using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests;

/// <summary>What must hold of an incident after each decision, however it came there.</summary>
public static class LegalState
{
    /// <param name="before">Null when it was just opened.</param>
    /// <param name="page">The page it was opened with.</param>
    public static void Check(Incident? before, Incident incident, ChosenPage page)
    {
        Assert.True(incident.State is not (IncidentState.Open or IncidentState.Opened), "It is in no state that people know.");
        Assert.True(incident.IsOpen == (incident.End is null), "It has an end and is open, or the other way round.");
        CheckPlan(incident);
        CheckQueue(incident);
        CheckSteps(before, incident, page);
    }

    private static void CheckPlan(Incident incident)
    {
        Assert.True(
            incident.State switch
            {
                IncidentState.AwaitingApproval => incident.Plan is { Stage: PlanStage.Proposed },
                IncidentState.Executing => incident.Plan is { Stage: PlanStage.Running, Held: null },
                IncidentState.Verifying => incident is { Plan: null, VerifyingSince: not null, Measures: true },
                IncidentState.Stabilized => incident is { Plan: null or { Stage: PlanStage.DrawnUp }, Relieved: not null },
                IncidentState.Resolved => incident.Plan is null,

                // Nothing is left over that nobody will ever finish.
                IncidentState.Aborted => incident.Plan is null
                    || (incident.Plan is { Stage: PlanStage.Running } left
                        && left.Steps.Count(step => step is { Intended: true, Result: null }) == 1
                        && left.Steps.All(step => step.Intended || step.Result is not null)),
                _ => incident.Plan is null or { Stage: PlanStage.DrawnUp },
            },
            "The plan doesn't fit the state.");
        Assert.True(incident.State is IncidentState.Diagnosing or IncidentState.Aborted || incident.WasConcluded, "Something was chosen before anything was known.");
        Assert.True(incident.Plan is null or { Withdrawn: null }, "A plan at hand was withdrawn.");
        Assert.True(incident.Plan is not { Held: not null } || incident.State is IncidentState.AwaitingApproval, "A plan that waits for another runs.");
        foreach (var past in incident.PastPlans)
        {
            Assert.True(past.Stage is PlanStage.Finished or PlanStage.Withdrawn, "A past plan isn't over.");
            Assert.True((past.Stage is PlanStage.Withdrawn) == (past.Withdrawn is not null), "Withdrawn, and nobody knows why.");
        }
    }

    private static void CheckQueue(Incident incident)
    {
        if (incident.Queue.IsEmpty)
        {
            return;
        }

        Assert.True(incident.IsOpen, "A request waits for its turn after the end.");
        Assert.True(incident.Queue.Length <= 5, "More wait than anybody oversees.");
        Assert.True(
            incident.Plan is not null || incident.State is IncidentState.Verifying or IncidentState.Diagnosing,
            "A request waits and nothing is before it.");
        Assert.True(incident.Queue.Select(queued => queued.Step).Distinct().Count() == incident.Queue.Length, "The same step waits twice.");
        Assert.True(incident.Queue.All(queued => incident.FindStep(queued.Step) is { Step.Mitigation: not null }), "A step waits that changes nothing.");
    }

    private static void CheckSteps(Incident? before, Incident incident, ChosenPage page)
    {
        Assert.True(incident.Steps.Length == page.Steps.Count, "A step was lost or came from nowhere.");
        Assert.True(incident.State is not IncidentState.Diagnosing || incident.IsPending, "The diagnosis waits for nothing.");
        for (var i = 0; i < incident.Steps.Length; i++)
        {
            var step = incident.Steps[i];
            if (before is not null && ReferenceEquals(step, before.Steps[i]) && before.IsOpen == incident.IsOpen)
            {
                continue;
            }

            Assert.True(ReferenceEquals(step.Step, page.Steps[i]), "A step is another one now.");
            Assert.True(before is null || step.Attempt >= before.Steps[i].Attempt, "An attempt was forgotten.");
            Assert.True(IsLegal(step), "The step tells two things at once.");
            Assert.True(incident.IsOpen || step.Stage is not PageStepStage.Running, "A step runs after the end.");
        }

        if (before is { IsOpen: true } && incident.State is IncidentState.Resolved)
        {
            Assert.True(
                incident.Steps.All(step => step.Step.Phase is not RunbookPhase.LongTerm || step.IsClosed || step.IsFollowUp),
                "A long-term step was forgotten.");
        }
    }

    private static bool IsLegal(PageStepProgress step) =>
        step.Stage switch
        {
            PageStepStage.Waiting when IsToBeUndone(step) => step is { Attempt: 0, Evidence: null, Files.IsEmpty: true, Problem: null }, // somebody may have called it done
            PageStepStage.Waiting => step is { Attempt: 0, At: null, By: null, Evidence: null, Files.IsEmpty: true, Problem: null, Note: null },
            PageStepStage.Running => step is { CanRun: true, Attempt: > 0, At: not null, Problem: null, Note: null },
            PageStepStage.Answered => step is { CanRun: true, Attempt: > 0, At: not null, By: null, Problem: null } && (step.Evidence is not null || IsMeasured(step)),
            PageStepStage.Failed => step is { CanRun: true, Attempt: > 0, At: not null, By: null, Problem: not null },
            PageStepStage.ByHand => step is { At: not null, By: not null, Note: null },
            _ => step is { At: not null, By: not null },
        }
        && (step.CanRun || step.Attempt == 0)
        && (step.Owner is null) == (step.Due is null)
        && (step.Owner is null || step.Step.Phase is RunbookPhase.LongTerm || IsToBeUndone(step))
        && !(step.IsClosed && step.IsFollowUp);

    /// <summary>What it changed for the incident outlived it.</summary>
    private static bool IsToBeUndone(PageStepProgress step) => step is { Owner: not null, Step.Mitigation: LimitAccount.StoredName };

    private static bool IsMeasured(PageStepProgress step) =>
        step.Step.Type == StepType.ConnectionUsage.Name || step.Step.Type == StepType.ConnectionConsumers.Name;

    /// <summary>From wherever it is, a member can end it; and nobody is stuck with a step of the page.</summary>
    /// <param name="some">Chooses the step that is tried.</param>
    public static void CheckWayOut(Incident incident, DateTimeOffset now, int some)
    {
        var member = Given.Facts(Standing.Member);
        if (incident.IsOpen)
        {
            var stopped = IncidentDecider.Decide(incident, new AbortIncident(Given.Dora, Reason: null), member, now);
            Assert.True(stopped is Decision.Accepted { Events: var events } && !events.Aggregate(incident, Incident.Evolve).IsOpen, "It can't be stopped.");
        }

        if (incident.Steps.IsEmpty)
        {
            return;
        }

        var step = incident.Steps[some % incident.Steps.Length];
        var isPlanned = incident.Plan?.PageStep == step.Id || incident.Queue.Any(queued => queued.Step == step.Id);
        if (isPlanned || (incident.IsOpen ? step.IsClosed : !step.IsFollowUp))
        {
            return;
        }

        Assert.True(
            IncidentDecider.Decide(incident, new SkipPageStep(step.Id, Given.Dora, Note: null), member, now) is Decision.Accepted { Events.Count: > 0 },
            "Nobody can go on without this step.");
        Assert.True(
            !incident.IsOpen || step.Stage is PageStepStage.ByHand
            || IncidentDecider.Decide(incident, new TakePageStepByHand(step.Id, Given.Dora), member, now) is Decision.Accepted { Events.Count: > 0 },
            "Nobody can do this step by hand.");
        Assert.True(
            !incident.IsOpen || !step.CanRun || step.Stage is PageStepStage.Running
            || IncidentDecider.Decide(incident, new RunPageStep(step.Id, Given.Dora), member, now) is Decision.Accepted { Events.Count: > 0 },
            "This step can't be run again.");
    }
}

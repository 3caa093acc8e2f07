using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents;

/// <summary>Something to be done in the outside world: a value, carried out later by a worker.</summary>
public abstract record Effect
{
    private protected Effect()
    {
    }

    /// <summary>When; null is at once.</summary>
    public DateTimeOffset? Due { get; init; }
}

/// <summary>Measure how full the target is.</summary>
public sealed record ProbeUsage : Effect;

/// <summary>Learn who holds the target's connections.</summary>
public sealed record ProbeConsumers : Effect;

/// <summary>Run one bound step of the page.</summary>
/// <param name="Attempt">Which attempt the answer is for.</param>
public sealed record RunStepOfPage(string Step, int Attempt) : Effect;

/// <summary>Put a file that a step made into the thread.</summary>
public sealed record ShareFile(string Step, EvidenceId File) : Effect;

/// <summary>Write the report of the incident and put it into the thread.</summary>
public sealed record ShareReport : Effect;

/// <summary>Read from the target what the asked-for mitigation would change now.</summary>
public sealed record DrawUpPlan(PlanId Plan, string Mitigation) : Effect;

/// <summary>Do one step of an approved plan.</summary>
public sealed record RunStep(PlanId Plan, int Step) : Effect;

/// <summary>Ask whether the plan is still waiting when its time is up.</summary>
public sealed record EndPlanInTime(PlanId Plan) : Effect;

/// <summary>Ask, until it is so, whether a held plan may begin.</summary>
public sealed record AwaitTurn(PlanId Plan) : Effect;

/// <summary>Ask whether what the plan changed is still there when it was to be taken back.</summary>
public sealed record OfferUndoInTime(PlanId Plan) : Effect;

/// <summary>Look, until it is over, how far the pods are replaced because of a plan.</summary>
public sealed record WatchRollout(PlanId Plan) : Effect;

/// <summary>Draw one part of the incident in Slack again.</summary>
/// <param name="Plan">Which plan, for <see cref="IncidentPart.Plan"/> and <see cref="IncidentPart.Undo"/>; null otherwise.</param>
public sealed record Show(IncidentPart Part, PlanId? Plan = null) : Effect
{
    /// <summary>Which step, for <see cref="IncidentPart.Step"/>; null otherwise.</summary>
    public string? Step { get; init; }

    /// <summary>Which steps, for <see cref="IncidentPart.Steps"/>; null otherwise.</summary>
    public RunbookPhase? Phase { get; init; }
}

/// <summary>The messages an incident consists of.</summary>
public enum IncidentPart
{
    /// <summary>The one card in the channel.</summary>
    Card,

    /// <summary>One step of the page, in the thread: running, then what it found, then what a person did with it.</summary>
    Step,

    /// <summary>The steps of one part of the page as a list, in the thread.</summary>
    Steps,

    /// <summary>A plan, in the channel, with its buttons while it waits and its outcomes when it ran.</summary>
    Plan,

    /// <summary>Only in work from before there were pages: nothing is drawn for it any more.</summary>
    Consumers,

    /// <summary>A plan's change that was to be taken back by now, in the thread, until it is.</summary>
    Undo,
}

/// <summary>Which event causes which effects.</summary>
public static class Effects
{
    /// <param name="incident">The incident right after the event, and before any other.</param>
    public static IEnumerable<Effect> Of(IncidentEvent happened, Incident incident, Policy policy)
    {
        // The card first: it matters most, and the thread hangs on it.
        yield return new Show(IncidentPart.Card);
        switch (happened)
        {
            case DiagnosisStarted or RefillSeen or ServerChanged or DiagnosisConcluded or PageStepStarted or ReliefVerified:
                // What two steps ask is asked once.
                foreach (var run in incident.Steps.Where(step => step.Begun == incident.Version).Select(Run).Distinct())
                {
                    yield return run;
                }

                break;
            case PageStepAnswered answered:
                foreach (var file in answered.Files)
                {
                    yield return new ShareFile(answered.Step, file);
                }

                break;
            case UsageMeasured or UsageMissing when incident is { IsOpen: true, Measures: true }:
                yield return new ProbeUsage { Due = happened.At + policy.SampleEvery };
                break;
            case ConsumersMeasured or ConsumersMissing when incident.IsOpen:
                // Sessions grow older while people decide: what can be ended now is not what could be then.
                yield return new ProbeConsumers { Due = happened.At + policy.ConsumersEvery };
                break;
            case MitigationAsked asked:
                yield return new DrawUpPlan(asked.Plan, asked.Mitigation);
                break;
            case PlanProposed proposed:
                yield return new EndPlanInTime(proposed.Plan) { Due = proposed.ExpiresAt };
                break;
            case PlanHeld held:
                yield return new AwaitTurn(held.Plan) { Due = happened.At + policy.SampleEvery };
                break;
            case PlanApproved approved:
                yield return new RunStep(approved.Plan, Step: 1);
                break;
            case StepFinished finished when incident is { IsOpen: true, Plan: { Stage: PlanStage.Running, NextStep: { } next } plan }
                && !plan.Steps[next - 1].Intended:
                // One at a time, in the plan's order: the first step without an outcome, unless it is under way.
                yield return new RunStep(finished.Plan, next);
                break;
            case MitigationFinished finished when incident.IsOpen:
                yield return new ProbeUsage();
                if (incident.AwaitsRollout(happened.At))
                {
                    yield return new WatchRollout(finished.Plan);
                }

                if (finished.UndoDue is { } due)
                {
                    yield return new OfferUndoInTime(finished.Plan) { Due = due };
                }

                if (incident.Steps.Any(step => step.Step.Type == StepType.ConnectionConsumers.Name))
                {
                    yield return new ProbeConsumers();
                }

                break;
            case IncidentResolved or IncidentAborted:
            case MitigationFinished: // a stop doesn't wait for the step under way: its report lacks that outcome
                yield return new ShareReport();
                break;
        }

        foreach (var part in ShownSteps(happened, incident))
        {
            yield return part;
        }

        foreach (var undo in OverdueUndos(happened, incident))
        {
            yield return undo;
        }

        if (PlanOf(happened) is { } shown && incident.FindPlan(shown) is { Hash.Length: > 0 })
        {
            yield return new Show(IncidentPart.Plan, shown);
        }

        // An incident that ends, or goes on at another server, takes the buttons off a plan that waits.
        if (happened is IncidentResolved or IncidentAborted or ServerChanged
            && incident.PastPlans is [.., { Withdrawn: WithdrawnBecause.IncidentEnded or WithdrawnBecause.ServerChanged, Hash.Length: > 0 } ended])
        {
            yield return new Show(IncidentPart.Plan, ended.Id);
        }

        // Whoever is about to approve reads what the diagnosis says of it now.
        if (happened is ConsumersMeasured or ConsumersMissing && incident.Plan is { Stage: PlanStage.Proposed } waiting)
        {
            yield return new Show(IncidentPart.Plan, waiting.Id);
        }
    }

    /// <summary>Usage and consumers have events of their own; every other step reports what it found as evidence.</summary>
    private static Effect Run(PageStepProgress step) =>
        step.Step.Type == StepType.ConnectionUsage.Name ? new ProbeUsage()
        : step.Step.Type == StepType.ConnectionConsumers.Name ? new ProbeConsumers()
        : new RunStepOfPage(step.Id, step.Attempt);

    /// <summary>The messages of steps that this event changes.</summary>
    private static IEnumerable<Show> ShownSteps(IncidentEvent happened, Incident incident)
    {
        var isAboutPlan = IsAboutPlan(happened);
        var planned = isAboutPlan || happened is ServerChanged ? (incident.Plan ?? incident.PastPlans.LastOrDefault())?.PageStep : null;

        // The names change with every look, the slots are on the card: that message changes only with its stage.
        var changed = incident.Steps.Where(step => step.At == happened.At
            || (happened is ConsumersMeasured or ConsumersMissing && step.Step.Type == StepType.ConnectionConsumers.Name)
            || (happened is PageChosen && step.Step.Phase is RunbookPhase.Diagnosis)
            || (happened is FollowUpAssigned assigned && step.Id == assigned.Step)
            || step.Id == planned
            || happened is IncidentResolved or IncidentAborted).ToArray(); // no button stays that would be refused
        foreach (var step in changed.Where(incident.HasMessage))
        {
            yield return new Show(IncidentPart.Step) { Step = step.Id };
        }

        // The choice, once there is one; afterwards whatever changes it.
        var lists = happened switch
        {
            DiagnosisConcluded or IncidentResolved or IncidentAborted => Enum.GetValues<RunbookPhase>(),
            _ when isAboutPlan || happened is ConsumersMeasured or ServerChanged or MitigationQueued or MitigationUnqueued => [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
            _ => [.. changed.Select(step => step.Step.Phase).Distinct()],
        };
        foreach (var phase in lists.Where(incident.HasList))
        {
            yield return new Show(IncidentPart.Steps) { Phase = phase };
        }
    }

    private static bool IsAboutPlan(IncidentEvent happened) => happened is PlanProposed or MitigationFinished or MitigationAsked or MitigationNotPossible
        or PlanRejected or PlanCancelled or PlanExpired or PlanOvertaken or PlanApproved;

    /// <summary>What was to be taken back by now says what became of that, and has a button only while it can be asked for.</summary>
    private static IEnumerable<Show> OverdueUndos(IncidentEvent happened, Incident incident) =>
        IsAboutPlan(happened) || happened is UndoFellDue or MitigationQueued or MitigationUnqueued or FollowUpAssigned
            or DiagnosisStarted or DiagnosisConcluded or RefillSeen or ServerChanged or IncidentResolved or IncidentAborted
            ? incident.PastPlans.Where(plan => plan.UndoFellDueAt is not null).Select(plan => new Show(IncidentPart.Undo, plan.Id))
            : [];

    private static PlanId? PlanOf(IncidentEvent happened) => happened switch
    {
        PlanProposed e => e.Plan,
        ApprovalGiven e => e.Plan,
        PlanHeld e => e.Plan,
        PlanApproved e => e.Plan,
        PlanRejected e => e.Plan,
        PlanCancelled e => e.Plan,
        PlanExpired e => e.Plan,
        PlanOvertaken e => e.Plan,
        PlanSuperseded e => e.Plan,
        StepFinished e => e.Plan,
        MitigationFinished e => e.Plan,
        _ => null,
    };
}

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

/// <summary>Read from the target what the asked-for mitigation would change now.</summary>
public sealed record DrawUpPlan(PlanId Plan, string Mitigation) : Effect;

/// <summary>Do one step of an approved plan.</summary>
public sealed record RunStep(PlanId Plan, int Step) : Effect;

/// <summary>Ask whether the plan is still waiting when its time is up.</summary>
public sealed record EndPlanInTime(PlanId Plan) : Effect;

/// <summary>Draw one part of the incident in Slack again.</summary>
/// <param name="Plan">Which plan, for <see cref="IncidentPart.Plan"/>; null otherwise.</param>
public sealed record Show(IncidentPart Part, PlanId? Plan = null) : Effect;

/// <summary>The messages an incident consists of.</summary>
public enum IncidentPart
{
    /// <summary>The one card in the channel.</summary>
    Card,

    /// <summary>Who holds the connections, in the thread.</summary>
    Consumers,

    /// <summary>A plan, in the channel, with its buttons while it waits and its outcomes when it ran.</summary>
    Plan,
}

/// <summary>Which event causes which effects.</summary>
public static class Effects
{
    /// <param name="incident">The incident after the event.</param>
    public static IEnumerable<Effect> Of(IncidentEvent happened, Incident incident, Policy policy)
    {
        switch (happened)
        {
            case DiagnosisStarted or RefillSeen:
                yield return new ProbeUsage();
                yield return new ProbeConsumers();
                break;
            case UsageMeasured or UsageMissing when incident.IsOpen:
                yield return new ProbeUsage { Due = happened.At + policy.SampleEvery };
                break;
            case ConsumersMeasured or ConsumersMissing:
                yield return new Show(IncidentPart.Consumers);
                if (incident.IsOpen)
                {
                    // Sessions grow older while people decide: what can be ended now is not what could be then.
                    yield return new ProbeConsumers { Due = happened.At + policy.ConsumersEvery };
                }

                break;
            case MitigationAsked asked:
                yield return new DrawUpPlan(asked.Plan, asked.Mitigation);
                break;
            case PlanProposed proposed:
                yield return new EndPlanInTime(proposed.Plan) { Due = proposed.ExpiresAt };
                break;
            case PlanApproved approved:
                yield return new RunStep(approved.Plan, Step: 1);
                break;
            case StepFinished finished when incident is { IsOpen: true, Plan: { Stage: PlanStage.Running, NextStep: { } next } plan }
                && !plan.Steps[next - 1].Intended:
                // One at a time, in the plan's order: the first step without an outcome, unless it is under way.
                yield return new RunStep(finished.Plan, next);
                break;
            case MitigationFinished when incident.IsOpen:
                yield return new ProbeUsage();
                yield return new ProbeConsumers();
                break;
        }

        if (PlanOf(happened) is { } shown && incident.FindPlan(shown) is { Hash.Length: > 0 })
        {
            yield return new Show(IncidentPart.Plan, shown);
        }

        // An incident that ends takes the buttons off a plan that waits.
        if (happened is IncidentResolved or IncidentAborted
            && incident.PastPlans is [.., { Withdrawn: WithdrawnBecause.IncidentEnded, Hash.Length: > 0 } ended])
        {
            yield return new Show(IncidentPart.Plan, ended.Id);
        }

        yield return new Show(IncidentPart.Card);
    }

    private static PlanId? PlanOf(IncidentEvent happened) => happened switch
    {
        PlanProposed e => e.Plan,
        ApprovalGiven e => e.Plan,
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

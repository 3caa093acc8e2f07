using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents;

/// <summary>A wish, by a person, a timer or a worker that reports a result. It may be refused.</summary>
public abstract record IncidentCommand
{
    private protected IncidentCommand()
    {
        // A closed set: every wish is declared in this file.
    }
}

/// <param name="Incident">The id the new incident will have.</param>
public sealed record OpenIncident(IncidentId Incident, string Target, string Channel, Person By) : IncidentCommand;

public sealed record RunDiagnosisAgain(Person By) : IncidentCommand;

public sealed record RecordUsage(ConnectionUsage Usage) : IncidentCommand;

public sealed record RecordMissingUsage(string Reason) : IncidentCommand;

public sealed record RecordConsumers(EvidenceId Evidence, int Sessions, int Endable) : IncidentCommand;

public sealed record RecordMissingConsumers(string Reason) : IncidentCommand;

/// <param name="Plan">The id the plan will have.</param>
/// <param name="Mitigation">A name from <see cref="Mitigation.Names"/>.</param>
public sealed record AskForMitigation(PlanId Plan, string Mitigation, Person By) : IncidentCommand
{
    /// <summary>Meant to take the place of the plan that waits. Without it a second press on "End idle sessions" would.</summary>
    public bool Anew { get; init; }
}

/// <summary>What the target says now that the plan would change.</summary>
public sealed record ProposePlan(PlanId Plan, Mitigation Mitigation) : IncidentCommand;

public sealed record RecordImpossiblePlan(PlanId Plan, string Reason) : IncidentCommand;

public sealed record ApprovePlan(PlanId Plan, Person By) : IncidentCommand;

public sealed record RejectPlan(PlanId Plan, Person By) : IncidentCommand;

public sealed record CancelPlan(PlanId Plan, Person By) : IncidentCommand;

/// <summary>The plan's time is up; from the timer that was set when it was proposed.</summary>
public sealed record ExpirePlan(PlanId Plan) : IncidentCommand;

/// <summary>A worker is ready to do this step and asks for the last word.</summary>
/// <param name="Hash">Of the plan's bytes as the worker read them: it has to be the approved one.</param>
/// <param name="IdempotencyKey">What will mark this effect at the target.</param>
/// <param name="Fence">The fence of the worker's lease.</param>
public sealed record BeginStep(PlanId Plan, int Step, string Hash, string IdempotencyKey, long Fence) : IncidentCommand;

/// <summary>After a crash: the target proves that the step did not happen and that everything is still as approved.</summary>
public sealed record ResendStep(PlanId Plan, int Step, string Hash, long Fence) : IncidentCommand;

public sealed record RecordOutcome(PlanId Plan, int Step, StepResult Result) : IncidentCommand;

public sealed record ResolveIncident(Person By) : IncidentCommand;

public sealed record AbortIncident(Person By, EvidenceId? Reason) : IncidentCommand;

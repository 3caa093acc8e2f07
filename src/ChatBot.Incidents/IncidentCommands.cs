using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
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
/// <param name="Page">The page it will follow.</param>
public sealed record OpenIncident(IncidentId Incident, string Target, string Channel, Person By, ChosenPage Page) : IncidentCommand;

/// <summary>What becomes of <see cref="OpenIncident"/> when an incident is open on the target already.</summary>
/// <param name="Channel">Where the person typed.</param>
public sealed record JoinIncident(Person By, string Channel) : IncidentCommand;

/// <param name="Lead">Who is to lead; whoever takes over names themselves.</param>
public sealed record AssignIncident(Person Lead, Person By) : IncidentCommand;

/// <summary>Run one bound step of the page, again or for the first time.</summary>
public sealed record RunPageStep(string Step, Person By) : IncidentCommand;

public sealed record RecordPageStep(string Step, int Attempt, EvidenceId Evidence, IReadOnlyList<EvidenceId> Files) : IncidentCommand;

public sealed record RecordFailedPageStep(string Step, int Attempt, string Reason) : IncidentCommand;

public sealed record TakePageStepByHand(string Step, Person By) : IncidentCommand;

public sealed record FinishPageStep(string Step, Person By, EvidenceId? Note) : IncidentCommand;

public sealed record SkipPageStep(string Step, Person By, EvidenceId? Note) : IncidentCommand;

/// <param name="Owner">Null leaves it as it is, or makes it the one who asks.</param>
/// <param name="Due">Null leaves it as it is, or sets the usual time.</param>
public sealed record AssignFollowUp(string Step, Person? Owner, DateTimeOffset? Due, Person By) : IncidentCommand;

public sealed record RunDiagnosisAgain(Person By) : IncidentCommand;

public sealed record RecordUsage(ConnectionUsage Usage) : IncidentCommand;

public sealed record RecordMissingUsage(string Reason) : IncidentCommand
{
    /// <inheritdoc cref="UsageMissing.RefusedLogins"/>
    public int RefusedLogins { get; init; }
}

public sealed record RecordConsumers(EvidenceId Evidence, int Sessions, int Endable) : IncidentCommand
{
    /// <summary>Whose they are.</summary>
    public AnsweringServer? Server { get; init; }

    public KnownCause? Cause { get; init; }
}

public sealed record RecordMissingConsumers(string Reason) : IncidentCommand
{
    /// <summary>What could be learnt all the same; null when nothing.</summary>
    public EvidenceId? Evidence { get; init; }

    public KnownCause? Cause { get; init; }
}

/// <param name="Plan">The id the plan will have.</param>
/// <param name="Step">A step of the page that changes something.</param>
public sealed record AskForMitigation(PlanId Plan, string Step, Person By) : IncidentCommand
{
    /// <summary>Meant to take the place of the plan that waits. Without it a second press on "End idle sessions" would.</summary>
    public bool Anew { get; init; }

    /// <summary>"Do it anyway": the person was told that it does harm here.</summary>
    public bool Anyway { get; init; }

    /// <summary>What the person chose, as a page writes parameters: <c>size=12 for=4h</c>. Null leaves it to the page.</summary>
    public string? Choice { get; init; }
}

/// <summary>What the target says now that the plan would change.</summary>
public sealed record ProposePlan(PlanId Plan, Mitigation Mitigation) : IncidentCommand;

public sealed record RecordImpossiblePlan(PlanId Plan, string Reason) : IncidentCommand;

public sealed record ApprovePlan(PlanId Plan, Person By) : IncidentCommand
{
    /// <summary>Where the person said so.</summary>
    public Door Via { get; init; }
}

/// <summary>Ask whether the plan that has its approvals may begin by now; from the timer that was set when it was held.</summary>
public sealed record ReleasePlan(PlanId Plan) : IncidentCommand;

public sealed record RejectPlan(PlanId Plan, Person By) : IncidentCommand;

/// <summary>For a plan that waits for approval, or a request that waits for its turn.</summary>
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

/// <summary>What the cluster says now of the pods that are replaced because of a plan.</summary>
public sealed record RecordRollout(PlanId Plan, RolloutLook Look) : IncidentCommand
{
    /// <summary>Where the cluster's own warning is; null when it gave none.</summary>
    public EvidenceId? Warning { get; init; }
}

/// <summary>The time of what a plan changed for the incident only is up; from the timer that was set when the plan was done.</summary>
public sealed record OfferUndo(PlanId Plan) : IncidentCommand;

public sealed record ResolveIncident(Person By) : IncidentCommand;

public sealed record AbortIncident(Person By, EvidenceId? Reason) : IncidentCommand;

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents;

/// <summary>A fact about one incident: named in the past tense, appended once, never edited.</summary>
/// <remarks>Numbers, ids and our own words only. Text of strangers lives in the evidence store and is referred to by id.</remarks>
public abstract record IncidentEvent
{
    private protected IncidentEvent()
    {
        // A closed set: every fact is declared in this file.
    }

    /// <summary>When it was recorded, in UTC, by the store's clock.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Someone opened an incident on a target.</summary>
/// <param name="Target">The target's name in the configuration.</param>
/// <param name="Environment">The target's environment in words, as it was then.</param>
/// <param name="Channel">The Slack channel the incident lives in.</param>
public sealed record IncidentOpened(IncidentId Incident, string Target, string Environment, string Channel, Person By) : IncidentEvent;

/// <summary>The diagnosis began, for the first time or again.</summary>
/// <param name="Run">1 for the first.</param>
/// <param name="By">Null when the bot began by itself: at the start, and when a lost target answered again.</param>
public sealed record DiagnosisStarted(int Run, Person? By) : IncidentEvent;

/// <summary>One measurement of how full the target is; taken again and again while the incident is open.</summary>
public sealed record UsageMeasured(ConnectionUsage Usage) : IncidentEvent;

/// <summary>A measurement got no answer. The incident goes on without it.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record UsageMissing(string Reason) : IncidentEvent;

/// <summary>It is known who holds the connections.</summary>
/// <param name="Evidence">Where the names are.</param>
/// <param name="Sessions">Client sessions in all.</param>
/// <param name="Endable">Sessions that a plan to end idle sessions could name.</param>
public sealed record ConsumersMeasured(EvidenceId Evidence, int Sessions, int Endable) : IncidentEvent;

/// <summary>Nobody could say who holds the connections.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record ConsumersMissing(string Reason) : IncidentEvent;

/// <summary>Enough is known, or nothing more will be, to choose a mitigation.</summary>
public sealed record DiagnosisConcluded : IncidentEvent;

/// <summary>Someone asked for a mitigation; its plan is being drawn up from what the target says now.</summary>
public sealed record MitigationAsked(PlanId Plan, string Mitigation, Person By) : IncidentEvent;

/// <summary>There is nothing to plan, or the target did not answer.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record MitigationNotPossible(PlanId Plan, string Reason) : IncidentEvent;

/// <summary>The plan is fixed and waits for approvers. Its bytes are stored beside this event, under the same hash.</summary>
/// <param name="Hash">SHA-256 of the plan's bytes, 64 lower-case hex digits.</param>
/// <param name="Steps">How many effects it has; each gets an outcome of its own.</param>
/// <param name="Quorum">How many approvers it needs, the requester never among them.</param>
public sealed record PlanProposed(PlanId Plan, string Hash, string Mitigation, int Steps, Person RequestedBy, int Quorum, DateTimeOffset ExpiresAt) : IncidentEvent;

/// <summary>An approver, who isn't the one who asked for it, said yes to exactly this plan.</summary>
public sealed record ApprovalGiven(PlanId Plan, Person By) : IncidentEvent;

/// <summary>The approvals given are enough.</summary>
public sealed record PlanApproved(PlanId Plan) : IncidentEvent;

/// <summary>An approver said no.</summary>
public sealed record PlanRejected(PlanId Plan, Person By) : IncidentEvent;

/// <summary>The requester took the plan back.</summary>
public sealed record PlanCancelled(PlanId Plan, Person By) : IncidentEvent;

/// <summary>Nobody approved in time.</summary>
public sealed record PlanExpired(PlanId Plan) : IncidentEvent;

/// <summary>The target was relieved without it, by somebody else or by itself, while the plan waited.</summary>
public sealed record PlanOvertaken(PlanId Plan) : IncidentEvent;

/// <summary>Someone asked for a fresh plan in its place.</summary>
public sealed record PlanSuperseded(PlanId Plan, Person By) : IncidentEvent;

/// <summary>"About to do it": on record before the effect leaves the house.</summary>
/// <param name="Step">From 1.</param>
/// <param name="IdempotencyKey">What marks this effect at the target.</param>
/// <param name="Fence">The lease under which it was done; a later holder has a higher one.</param>
public sealed record StepIntended(PlanId Plan, int Step, string IdempotencyKey, long Fence) : IncidentEvent;

/// <summary>After a crash the target proved that the step had not happened, so it is sent once more.</summary>
public sealed record StepResent(PlanId Plan, int Step, long Fence) : IncidentEvent;

/// <summary>What became of one step.</summary>
/// <param name="Detail">One short sentence in our own words.</param>
public sealed record StepFinished(PlanId Plan, int Step, Outcome Outcome, string Detail) : IncidentEvent;

/// <summary>Every step of the plan has an outcome. Whether the symptom is gone hasn't been checked yet.</summary>
public sealed record MitigationFinished(PlanId Plan) : IncidentEvent;

/// <summary>Measured after the change: the target has room again.</summary>
/// <param name="Before">The last measurement before the first step; null when there was none.</param>
public sealed record ReliefVerified(ConnectionUsage? Before, ConnectionUsage After) : IncidentEvent;

/// <summary>Measured after the change: the target is as full as it was.</summary>
/// <param name="After">Null when the target gave no answer in all that time.</param>
public sealed record ReliefMissing(ConnectionUsage? After) : IncidentEvent;

/// <summary>The relieved target fills up again.</summary>
public sealed record RefillSeen(ConnectionUsage Usage) : IncidentEvent;

/// <summary>The relief held for as long as it was to be watched.</summary>
public sealed record WatchHeld : IncidentEvent;

/// <summary>Someone declared the incident over.</summary>
public sealed record IncidentResolved(Person By) : IncidentEvent;

/// <summary>Someone took over from the bot.</summary>
/// <param name="Reason">Where the person's words are; null when there were none.</param>
public sealed record IncidentAborted(Person By, EvidenceId? Reason) : IncidentEvent;

using System.Text.Json.Serialization;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
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

/// <summary>The page the incident follows from its opening to its end, whatever becomes of the file. Its text is stored beside this event, under the same hash.</summary>
/// <param name="Name">The page's file name without its ending.</param>
/// <param name="Hash">SHA-256 of the page's bytes, 64 lower-case hex digits.</param>
/// <param name="Steps">In the page's order.</param>
public sealed record PageChosen(string Name, string Hash, IReadOnlyList<PageStep> Steps) : IncidentEvent;

/// <summary>Someone started an incident on a target that has an open one already, and came to it.</summary>
/// <param name="Channel">Where the person typed.</param>
public sealed record ResponderJoined(Person By, string Channel) : IncidentEvent;

/// <summary>Someone leads the response from now on.</summary>
/// <param name="Lead">Who leads.</param>
/// <param name="By">Who said so: the lead, who takes over, or somebody who hands over.</param>
public sealed record IncidentAssigned(Person Lead, Person By) : IncidentEvent;

/// <summary>The diagnosis began, for the first time or again: every bound step of it runs.</summary>
/// <param name="Run">1 for the first.</param>
/// <param name="By">Null when the bot began by itself: at the start, and when a lost target answered again.</param>
public sealed record DiagnosisStarted(int Run, Person? By) : IncidentEvent;

/// <summary>One measurement of how full the target is; taken again and again while the incident is open.</summary>
public sealed record UsageMeasured(ConnectionUsage Usage) : IncidentEvent;

/// <summary>A measurement got no answer. The incident goes on without it.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record UsageMissing(string Reason) : IncidentEvent
{
    /// <summary>How often the server refused the bot's login because it is full, since it last let it in; 0 when that isn't why.</summary>
    public int RefusedLogins { get; init; }
}

/// <summary>
/// Another server answers under the target's name, or the same one after a restart: samples, holders and the cause that are
/// known tell of the former one. They are dropped, a plan that waits is withdrawn, and no plan gets credit for what changed.
/// </summary>
public sealed record ServerChanged(AnsweringServer Former, AnsweringServer Now) : IncidentEvent;

/// <summary>It is known who holds the connections.</summary>
/// <param name="Evidence">Where the names are.</param>
/// <param name="Sessions">Client sessions in all.</param>
/// <param name="Endable">Sessions that a plan to end idle sessions could name.</param>
public sealed record ConsumersMeasured(EvidenceId Evidence, int Sessions, int Endable) : IncidentEvent
{
    /// <summary>Why connections run out; null in logs from before that was judged.</summary>
    public KnownCause? Cause { get; init; }
}

/// <summary>Nobody could say who holds the connections.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record ConsumersMissing(string Reason) : IncidentEvent
{
    /// <summary>What could be learnt all the same; null when nothing.</summary>
    public EvidenceId? Evidence { get; init; }

    /// <summary>Null when nobody can say.</summary>
    public KnownCause? Cause { get; init; }
}

/// <summary>Enough is known, or nothing more will be, to choose a mitigation.</summary>
public sealed record DiagnosisConcluded : IncidentEvent;

/// <summary>One bound step of the page runs, because somebody wants it to.</summary>
/// <param name="Attempt">1 for the first; a result of an older attempt no longer counts.</param>
public sealed record PageStepStarted(string Step, int Attempt, Person By) : IncidentEvent;

/// <summary>A bound step of the page found something.</summary>
/// <param name="Evidence">Where it is.</param>
/// <param name="Files">The files it made; each is evidence of its own.</param>
public sealed record PageStepAnswered(string Step, int Attempt, EvidenceId Evidence, IReadOnlyList<EvidenceId> Files) : IncidentEvent;

/// <summary>A bound step of the page got no answer, or none in time.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record PageStepFailed(string Step, int Attempt, string Reason) : IncidentEvent;

/// <summary>Somebody does a step of the page by hand.</summary>
public sealed record PageStepTakenByHand(string Step, Person By) : IncidentEvent;

/// <summary>Somebody did a step of the page. For a long-term step this closes its follow-up.</summary>
/// <param name="Note">Where the person's words are; null when there were none.</param>
public sealed record PageStepDone(string Step, Person By, EvidenceId? Note) : IncidentEvent;

/// <summary>Somebody decided to go on without a step of the page. For a long-term step this drops its follow-up.</summary>
/// <param name="Note">Where the person's words are; null when there were none.</param>
public sealed record PageStepSkipped(string Step, Person By, EvidenceId? Note) : IncidentEvent;

/// <summary>A long-term step is somebody's to do, also after the incident.</summary>
/// <param name="By">Null when the bot said so, as the incident ended.</param>
public sealed record FollowUpAssigned(string Step, Person Owner, DateTimeOffset Due, Person? By) : IncidentEvent;

/// <summary>Someone asked for a mitigation; its plan is being drawn up from what the target says now.</summary>
public sealed record MitigationAsked(PlanId Plan, string Mitigation, Person By) : IncidentEvent
{
    /// <summary>The page's step; null in logs from before there were pages.</summary>
    public string? Step { get; init; }

    /// <summary>The person was told that it does harm here, and wants it all the same.</summary>
    public bool Anyway { get; init; }

    /// <inheritdoc cref="AskForMitigation.Choice"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Choice { get; init; }
}

/// <summary>Someone asked for a mitigation while another change was under way: it is drawn up after that one.</summary>
public sealed record MitigationQueued(PlanId Plan, string Step, Person By) : IncidentEvent
{
    /// <summary>The person was told that it does harm here, and wants it all the same.</summary>
    public bool Anyway { get; init; }

    /// <inheritdoc cref="AskForMitigation.Choice"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Choice { get; init; }
}

/// <summary>The person who asked took back a request that waited.</summary>
public sealed record MitigationUnqueued(PlanId Plan, Person By) : IncidentEvent;

/// <summary>There is nothing to plan, or the target did not answer.</summary>
/// <param name="Reason">One sentence a responder can act on, in our own words.</param>
public sealed record MitigationNotPossible(PlanId Plan, string Reason) : IncidentEvent;

/// <summary>The plan is fixed and waits for approvers. Its bytes are stored beside this event, under the same hash.</summary>
/// <param name="Hash">SHA-256 of the plan's bytes, 64 lower-case hex digits.</param>
/// <param name="Steps">How many effects it has; each gets an outcome of its own.</param>
/// <param name="Quorum">How many approvers it needs, the requester never among them.</param>
public sealed record PlanProposed(PlanId Plan, string Hash, string Mitigation, int Steps, Person RequestedBy, int Quorum, DateTimeOffset ExpiresAt) : IncidentEvent
{
    /// <summary>Whether its change stays, or takes one back.</summary>
    public Lasting Lasting { get; init; }

    /// <summary>When its change is to be taken back, where the plan says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? UndoDue { get; init; }

    /// <summary>The service whose pods are replaced because of it, as configured: what it brings shows only afterwards. Null when none are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RollsOut { get; init; }
}

/// <summary>An approver, who isn't the one who asked for it, said yes to exactly this plan.</summary>
public sealed record ApprovalGiven(PlanId Plan, Person By) : IncidentEvent
{
    /// <summary>Where the person said so.</summary>
    public Door Via { get; init; }
}

/// <summary>It has its approvals, but a plan of an earlier incident is still being carried out on the target: this one waits for it.</summary>
/// <param name="Other">The plan it waits for.</param>
/// <param name="For">Who asked for that one.</param>
public sealed record PlanHeld(PlanId Plan, PlanId Other, Person For) : IncidentEvent;

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
public sealed record MitigationFinished(PlanId Plan) : IncidentEvent
{
    /// <summary>It stays until it is taken back, which is due then; null when nothing of it stays.</summary>
    public DateTimeOffset? UndoDue { get; init; }
}

/// <summary>What a plan changed for the incident only was to be taken back by now, and nobody did: it is said in the thread, once.</summary>
public sealed record UndoFellDue(PlanId Plan) : IncidentEvent;

/// <summary>How far the pods are replaced because of a plan; recorded when that changes.</summary>
public sealed record RolloutSeen(PlanId Plan, RolloutLook Look) : IncidentEvent
{
    /// <summary>Where the cluster's own warning is; null when it gave none.</summary>
    public EvidenceId? Warning { get; init; }
}

/// <summary>Measured after the change: the target has room again.</summary>
/// <param name="Before">The last measurement before the first step; null when there was none.</param>
public sealed record ReliefVerified(ConnectionUsage? Before, ConnectionUsage After) : IncidentEvent;

/// <summary>Measured after the change: the target is as full as it was.</summary>
/// <param name="After">Null when nobody can say: the target gave no answer in all that time, or another server answers by now.</param>
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

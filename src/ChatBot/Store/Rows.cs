namespace ChatBot.Store;

/// <summary>What came from outside, stored before it is acknowledged.</summary>
/// <param name="Id">The delivery id: a repeat has the same.</param>
/// <param name="Source">Who delivered it, and so how to read the body.</param>
/// <param name="Body">As received. Forgotten once the row is done.</param>
internal sealed record InboxRow(string Id, string Source, string Body, DateTimeOffset ReceivedAt);

/// <summary>An event to append.</summary>
/// <param name="Type">Its stored name, never a CLR name.</param>
/// <param name="Version">Version of the body's format.</param>
/// <param name="At">Kept to the millisecond.</param>
/// <param name="Body">UTF-8 JSON, hashed and returned byte by byte.</param>
internal sealed record NewEvent(string Type, int Version, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <summary>An event as it is stored.</summary>
/// <param name="Seq">1 for the incident's first event, without gaps.</param>
internal sealed record StoredEvent(
    long Seq,
    string Type,
    int Version,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Body,
    ReadOnlyMemory<byte> PreviousHash,
    ReadOnlyMemory<byte> Hash);

/// <summary>Read model: one line per incident.</summary>
/// <param name="Version">The seq of the newest event in it.</param>
/// <param name="Channel">Where it is shown; null until that is known.</param>
internal sealed record IncidentRow(
    string Id,
    string Target,
    string State,
    bool IsOpen,
    long Version,
    string? Channel,
    DateTimeOffset OpenedAt,
    DateTimeOffset UpdatedAt);

/// <summary>Something to do: an effect, a timer, a Slack message.</summary>
/// <param name="Lane">Rows of one lane run one after the other in the order they were added. Keep timers out: a row
/// that is due tomorrow holds back all behind it.</param>
/// <param name="MergeKey">While a row with this key waits untouched, adding another adds nothing.</param>
/// <param name="Due">Store time from which it may be claimed.</param>
internal sealed record NewWork(
    string Kind,
    string? IncidentId,
    string? Lane,
    string? MergeKey,
    string Body,
    DateTimeOffset Due);

/// <summary>The two halves of all work, so that each can have workers of its own.</summary>
internal enum WorkShare
{
    /// <summary>What has no lane: questions to targets, steps, timers.</summary>
    WithoutLane,

    /// <summary>What has a lane: messages, in their order.</summary>
    InLanes,
}

/// <summary>Work under a lease.</summary>
/// <param name="Seq">Its number, never reused.</param>
/// <param name="ClaimedUntil">Store time at which others may take it.</param>
/// <param name="Fence">Grows with every claim; whoever comes with an older one is refused.</param>
/// <param name="Attempts">How often it was tried and given back.</param>
/// <param name="LastError">Why it was given back last.</param>
internal sealed record WorkItem(
    long Seq,
    string Kind,
    string? IncidentId,
    string? Lane,
    string? MergeKey,
    string Body,
    DateTimeOffset Due,
    DateTimeOffset ClaimedUntil,
    long Fence,
    int Attempts,
    string? LastError);

/// <param name="Bytes">Canonical, as people approve them; what the executor parses.</param>
/// <param name="Hash">SHA-256 of the bytes under their prefix; the store doesn't compute it.</param>
internal sealed record PlanRow(
    string Id,
    string IncidentId,
    ReadOnlyMemory<byte> Bytes,
    ReadOnlyMemory<byte> Hash,
    DateTimeOffset ExpiresAt);

internal sealed record ApprovalRow(string PlanId, string Person, string Decision, DateTimeOffset At);

/// <param name="FinishedAt">Null while it runs.</param>
internal sealed record ExecutionRow(string PlanId, string Target, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>Stored before an effect is sent.</summary>
/// <param name="IdemKey">Names the effect at the target; the same for every attempt.</param>
/// <param name="Fence">Of the work under which the newest attempt was made.</param>
/// <param name="Attempts">1 after the first.</param>
/// <param name="Outcome">Null until known: after a crash, look at the evidence first.</param>
internal sealed record IntentRow(
    string PlanId,
    string Step,
    string IdemKey,
    long Fence,
    int Attempts,
    DateTimeOffset At,
    string? Outcome,
    DateTimeOffset? OutcomeAt);

/// <param name="Body">May hold foreign text.</param>
internal sealed record EvidenceRow(string Id, string IncidentId, string Kind, DateTimeOffset At, string Body);

/// <summary>Where Slack shows a part of an incident.</summary>
/// <param name="Slot">Which part: the card, a step's reply.</param>
/// <param name="Digest">Of what was drawn, so that the same isn't sent twice.</param>
internal sealed record MessageRow(string IncidentId, string Slot, string Channel, string Ts, string Digest);

/// <summary>A step of an incident's page that is somebody's to do.</summary>
internal sealed record NewFollowUp(string IncidentId, string Step, string Target, string OwnerTeam, string OwnerUser, DateTimeOffset Due);

/// <param name="Number">How people name it; never reused.</param>
internal sealed record FollowUpRow(
    long Number,
    string IncidentId,
    string Step,
    string Target,
    string OwnerTeam,
    string OwnerUser,
    DateTimeOffset Due,
    bool IsOpen);

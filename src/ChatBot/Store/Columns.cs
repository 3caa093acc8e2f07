namespace ChatBot.Store;

// Rows as both drivers return them: every integer a long, every time Unix milliseconds. Dapper fills a constructor by exact
// type and by name, hence the aliases.

internal sealed record EventColumns(
    long Seq,
    string Type,
    long Version,
    long At,
    byte[] Body,
    byte[] PreviousHash,
    byte[] Hash)
{
    public const string List =
        """
        seq       as Seq,
        type      as Type,
        version   as Version,
        at        as At,
        body      as Body,
        prev_hash as PreviousHash,
        hash      as Hash
        """;

    public StoredEvent ToEvent() => new(
        Seq,
        Type,
        (int)Version,
        UnixTime.Read(At),
        Body,
        PreviousHash,
        Hash);
}

internal sealed record IncidentColumns(
    string Id,
    string Target,
    string State,
    long IsOpen,
    long Version,
    string? Channel,
    long OpenedAt,
    long UpdatedAt)
{
    public const string List =
        """
        id         as Id,
        target     as Target,
        state      as State,
        is_open    as IsOpen,
        version    as Version,
        channel    as Channel,
        opened_at  as OpenedAt,
        updated_at as UpdatedAt
        """;

    public IncidentRow ToRow() => new(
        Id,
        Target,
        State,
        IsOpen == 1,
        Version,
        Channel,
        UnixTime.Read(OpenedAt),
        UnixTime.Read(UpdatedAt));
}

internal sealed record InboxColumns(
    string Id,
    string Source,
    string Body,
    long ReceivedAt)
{
    public const string List =
        """
        id          as Id,
        source      as Source,
        body        as Body,
        received_at as ReceivedAt
        """;

    public InboxRow ToRow() => new(
        Id,
        Source,
        Body,
        UnixTime.Read(ReceivedAt));
}

internal sealed record WorkColumns(
    long Seq,
    string Kind,
    string? IncidentId,
    string? Lane,
    string? MergeKey,
    string Body,
    long Due,
    long ClaimedUntil,
    long Fence,
    long Attempts,
    string? LastError)
{
    public const string List =
        """
        seq           as Seq,
        kind          as Kind,
        incident_id   as IncidentId,
        lane          as Lane,
        merge_key     as MergeKey,
        body          as Body,
        due           as Due,
        claimed_until as ClaimedUntil,
        fence         as Fence,
        attempts      as Attempts,
        last_error    as LastError
        """;

    public WorkItem ToItem() => new(
        Seq,
        Kind,
        IncidentId,
        Lane,
        MergeKey,
        Body,
        UnixTime.Read(Due),
        UnixTime.Read(ClaimedUntil),
        Fence,
        (int)Attempts,
        LastError);
}

internal sealed record PlanColumns(
    string Id,
    string IncidentId,
    byte[] Bytes,
    byte[] Hash,
    long ExpiresAt)
{
    public const string List =
        """
        id          as Id,
        incident_id as IncidentId,
        bytes       as Bytes,
        hash        as Hash,
        expires_at  as ExpiresAt
        """;

    public PlanRow ToRow() => new(
        Id,
        IncidentId,
        Bytes,
        Hash,
        UnixTime.Read(ExpiresAt));
}

internal sealed record ApprovalColumns(
    string PlanId,
    string Person,
    string Decision,
    long At)
{
    public const string List =
        """
        plan_id  as PlanId,
        person   as Person,
        decision as Decision,
        at       as At
        """;

    public ApprovalRow ToRow() => new(
        PlanId,
        Person,
        Decision,
        UnixTime.Read(At));
}

internal sealed record ExecutionColumns(
    string PlanId,
    string Target,
    long StartedAt,
    long? FinishedAt)
{
    public const string List =
        """
        plan_id     as PlanId,
        target      as Target,
        started_at  as StartedAt,
        finished_at as FinishedAt
        """;

    public ExecutionRow ToRow() => new(
        PlanId,
        Target,
        UnixTime.Read(StartedAt),
        UnixTime.Read(FinishedAt));
}

internal sealed record IntentColumns(
    string PlanId,
    string Step,
    string IdemKey,
    long Fence,
    long Attempts,
    long At,
    string? Outcome,
    long? OutcomeAt)
{
    public const string List =
        """
        plan_id    as PlanId,
        step       as Step,
        idem_key   as IdemKey,
        fence      as Fence,
        attempts   as Attempts,
        at         as At,
        outcome    as Outcome,
        outcome_at as OutcomeAt
        """;

    public IntentRow ToRow() => new(
        PlanId,
        Step,
        IdemKey,
        Fence,
        (int)Attempts,
        UnixTime.Read(At),
        Outcome,
        UnixTime.Read(OutcomeAt));
}

internal sealed record EvidenceColumns(
    string Id,
    string IncidentId,
    string Kind,
    long At,
    string Body)
{
    public const string List =
        """
        id          as Id,
        incident_id as IncidentId,
        kind        as Kind,
        at          as At,
        body        as Body
        """;

    public EvidenceRow ToRow() => new(
        Id,
        IncidentId,
        Kind,
        UnixTime.Read(At),
        Body);
}

internal static class UnixTime
{
    public static DateTimeOffset Read(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Read(long? milliseconds) => milliseconds is { } known ? Read(known) : null;
}

internal sealed record FollowUpColumns(
    long Number,
    string IncidentId,
    string Step,
    string Target,
    string OwnerTeam,
    string OwnerUser,
    long Due,
    long IsOpen)
{
    public const string List =
        """
        number      as Number,
        incident_id as IncidentId,
        step        as Step,
        target      as Target,
        owner_team  as OwnerTeam,
        owner_user  as OwnerUser,
        due         as Due,
        is_open     as IsOpen
        """;

    public FollowUpRow ToRow() => new(Number, IncidentId, Step, Target, OwnerTeam, OwnerUser, UnixTime.Read(Due), IsOpen == 1);
}

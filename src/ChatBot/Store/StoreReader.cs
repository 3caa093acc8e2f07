namespace ChatBot.Store;

/// <summary>The questions, asked in one consistent picture or inside a writing transaction.</summary>
internal class StoreReader(StoreSession session)
{
    /// <summary>Events fetched at a time.</summary>
    private const int Page = 500;

    protected StoreSession Session => session;

    /// <summary>What was answered to a command that was seen before; null when it wasn't.</summary>
    public Task<string?> FindAnswerAsync(string commandId) =>
        session.FindAsync<string>("select answer from commands where id = @commandId", new { commandId });

    /// <summary>An incident's events in order.</summary>
    /// <param name="afterSeq">0 for all.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(string incidentId, long afterSeq)
    {
        var events = await session.QueryAsync<EventColumns>(
            $"select {EventColumns.List} from events where incident_id = @incidentId and seq > @afterSeq order by seq",
            new { incidentId, afterSeq });
        return [.. events.Select(e => e.ToEvent())];
    }

    /// <summary>The same in bounded memory, however long the log is.</summary>
    public async IAsyncEnumerable<StoredEvent> StreamEventsAsync(string incidentId)
    {
        for (var last = 0L; ;)
        {
            var events = await session.QueryAsync<EventColumns>(
                $"""
                select {EventColumns.List}
                  from events
                 where incident_id = @incidentId
                   and seq > @last
                 order by seq
                 limit {Page}
                """,
                new { incidentId, last });

            foreach (var e in events)
            {
                yield return e.ToEvent();
            }

            if (events.Count < Page)
            {
                yield break;
            }

            last = events[^1].Seq;
        }
    }

    /// <summary>When an incident last changed; null when there is none.</summary>
    public async Task<DateTimeOffset?> NewestChangeAsync() =>
        await session.FindAsync<long?>("select max(updated_at) from incidents") is { } newest ? UnixTime.Read(newest) : null;

    /// <summary>Null when there is no such incident.</summary>
    public Task<IncidentRow?> FindIncidentAsync(string id) => IncidentAsync("where id = @id", new { id });

    /// <summary>The one open incident of a target; null when none is.</summary>
    public Task<IncidentRow?> FindOpenIncidentAsync(string target) =>
        IncidentAsync("where target = @target and is_open = 1", new { target });

    /// <summary>All open incidents, oldest first.</summary>
    public async Task<IReadOnlyList<IncidentRow>> ReadOpenIncidentsAsync()
    {
        var rows = await session.QueryAsync<IncidentColumns>(
            $"select {IncidentColumns.List} from incidents where is_open = 1 order by opened_at, id");
        return [.. rows.Select(row => row.ToRow())];
    }

    /// <summary>The newest incidents, open or not, newest first.</summary>
    public async Task<IReadOnlyList<IncidentRow>> ReadLatestIncidentsAsync(int limit)
    {
        var rows = await session.QueryAsync<IncidentColumns>(
            $"select {IncidentColumns.List} from incidents order by opened_at desc, id desc limit @limit",
            new { limit });
        return [.. rows.Select(row => row.ToRow())];
    }

    /// <summary>The target's newest incident, open or not; null when it never had one.</summary>
    public Task<IncidentRow?> FindLatestIncidentAsync(string target) =>
        IncidentAsync("where target = @target order by opened_at desc, id desc limit 1", new { target });

    /// <summary>The incident that a person means; null when there is none.</summary>
    /// <param name="name">As typed, in whatever case: an incident's 32 hex digits; else a target, for its open incident, or else its last.</param>
    public async Task<IncidentRow?> FindNamedIncidentAsync(string name)
    {
        if (Guid.TryParseExact(name, "N", out var id))
        {
            return await FindIncidentAsync(id.ToString("N"));
        }

        var target = name.ToLowerInvariant(); // names of targets have no capitals
        return await FindOpenIncidentAsync(target) ?? await FindLatestIncidentAsync(target);
    }

    /// <summary>What was received and isn't done, oldest first.</summary>
    public async Task<IReadOnlyList<InboxRow>> PendingInboxAsync(int limit)
    {
        var rows = await session.QueryAsync<InboxColumns>(
            $"select {InboxColumns.List} from inbox where done_at is null order by seq limit @limit",
            new { limit });
        return [.. rows.Select(row => row.ToRow())];
    }

    /// <summary>Null when there is no such plan.</summary>
    public async Task<PlanRow?> ReadPlanAsync(string id) =>
        (await session.FindAsync<PlanColumns>($"select {PlanColumns.List} from plans where id = @id", new { id }))?.ToRow();

    /// <summary>Everybody's decision on a plan, in the order they came.</summary>
    public async Task<IReadOnlyList<ApprovalRow>> ReadApprovalsAsync(string planId)
    {
        var rows = await session.QueryAsync<ApprovalColumns>(
            $"select {ApprovalColumns.List} from approvals where plan_id = @planId order by at, person",
            new { planId });
        return [.. rows.Select(row => row.ToRow())];
    }

    /// <summary>Null when the plan was never executed.</summary>
    public Task<ExecutionRow?> FindExecutionAsync(string planId) => ExecutionAsync("where plan_id = @planId", new { planId });

    /// <summary>What is being changed at a target right now; null when nothing is.</summary>
    public Task<ExecutionRow?> FindUnfinishedExecutionAsync(string target) =>
        ExecutionAsync("where target = @target and finished_at is null", new { target });

    /// <summary>A plan's intents in the order they were made, those with an outcome too.</summary>
    public Task<IReadOnlyList<IntentRow>> ReadIntentsAsync(string planId) =>
        IntentsAsync("where plan_id = @planId", new { planId });

    /// <summary>Every intent whose outcome isn't known: what a crash may have left.</summary>
    public Task<IReadOnlyList<IntentRow>> ReadOpenIntentsAsync() => IntentsAsync("where outcome is null", null);

    /// <summary>Null when it was never there, or was erased.</summary>
    public async Task<EvidenceRow?> ReadEvidenceAsync(string id) =>
        (await session.FindAsync<EvidenceColumns>(
            $"select {EvidenceColumns.List} from evidence where id = @id",
            new { id }))?.ToRow();

    /// <summary>The bytes of a page that an incident follows; null when it was never stored.</summary>
    /// <param name="hash">SHA-256 of the bytes, in hex.</param>
    public Task<byte[]?> FindPageAsync(string hash) => session.FindAsync<byte[]>("select bytes from pages where hash = @hash", new { hash });

    /// <summary>What is left to do, the most urgent first.</summary>
    /// <param name="target">Null for all targets.</param>
    public async Task<IReadOnlyList<FollowUpRow>> ReadOpenFollowUpsAsync(string? target, int limit)
    {
        var rows = await session.QueryAsync<FollowUpColumns>(
            $"""
            select {FollowUpColumns.List}
              from followups
             where is_open = 1
               and (@target is null or target = @target)
             order by due, number
             limit @limit
            """,
            new { target, limit });
        return [.. rows.Select(row => row.ToRow())];
    }

    /// <summary>Null when there is no follow-up of this number.</summary>
    public async Task<FollowUpRow?> FindFollowUpAsync(long number) =>
        (await session.FindAsync<FollowUpColumns>($"select {FollowUpColumns.List} from followups where number = @number", new { number }))?.ToRow();

    /// <summary>The follow-ups of one incident, by step; those that are closed too.</summary>
    public async Task<IReadOnlyDictionary<string, FollowUpRow>> ReadFollowUpsOfAsync(string incidentId)
    {
        var rows = await session.QueryAsync<FollowUpColumns>(
            $"select {FollowUpColumns.List} from followups where incident_id = @incidentId",
            new { incidentId });
        return rows.ToDictionary(row => row.Step, row => row.ToRow(), StringComparer.Ordinal);
    }

    /// <summary>The one open incident of a channel; null when there is none, or more than one.</summary>
    public async Task<IncidentRow?> FindOnlyIncidentInAsync(string channel)
    {
        var rows = await session.QueryAsync<IncidentColumns>(
            $"select {IncidentColumns.List} from incidents where channel = @channel and is_open = 1 limit 2",
            new { channel });
        return rows is [var only] ? only.ToRow() : null;
    }

    /// <summary>There is work under this merge key that isn't done.</summary>
    public async Task<bool> IsWaitingAsync(string mergeKey) =>
        await session.FindAsync<long>("select count(*) from work where merge_key = @mergeKey", new { mergeKey }) > 0;

    /// <summary>Null while that part isn't posted.</summary>
    public Task<MessageRow?> FindMessageAsync(string incidentId, string slot) => session.FindAsync<MessageRow>(
        """
        select incident_id as IncidentId,
               slot        as Slot,
               channel     as Channel,
               ts          as Ts,
               digest      as Digest
          from messages
         where incident_id = @incidentId
           and slot = @slot
        """,
        new { incidentId, slot });

    private protected async Task<IncidentRow?> IncidentAsync(string where, object values) =>
        (await session.FindAsync<IncidentColumns>($"select {IncidentColumns.List} from incidents {where}", values))?.ToRow();

    private async Task<ExecutionRow?> ExecutionAsync(string where, object values) =>
        (await session.FindAsync<ExecutionColumns>($"select {ExecutionColumns.List} from executions {where}", values))?.ToRow();

    private async Task<IReadOnlyList<IntentRow>> IntentsAsync(string where, object? values)
    {
        var rows = await session.QueryAsync<IntentColumns>(
            $"select {IntentColumns.List} from intents {where} order by at, plan_id, step",
            values);
        return [.. rows.Select(row => row.ToRow())];
    }
}

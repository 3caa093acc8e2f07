namespace ChatBot.Store;

/// <summary>What one transaction may change. Everything in it is stored together, or nothing is.</summary>
internal sealed partial class StoreTransaction : StoreReader
{
    private readonly StoreDatabase _database;
    private readonly StoreClock _clock;

    internal StoreTransaction(StoreSession session, StoreDatabase database, StoreClock clock)
        : base(session)
    {
        _database = database;
        _clock = clock;
    }

    /// <summary>The store's time, in whole milliseconds: when the transaction began, or had locked the incident.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether the commit gives somebody something to do.</summary>
    internal bool BroughtWork { get; private set; }

    private long NowMilliseconds => Now.ToUnixTimeMilliseconds();

    /// <summary>Stores a command's answer. A second command of this id makes the body run again, and find the answer.</summary>
    public Task AddCommandAsync(string commandId, string? incidentId, string kind, string answer) => Session.ExecuteAsync(
        """
        insert into commands (id, incident_id, kind, answer, at)
        values (@commandId, @incidentId, @kind, @answer, @at)
        """,
        new { commandId, incidentId, kind, answer, at = NowMilliseconds });

    /// <summary>Holds back every other transaction on this incident until this one ends.</summary>
    /// <returns>The incident as it is now; null when there is none.</returns>
    public async Task<IncidentRow?> LockIncidentAsync(string id)
    {
        var incident = await IncidentAsync($"where id = @id {_database.RowLock}", new { id });
        await ReadClockAsync(); // the lock may have taken its time
        return incident;
    }

    /// <summary>Appends to an incident's log.</summary>
    /// <param name="expectedVersion">Seq of the newest event that the decision knew; 0 for a new incident.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="StoreConflictException">The incident has moved on.</exception>
    public async Task<long> AppendAsync(string incidentId, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        var newest = await Session.FindAsync<ChainHead>(
            "select seq as Seq, hash as Hash from events where incident_id = @incidentId order by seq desc limit 1",
            new { incidentId }) ?? new ChainHead(0, EventChain.Genesis(incidentId));
        if (newest.Seq != expectedVersion)
        {
            throw new StoreConflictException(
                $"Incident {incidentId} is at version {newest.Seq}, not {expectedVersion}: something else happened first.");
        }

        foreach (var e in events)
        {
            var seq = newest.Seq + 1;
            var hash = EventChain.Hash(incidentId, seq, e.Type, e.Version, e.At, e.Body.Span, newest.Hash);
            await Session.ExecuteAsync(
                """
                insert into events (incident_id, seq, type, version, at, body, prev_hash, hash)
                values (@incidentId, @seq, @Type, @version, @at, @body, @previous, @hash)
                """,
                new
                {
                    incidentId,
                    seq,
                    e.Type,
                    version = (long)e.Version,
                    at = e.At.ToUnixTimeMilliseconds(),
                    body = e.Body.ToArray(),
                    previous = newest.Hash,
                    hash,
                });
            newest = new ChainHead(seq, hash);
        }

        return newest.Seq;
    }

    /// <summary>Writes the read model. A second open incident on a target makes the body run again, and find the first.</summary>
    public Task SaveIncidentAsync(IncidentRow incident) => Session.ExecuteAsync(
        """
        insert into incidents (id, target, state, is_open, version, channel, opened_at, updated_at)
        values (@Id, @Target, @State, @isOpen, @Version, @Channel, @openedAt, @updatedAt)
        on conflict (id) do update
           set target = excluded.target,
               state = excluded.state,
               is_open = excluded.is_open,
               version = excluded.version,
               channel = excluded.channel,
               opened_at = excluded.opened_at,
               updated_at = excluded.updated_at
        """,
        new
        {
            incident.Id,
            incident.Target,
            incident.State,
            isOpen = incident.IsOpen ? 1L : 0L,
            incident.Version,
            incident.Channel,
            openedAt = incident.OpenedAt.ToUnixTimeMilliseconds(),
            updatedAt = incident.UpdatedAt.ToUnixTimeMilliseconds(),
        });

    /// <summary>Stores what a probe saw.</summary>
    /// <returns>False when evidence of this id is there already; then nothing changes.</returns>
    public async Task<bool> AddEvidenceAsync(EvidenceRow evidence) => await Session.ExecuteAsync(
        """
        insert into evidence (id, incident_id, kind, at, body)
        values (@Id, @IncidentId, @Kind, @at, @Body)
        on conflict (id) do nothing
        """,
        new { evidence.Id, evidence.IncidentId, evidence.Kind, at = evidence.At.ToUnixTimeMilliseconds(), evidence.Body }) == 1;

    /// <summary>Marks a delivery done and forgets its body; its id goes on refusing repeats.</summary>
    /// <returns>False when it was done already: another replica was faster, so leave it.</returns>
    public async Task<bool> CompleteInboxAsync(string id) => await Session.ExecuteAsync(
        "update inbox set done_at = @at, body = '' where id = @id and done_at is null",
        new { id, at = NowMilliseconds }) == 1;

    /// <summary>Remembers where a part of the incident is shown.</summary>
    public Task SaveMessageAsync(MessageRow message) => Session.ExecuteAsync(
        """
        insert into messages (incident_id, slot, channel, ts, digest)
        values (@IncidentId, @Slot, @Channel, @Ts, @Digest)
        on conflict (incident_id, slot) do update
           set channel = excluded.channel,
               ts = excluded.ts,
               digest = excluded.digest
        """,
        message);

    internal async Task ReadClockAsync()
    {
        Now = UnixTime.Read(await Session.FindAsync<long>(
            $"select {_database.Now}",
            new { now = _clock.Now.ToUnixTimeMilliseconds() }));
    }

    private sealed record ChainHead(long Seq, byte[] Hash);
}

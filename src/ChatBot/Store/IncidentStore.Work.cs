namespace ChatBot.Store;

/// <content>What comes in and what is to be done.</content>
internal sealed partial class IncidentStore
{
    /// <summary>Stores a delivery; acknowledge it after this, whatever it returns.</summary>
    /// <returns>False when it was seen before; then nothing changes.</returns>
    /// <exception cref="StoreUnavailableException">Don't acknowledge: it may not be stored.</exception>
    public async Task<bool> ReceiveAsync(InboxRow row, CancellationToken cancellationToken)
    {
        var isNew = await TryAsync(() => _receipts.StoreAsync(row, cancellationToken), cancellationToken);
        if (isNew)
        {
            _arrivals.Raise();
        }

        return isNew;
    }

    /// <summary>What was received and isn't done, oldest first. Another replica may be at it too.</summary>
    /// <remarks>Start the transaction that acts on one with <see cref="StoreTransaction.CompleteInboxAsync"/>.</remarks>
    public Task<IReadOnlyList<InboxRow>> PendingInboxAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync((reader, _) => reader.PendingInboxAsync(limit), cancellationToken);

    /// <summary>Takes due work that nobody holds, oldest first, and of each lane its first row only.</summary>
    /// <param name="lease">How long others keep off. Renew it when the work takes longer.</param>
    public Task<IReadOnlyList<WorkItem>> ClaimAsync(int limit, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync("1 = 1", limit, lease, cancellationToken);

    /// <summary>The same, of one half of the work.</summary>
    public Task<IReadOnlyList<WorkItem>> ClaimAsync(WorkShare share, int limit, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync(share is WorkShare.InLanes ? "candidate.lane is not null" : "candidate.lane is null", limit, lease, cancellationToken);

    private async Task<IReadOnlyList<WorkItem>> ClaimAsync(string which, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claimed = await StatementAsync(
            session => session.QueryAsync<WorkColumns>(
                $"""
                with ready as materialized (
                    select candidate.seq
                      from work candidate
                     where candidate.due <= {_database.Now}
                       and candidate.claimed_until <= {_database.Now}
                       and {which}
                       and (candidate.lane is null
                            or not exists (select 1
                                             from work earlier
                                            where earlier.lane = candidate.lane
                                              and earlier.seq < candidate.seq))
                     order by candidate.due, candidate.seq
                     limit @limit
                     {_database.SkipLocked}
                )
                update work
                   set claimed_until = {_database.Now} + @lease,
                       fence = fence + 1
                 where seq in (select seq from ready)
                returning {WorkColumns.List}
                """,
                new { limit, lease = Milliseconds(lease), now = NowMilliseconds }),
            cancellationToken);

        return [.. claimed.OrderBy(work => work.Due).ThenBy(work => work.Seq).Select(work => work.ToItem())];
    }

    /// <summary>Keeps others off for longer.</summary>
    /// <exception cref="LeaseLostException">Too late: stop working on it.</exception>
    public async Task RenewAsync(WorkItem item, TimeSpan lease, CancellationToken cancellationToken)
    {
        var held = await StatementAsync(
            session => session.ExecuteAsync(
                $"update work set claimed_until = {_database.Now} + @lease where seq = @Seq and fence = @Fence",
                new { item.Seq, item.Fence, lease = Milliseconds(lease), now = NowMilliseconds }),
            cancellationToken);

        ThrowUnless(held == 1, item);
    }

    /// <summary>Gives work back to be tried again.</summary>
    /// <param name="pause">From now on, by the store's time: the replica's own clock may be wrong.</param>
    /// <param name="why">In our words: foreign text belongs into evidence. At most 500 characters are kept.</param>
    /// <exception cref="LeaseLostException">Somebody else holds it by now; it stays theirs.</exception>
    public async Task RetryAsync(WorkItem item, TimeSpan pause, string why, CancellationToken cancellationToken)
    {
        var held = await StatementAsync(
            session => session.ExecuteAsync(
                $"""
                update work
                   set attempts = attempts + 1,
                       due = {_database.Now} + @pause,
                       claimed_until = 0,
                       last_error = @why
                 where seq = @Seq
                   and fence = @Fence
                """,
                new
                {
                    item.Seq,
                    item.Fence,
                    pause = Milliseconds(pause),
                    now = NowMilliseconds,
                    why = why.Length > 500 ? why[..500] : why,
                }),
            cancellationToken);

        ThrowUnless(held == 1, item);
        _arrivals.Raise();
    }

    /// <summary>
    /// Frees what a predecessor held when it died. Only where this process has the store for itself: on PostgreSQL, where
    /// another replica may be alive, it does nothing and their leases run out.
    /// </summary>
    public async Task ReleaseAllClaimsAsync(CancellationToken cancellationToken)
    {
        if (!_database.IsShared)
        {
            await StatementAsync(
                session => session.ExecuteAsync("update work set claimed_until = 0, fence = fence + 1 where claimed_until > 0"),
                cancellationToken);
            _arrivals.Raise();
        }
    }

    /// <summary>Grows whenever a commit of this process brought something to do.</summary>
    public long Arrivals => _arrivals.Count;

    /// <summary>For a program with several loops: read <see cref="Arrivals"/>, look for work, then wait from there.</summary>
    /// <param name="since">Returns at once when something came since this reading.</param>
    /// <param name="atMost">Timers that become due and other replicas' work raise nothing: look again after this.</param>
    public Task WaitForWorkAsync(long since, TimeSpan atMost, CancellationToken cancellationToken) =>
        _arrivals.WaitAsync(since, atMost, cancellationToken);

    /// <summary>For a program with one loop: also returns at once when something came since it last returned.</summary>
    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _arrivals.WaitAsync(atMost, cancellationToken);

    private long NowMilliseconds => _clock.Now.ToUnixTimeMilliseconds();

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static void ThrowUnless(bool held, WorkItem item)
    {
        if (!held)
        {
            throw new LeaseLostException(item);
        }
    }

    private Task<T> StatementAsync<T>(Func<StoreSession, Task<T>> statement, CancellationToken cancellationToken) =>
        TryAsync(
            async () =>
            {
                await using var session = await _database.OpenAsync(cancellationToken);
                return await statement(session);
            },
            cancellationToken);
}

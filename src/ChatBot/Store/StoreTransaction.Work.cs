namespace ChatBot.Store;

/// <content>Work that a decision causes, and its end.</content>
internal sealed partial class StoreTransaction
{
    /// <summary>Adds work, or lets it merge into work that waits untouched under the same merge key.</summary>
    /// <remarks>
    /// Of merged work the earlier due time counts, but work that was tried and is backing off keeps its time: Slack's
    /// Retry-After isn't ours to shorten.
    /// </remarks>
    /// <returns>False when it merged.</returns>
    public async Task<bool> AddWorkAsync(NewWork work)
    {
        // Numbers are given out before they are committed: without this a later row of the lane could be seen, and run, first.
        if (work.Lane is not null)
        {
            await _database.LockNameAsync(Session, "lane " + work.Lane);
        }

        var due = work.Due.ToUnixTimeMilliseconds();
        BroughtWork |= due <= NowMilliseconds;

        if (work.MergeKey is not null && await MergeAsync(work.MergeKey, due))
        {
            return false;
        }

        await Session.ExecuteAsync(
            """
            insert into work (kind, incident_id, lane, merge_key, body, due)
            values (@Kind, @IncidentId, @Lane, @MergeKey, @Body, @due)
            """,
            new { work.Kind, work.IncidentId, work.Lane, work.MergeKey, work.Body, due });
        return true;
    }

    /// <summary>Checks that the work is still ours, and keeps it ours until this transaction ends.</summary>
    /// <exception cref="LeaseLostException">It isn't.</exception>
    public async Task EnsureHeldAsync(WorkItem item)
    {
        var fence = await Session.FindAsync<long?>(
            $"select fence from work where seq = @Seq {_database.RowLock}",
            new { item.Seq });
        if (fence != item.Fence)
        {
            throw new LeaseLostException(item);
        }
    }

    /// <summary>Deletes work that is done, together with what it brought about.</summary>
    /// <exception cref="LeaseLostException">Somebody else holds it or has done it: roll back.</exception>
    public async Task CompleteWorkAsync(WorkItem item)
    {
        if (await Session.ExecuteAsync("delete from work where seq = @Seq and fence = @Fence", new { item.Seq, item.Fence }) != 1)
        {
            throw new LeaseLostException(item);
        }

        BroughtWork |= item.Lane is not null; // the next of its lane may go
    }

    private async Task<bool> MergeAsync(string mergeKey, long due)
    {
        await _database.LockNameAsync(Session, "merge " + mergeKey);

        return await Session.ExecuteAsync(
            """
            update work
               set due = case when attempts = 0 and due > @due then @due else due end
             where merge_key = @mergeKey
               and claimed_until = 0
            """,
            new { mergeKey, due }) > 0;
    }
}

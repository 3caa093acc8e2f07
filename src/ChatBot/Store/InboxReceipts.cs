using System.Collections.Concurrent;

namespace ChatBot.Store;

/// <summary>Stores deliveries: those that wait for the one writer together go to the disk together.</summary>
/// <remarks>
/// An fsync takes as long for twenty rows as for one, and Slack waits for each of them. PostgreSQL's server does the like itself,
/// so there every delivery is a statement of its own.
/// </remarks>
internal sealed class InboxReceipts(StoreDatabase database)
{
    /// <summary>Rows in one transaction at most.</summary>
    private const int Most = 100;

    private readonly ConcurrentQueue<Receipt> _waiting = new();
    private int _storing;

    /// <returns>False when the delivery was seen before.</returns>
    public async Task<bool> StoreAsync(InboxRow row, CancellationToken cancellationToken)
    {
        if (database.IsShared)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await InsertAsync(session, row);
        }

        var mine = new Receipt(row);
        _waiting.Enqueue(mine);
        if (Interlocked.Exchange(ref _storing, 1) == 0)
        {
            _ = Task.Run(StoreAllAsync, CancellationToken.None); // never throws: what goes wrong reaches those who wait
        }

        return await mine.Stored.Task.WaitAsync(cancellationToken);
    }

    private async Task StoreAllAsync()
    {
        do
        {
            while (!_waiting.IsEmpty)
            {
                await StoreGroupAsync();
            }

            Volatile.Write(ref _storing, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _storing, 1) == 0); // one came between the look and the end
    }

    private async Task StoreGroupAsync()
    {
        var group = new List<Receipt>();
        try
        {
            await using var session = await database.BeginFirstAsync(CancellationToken.None);
            Take(group); // after the wait for the writer's turn, when all who are going to wait for it are here
            var stored = new List<bool>(group.Count);
            foreach (var receipt in group)
            {
                stored.Add(await InsertAsync(session, receipt.Row));
            }

            await session.CommitAsync();
            foreach (var (receipt, isNew) in group.Zip(stored))
            {
                receipt.Stored.TrySetResult(isNew);
            }
        }
        catch (Exception error)
        {
            Take(group);
            foreach (var receipt in group)
            {
                receipt.Stored.TrySetException(error); // each of them knows what to do about it
            }
        }
    }

    private void Take(List<Receipt> group)
    {
        while (group.Count < Most && _waiting.TryDequeue(out var receipt))
        {
            group.Add(receipt);
        }
    }

    private static async Task<bool> InsertAsync(StoreSession session, InboxRow row) => await session.ExecuteAsync(
        """
        insert into inbox (id, source, body, received_at)
        values (@Id, @Source, @Body, @receivedAt)
        on conflict (id) do nothing
        """,
        new { row.Id, row.Source, row.Body, receivedAt = row.ReceivedAt.ToUnixTimeMilliseconds() }) == 1;

    private sealed record Receipt(InboxRow Row)
    {
        public TaskCompletionSource<bool> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

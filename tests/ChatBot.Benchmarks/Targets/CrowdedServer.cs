using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using ChatBot.Databases;

namespace ChatBot.Benchmarks.Targets;

/// <summary>
/// A real server with a crowd on it: one session holds a lock, some wait for it, as many idle in a transaction, the others
/// are idle after a statement. And the bot's own warm connection, as the shipped manifest lets it in.
/// </summary>
internal abstract class CrowdedServer : IAsyncDisposable
{
    /// <summary>Less free memory than this, and no more sessions are opened: 2 GB.</summary>
    private const long MemoryLeft = 2_000_000;

    /// <summary>Logins at a time. A server starts a process or a thread for each.</summary>
    private const int Openers = 8;

    /// <summary>Applications that the sessions belong to: each has pods, and a statement or two.</summary>
    private const int Applications = 100;

    private readonly ConcurrentBag<DbConnection> _sessions = [];
    private readonly ConcurrentBag<Task> _waiting = [];
    private string? _thread;

    /// <summary>What the crowd could not be made bigger for; null when it is as big as wanted.</summary>
    public string? StoppedBy { get; private set; }

    public int Sessions => _sessions.Count;

    /// <summary>The bot.</summary>
    public abstract ITargetServer Bot { get; }

    /// <summary>The runbook's own question, over the bot's connection: what to compare with.</summary>
    public abstract Task CountRowsAsync(CancellationToken cancellationToken);

    /// <summary>What the process or thread that serves the bot has spent on a core so far, in ms; null when it is another one by now.</summary>
    public double? CoreTime()
    {
        try
        {
            // Nanoseconds on a core, nanoseconds in the queue, turns: Documentation/scheduler/sched-stats.rst of the kernel.
            return double.Parse(File.ReadAllText($"{_thread}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        await Task.WhenAll(_waiting).ContinueWith(_ => { }, TaskScheduler.Default); // the server is gone, and so is what they waited for
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }
    }

    /// <param name="application">What the session calls itself.</param>
    protected abstract Task<DbConnection> OpenAsync(string application, CancellationToken cancellationToken);

    /// <summary>The folder in <c>/proc</c> of what serves the bot.</summary>
    protected abstract Task<string> FindThreadAsync(CancellationToken cancellationToken);

    /// <summary>The server and the bot.</summary>
    protected abstract Task StopAsync();

    /// <param name="waiters">How many of the sessions wait for one lock; as many idle in a transaction.</param>
    protected async Task FillAsync(int sessions, int waiters, CancellationToken cancellationToken)
    {
        await JoinAsync("holder", "begin; update stock set quantity = 9 where id = 1", cancellationToken);
        using var full = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(1, sessions - 1),
                new ParallelOptions { MaxDegreeOfParallelism = Openers, CancellationToken = full.Token },
                async (n, token) =>
                {
                    if (n % Applications == 0 && await MemoryAsync(token) < MemoryLeft)
                    {
                        StoppedBy ??= "memory";
                        await full.CancelAsync();
                        return;
                    }

                    await JoinAsync(n, waiters, token);
                });
        }
        catch (DbException refused)
        {
            StoppedBy ??= refused.Message;
        }
        catch (OperationCanceledException) when (StoppedBy is not null)
        {
            // As many as can be had.
        }

        // The lock's queue is complete when the server says so.
        while ((await Bot.CountAsync(cancellationToken)).WaitingForLock < _waiting.Count)
        {
            await Task.Delay(200, cancellationToken);
        }

        _thread = await FindThreadAsync(cancellationToken);
    }

    private async Task JoinAsync(int n, int waiters, CancellationToken cancellationToken)
    {
        var application = string.Create(CultureInfo.InvariantCulture, $"service-{n % Applications:00}");
        if (n <= waiters)
        {
            var session = await OpenAsync(application, cancellationToken);
            _sessions.Add(session);
            _waiting.Add(RunAsync(session, $"update stock set quantity = {n} where id = 1", CancellationToken.None));
            return;
        }

        await JoinAsync(application, n <= 2 * waiters ? $"begin; {Statement(n)}" : Statement(n), cancellationToken);
    }

    private async Task JoinAsync(string application, string statement, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(application, cancellationToken);
        _sessions.Add(session);
        await RunAsync(session, statement, cancellationToken);
    }

    /// <summary>Of some 400 characters, with values of its own in it, as a mapper writes them.</summary>
    private static string Statement(int n) =>
        $"select {string.Join(", ", Enumerable.Range(1, 12).Select(column => $"s.quantity + {n + column} as column_{column}"))} from stock s where s.id = {n} or s.id = 2";

    private static async Task RunAsync(DbConnection session, string statement, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand();
        command.CommandText = statement;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Free, or easily made so; in kB.</summary>
    private static async Task<long> MemoryAsync(CancellationToken cancellationToken) =>
        long.Parse(
            (await File.ReadAllLinesAsync("/proc/meminfo", cancellationToken)).First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)).Split(' ')[^2],
            CultureInfo.InvariantCulture);
}

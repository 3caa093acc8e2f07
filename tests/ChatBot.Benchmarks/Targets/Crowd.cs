using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;

namespace ChatBot.Benchmarks.Targets;

/// <summary>A question that the bot puts to a target.</summary>
/// <param name="Name">What it tells, and when it is asked.</param>
internal sealed record Question(string Name, Func<CancellationToken, Task> AskAsync);

/// <summary>Something real with a crowd of clients on it, and the bot that asks it.</summary>
internal abstract class Crowd : IAsyncDisposable
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

    /// <summary>All that the bot asks. The first one is what to compare with.</summary>
    public abstract IEnumerable<Question> Questions { get; }

    /// <summary>Those that were sent a statement which gets no answer.</summary>
    protected int Waiting => _waiting.Count;

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

    /// <summary>Whether all that were sent a statement which gets no answer are seen to wait.</summary>
    protected abstract Task<bool> SeesWaitingAsync(CancellationToken cancellationToken);

    /// <summary>The server and the bot.</summary>
    protected abstract Task StopAsync();

    /// <param name="sessions">How many there are in the end.</param>
    /// <param name="join">Opens one of them, given its number.</param>
    protected async Task FillAsync(int sessions, Func<int, CancellationToken, Task> join, CancellationToken cancellationToken)
    {
        using var full = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(1, sessions - Sessions),
                new ParallelOptions { MaxDegreeOfParallelism = Openers, CancellationToken = full.Token },
                async (n, token) =>
                {
                    if (n % Applications == 0 && await MemoryAsync(token) < MemoryLeft)
                    {
                        StoppedBy ??= "memory";
                        await full.CancelAsync();
                        return;
                    }

                    await join(n, token);
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

        _thread = await FindThreadAsync(cancellationToken);
    }

    protected async Task UntilTheyWaitAsync(CancellationToken cancellationToken)
    {
        while (!await SeesWaitingAsync(cancellationToken))
        {
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Opens a session that has done a statement and does nothing now.</summary>
    protected async Task<DbConnection> JoinAsync(string application, string statement, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(application, cancellationToken);
        _sessions.Add(session);
        await RunAsync(session, statement, cancellationToken);
        return session;
    }

    /// <summary>Opens a session whose statement gets no answer.</summary>
    protected async Task WaitAsync(string application, string statement, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(application, cancellationToken);
        _sessions.Add(session);
        Wait(session, statement);
    }

    protected void Wait(DbConnection session, string statement) => _waiting.Add(RunAsync(session, statement, CancellationToken.None));

    protected static string Application(int n) => string.Create(CultureInfo.InvariantCulture, $"service-{n % Applications:00}");

    /// <summary>Of some 400 characters, with values of its own in it, as a mapper writes them.</summary>
    protected static string Statement(int n) =>
        $"select {string.Join(", ", Enumerable.Range(1, 12).Select(column => $"s.quantity + {n + column} as column_{column}"))} from stock s where s.id = {n} or s.id = 2";

    protected static async Task RunAsync(DbConnection session, string statement, CancellationToken cancellationToken)
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

using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using ChatBot.Sandbox.Workloads;

namespace ChatBot.Sandbox.Situations;

/// <summary>A service of a situation: its pods, and what their code does with its connections.</summary>
/// <param name="name">What its connections are called.</param>
/// <param name="user">Who they log in as.</param>
internal sealed class Crew(string name, string user, IReadOnlyList<CrewPod> pods, int seed) : IAsyncDisposable
{
    private readonly ConcurrentBag<IAsyncDisposable> _kept = [];
    private readonly ConcurrentBag<Task> _loops = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _nextSeed = seed;
    private int _nextPod;

    public string Name { get; } = name;

    public string User { get; } = user;

    public ServiceTally Tally { get; } = new();

    /// <summary>Its sessions go from work to rest and back all the time; how many there are stays.</summary>
    public bool IsRestless { get; private set; }

    /// <summary>Its sessions come and go.</summary>
    public bool ComesAndGoes { get; private set; }

    /// <summary>Takes connections, uses each for one statement, and never gives it back.</summary>
    public async Task LeakAsync(int count, string statement)
    {
        for (var i = 0; i < count; i++)
        {
            await LeakAsync(pods[_nextPod++ % pods.Count], statement);
        }
    }

    /// <summary>The same, one now and then in each pod, until it is stopped or gets no more.</summary>
    public void KeepLeaking(TimeSpan every, string statement)
    {
        ComesAndGoes = true;
        foreach (var pod in pods)
        {
            Repeat(every, () => LeakAsync(pod, statement));
        }
    }

    /// <summary>Begins a transaction in each, does this in it, and goes away without an end.</summary>
    public async Task LeaveOpenAsync(int count, string statement, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        for (var i = 0; i < count; i++)
        {
            var connection = await pods[i % pods.Count].Connections.OpenConnectionAsync(_stopping.Token);
            _kept.Add(connection);
            var transaction = await connection.BeginTransactionAsync(isolation, _stopping.Token);
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction, command.CommandTimeout) = (statement, transaction, 0);
            await command.ExecuteNonQueryAsync(_stopping.Token);
        }
    }

    /// <summary>So many requests at a time, for ever: a connection, one statement, the connection back.</summary>
    /// <param name="pause">The mean time between two requests of one client.</param>
    /// <param name="comesAndGoes">Without a pool, and the statements are over soon.</param>
    public void Work(int clients, string statement, TimeSpan pause, bool comesAndGoes = false)
    {
        (IsRestless, ComesAndGoes) = (true, comesAndGoes);
        for (var i = 0; i < clients; i++)
        {
            var pod = pods[i % pods.Count];
            Repeat(pause, () => RequestAsync(pod, statement));
        }
    }

    /// <summary>Statements that nothing ends soon: each client waits in its first one.</summary>
    /// <param name="again">When it is freed it comes again after so long, as users do; null when it gives up.</param>
    public void Hang(int clients, string statement, TimeSpan? again = null)
    {
        for (var i = 0; i < clients; i++)
        {
            var pod = pods[i % pods.Count];
            if (again is { } pause)
            {
                Repeat(pause, () => RequestAsync(pod, statement), atOnce: true);
            }
            else
            {
                _loops.Add(OnceAsync(() => RequestAsync(pod, statement)));
            }
        }
    }

    /// <summary>One burst of requests, as many at once as the pool has places, each in a transaction or not; then it rests.</summary>
    public async Task RestAfterAsync(int perPod, string statement, bool commits)
    {
        foreach (var pod in pods)
        {
            var taken = new List<DbConnection>(perPod);
            while (taken.Count < perPod)
            {
                taken.Add(await pod.Connections.OpenConnectionAsync(_stopping.Token));
            }

            foreach (var connection in taken)
            {
                await using (var transaction = commits ? await connection.BeginTransactionAsync(_stopping.Token) : null)
                {
                    await RunAsync(connection, statement, transaction);
                    if (transaction is not null)
                    {
                        await transaction.CommitAsync(_stopping.Token);
                    }
                }

                await LetGoAsync(connection);
            }
        }
    }

    /// <summary>So many clients, each in one transaction after the other: two statements with a pause between them.</summary>
    public void Transact(int clients, string statement, TimeSpan pause)
    {
        IsRestless = true;
        for (var i = 0; i < clients; i++)
        {
            var pod = pods[i % pods.Count];
            Repeat(TimeSpan.Zero, () => TransactAsync(pod, statement, pause));
        }
    }

    /// <summary>A short burst of requests now and then, as many at once as the pool has places: all of them are used, and rest in between.</summary>
    public void Rest(int perPod, string statement)
    {
        IsRestless = true;
        foreach (var pod in pods)
        {
            Repeat(TimeSpan.FromMilliseconds(400), () => BurstAsync(pod, perPod, statement), atOnce: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var one in _kept)
        {
            await LetGoAsync(one);
        }

        foreach (var pod in pods)
        {
            await pod.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task LeakAsync(CrewPod pod, string statement)
    {
        var connection = await pod.Connections.OpenConnectionAsync(_stopping.Token);
        _kept.Add(connection);
        await RunAsync(connection, statement);
    }

    private async Task RequestAsync(CrewPod pod, string statement)
    {
        await using var connection = await pod.Connections.OpenConnectionAsync(_stopping.Token);
        await RunAsync(connection, statement);
    }

    private async Task TransactAsync(CrewPod pod, string statement, TimeSpan pause)
    {
        await using var connection = await pod.Connections.OpenConnectionAsync(_stopping.Token);
        await using var transaction = await connection.BeginTransactionAsync(_stopping.Token);
        await RunAsync(connection, statement, transaction);
        await Task.Delay(pause, _stopping.Token);
        await RunAsync(connection, statement, transaction);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task BurstAsync(CrewPod pod, int size, string statement)
    {
        var taken = new List<DbConnection>(size);
        try
        {
            while (taken.Count < size)
            {
                taken.Add(await pod.Connections.OpenConnectionAsync(_stopping.Token));
            }

            foreach (var connection in taken)
            {
                await RunAsync(connection, statement);
            }
        }
        finally
        {
            foreach (var connection in taken)
            {
                await LetGoAsync(connection);
            }
        }
    }

    private static async Task LetGoAsync(IAsyncDisposable connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (DbException)
        {
            // The server ended it, or is gone itself.
        }
    }

    // Not cancelled when it stops: the server is gone by then, and with it the statement.
    private static async Task RunAsync(DbConnection connection, string statement, DbTransaction? transaction = null)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout, command.Transaction) = (statement, 0, transaction);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private void Repeat(TimeSpan pause, Func<Task> work, bool atOnce = false) =>
        _loops.Add(RepeatAsync(pause, new Random(Interlocked.Increment(ref _nextSeed)), work, atOnce));

    private async Task OnceAsync(Func<Task> work)
    {
        try
        {
            await Tally.CountAsync(work);
        }
        catch (OperationCanceledException)
        {
            // The situation is over.
        }
    }

    private async Task RepeatAsync(TimeSpan pause, Random rhythm, Func<Task> work, bool atOnce)
    {
        try
        {
            while (true)
            {
                if (!atOnce && pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause * (0.75 + (rhythm.NextDouble() / 2)), _stopping.Token);
                }

                atOnce = false;
                _stopping.Token.ThrowIfCancellationRequested();
                await Tally.CountAsync(work);
            }
        }
        catch (OperationCanceledException)
        {
            // The situation is over.
        }
    }
}

using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Store;

/// <summary>The incidents, durable: what a call has stored when it returns survives a power cut.</summary>
internal sealed partial class IncidentStore : IAsyncDisposable
{
    /// <summary>A body that lost a race this often is told so.</summary>
    private const int Attempts = 5;

    private readonly StoreDatabase _database;
    private readonly StoreClock _clock;
    private readonly ILogger<IncidentStore> _logger;
    private readonly WorkSignal _arrivals;
    private readonly InboxReceipts _receipts;

    private IncidentStore(StoreDatabase database, TimeProvider clock, ILogger<IncidentStore> logger)
    {
        _database = database;
        _clock = new StoreClock(clock);
        _logger = logger;
        _arrivals = new WorkSignal(clock);
        _receipts = new InboxReceipts(database);
    }

    /// <summary>Opens, checks and migrates.</summary>
    /// <param name="clock">The store's time on SQLite; PostgreSQL has its own.</param>
    /// <exception cref="StoreUnavailableException">Says what is wrong and what to do.</exception>
    public static async Task<IncidentStore> OpenAsync(
        StoreSettings settings,
        TimeProvider clock,
        ILoggerFactory logs,
        CancellationToken cancellationToken)
    {
        StoreDatabase database = settings switch
        {
            SqliteStoreSettings sqlite => SqliteStoreDatabase.Open(sqlite.File),
            PostgreSqlStoreSettings server => PostgreSqlStoreDatabase.Open(server.ConnectionString.Reveal()),
            _ => throw new ArgumentOutOfRangeException(nameof(settings)),
        };

        await PrepareAsync(database, logs, cancellationToken);
        var store = new IncidentStore(database, clock, logs.CreateLogger<IncidentStore>());
        if (await store.ReadAsync((reader, _) => reader.NewestChangeAsync(), cancellationToken) is { } newest)
        {
            store._clock.NotBefore(newest);
        }

        return store;
    }

    /// <summary>Opens what is there to look at it, also while the bot runs; makes, migrates and changes nothing.</summary>
    /// <returns>A store whose <see cref="ReadAsync{T}"/> works; everything that writes throws.</returns>
    /// <exception cref="StoreUnavailableException">Says what is wrong and what to do.</exception>
    public static async Task<IncidentStore> OpenReadOnlyAsync(StoreSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        StoreDatabase database = settings switch
        {
            SqliteStoreSettings sqlite => new ReadOnlySqliteDatabase(sqlite.File),
            PostgreSqlStoreSettings server => PostgreSqlStoreDatabase.OpenReadOnly(server.ConnectionString.Reveal()),
            _ => throw new ArgumentOutOfRangeException(nameof(settings)),
        };

        await PrepareAsync(database, NullLoggerFactory.Instance, cancellationToken);
        return new IncidentStore(database, clock, NullLogger<IncidentStore>.Instance);
    }

    /// <summary>One transaction: all of it is stored, or nothing.</summary>
    /// <param name="body">
    /// May run again after a lost race, so it touches nothing but the transaction, one call after the other, and waits for nothing
    /// else: on SQLite every other writer waits for it.
    /// </param>
    /// <exception cref="StoreConflictException">Lost every race, or expected another version.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was stored.</exception>
    /// <exception cref="CommitUnknownException">It is unknown whether it was stored.</exception>
    public async Task<T> WriteAsync<T>(
        Func<StoreTransaction, CancellationToken, Task<T>> body,
        CancellationToken cancellationToken)
    {
        var (answer, brought) = await TryAsync(
            async () =>
            {
                await using var session = await _database.BeginAsync(cancellationToken);
                var transaction = new StoreTransaction(session, _database, _clock);
                await transaction.ReadClockAsync();
                var answer = await body(transaction, cancellationToken);
                await CommitAsync(session);
                return (answer, transaction.BroughtWork);
            },
            cancellationToken);

        if (brought)
        {
            _arrivals.Raise();
        }

        return answer;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<StoreTransaction, CancellationToken, Task> body, CancellationToken cancellationToken) =>
        WriteAsync<object?>(
            async (transaction, token) =>
            {
                await body(transaction, token);
                return null;
            },
            cancellationToken);

    /// <summary>Reads from one consistent picture of the store; waits for no writer and holds none up.</summary>
    /// <exception cref="StoreUnavailableException"></exception>
    public Task<T> ReadAsync<T>(Func<StoreReader, CancellationToken, Task<T>> body, CancellationToken cancellationToken) =>
        TryAsync(
            async () =>
            {
                await using var session = await _database.BeginReadingAsync(cancellationToken);
                return await body(new StoreReader(session), cancellationToken);
            },
            cancellationToken);

    /// <summary>Recomputes an incident's hash chain.</summary>
    public Task<ChainVerdict> VerifyChainAsync(string incidentId, CancellationToken cancellationToken) =>
        ReadAsync((reader, _) => EventChain.VerifyAsync(incidentId, reader.StreamEventsAsync(incidentId)), cancellationToken);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task PrepareAsync(StoreDatabase database, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        try
        {
            await database.PrepareAsync(logs, cancellationToken);
        }
        catch (Exception error)
        {
            await database.DisposeAsync();
            if (database.Explain(error) is { Kind: not StoreFailureKind.None, Text: var text })
            {
                throw new StoreUnavailableException(text, error);
            }

            throw;
        }
    }

    private async Task CommitAsync(StoreSession session)
    {
        try
        {
            await session.CommitAsync();
        }
        catch (Exception error) when (_database.MayHaveCommitted(error))
        {
            throw new CommitUnknownException(
                "The store gave no answer to COMMIT, so it is unknown whether the change was stored.", error);
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> once, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await once();
            }
            catch (Exception error) when (_database.Explain(error) is { Kind: not StoreFailureKind.None } failure)
            {
                cancellationToken.ThrowIfCancellationRequested(); // a cancelled statement looks like a broken one
                if (attempt == Attempts || failure.Kind is StoreFailureKind.Unavailable)
                {
                    ExceptionDispatchInfo.Throw(failure.Kind is StoreFailureKind.KeyTaken
                        ? new StoreConflictException($"Somebody else was faster, {attempt} times: {failure.Text}.", error)
                        : new StoreUnavailableException(failure.Text, error));
                }

                LogTryingAgain(attempt, failure.Text);
                if (failure.Kind is StoreFailureKind.TryAgain)
                {
                    // Real time, whatever the store's clock is: those who collided should not collide again.
                    await Task.Delay(Random.Shared.Next(5, 20 * attempt), cancellationToken);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Transaction runs again after attempt {Attempt}: {Why}")]
    private partial void LogTryingAgain(int attempt, string why);
}

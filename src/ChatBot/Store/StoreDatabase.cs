using Microsoft.Extensions.Logging;

namespace ChatBot.Store;

/// <summary>What differs between the two databases below the one SQL layer.</summary>
internal abstract class StoreDatabase : IAsyncDisposable
{
    /// <summary>SQL for the store's time in Unix milliseconds; may use the parameter <c>@now</c>.</summary>
    public abstract string Now { get; }

    /// <summary>Ends a select whose rows stay locked until the transaction ends.</summary>
    public abstract string RowLock { get; }

    /// <summary>Ends a select that passes over rows that somebody else has locked.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>Whether other processes may hold claims on this store's work.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Checks the server or file and brings the schema up to date.</summary>
    public abstract Task PrepareAsync(ILoggerFactory logs, CancellationToken cancellationToken);

    /// <summary>A transaction that may write.</summary>
    public abstract Task<StoreSession> BeginAsync(CancellationToken cancellationToken);

    /// <summary>The same for a delivery, which Slack waits for: where there is one writer, it goes before all that wait.</summary>
    public abstract Task<StoreSession> BeginFirstAsync(CancellationToken cancellationToken);

    /// <summary>One consistent picture, without a lock on anything.</summary>
    public abstract Task<StoreSession> BeginReadingAsync(CancellationToken cancellationToken);

    /// <summary>For one writing statement that is a transaction by itself.</summary>
    public abstract Task<StoreSession> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Holds back every other transaction that asks for the same name, until this one ends. Keeps rows in the order of their
    /// numbers where writers run side by side.
    /// </summary>
    public abstract Task LockNameAsync(StoreSession session, string name);

    /// <summary>What an error thrown by a body means.</summary>
    public abstract StoreFailure Explain(Exception error);

    /// <summary>Whether COMMIT may have happened although it threw this.</summary>
    public abstract bool MayHaveCommitted(Exception error);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What an error of the database means for the transaction it ended. Nothing of it was stored.</summary>
/// <param name="Text">What is wrong and what to do.</param>
internal readonly record struct StoreFailure(StoreFailureKind Kind, string Text)
{
    /// <summary>Not an error of the database.</summary>
    public static readonly StoreFailure None = new(StoreFailureKind.None, "");
}

internal enum StoreFailureKind
{
    /// <summary>Not the database's: let it fly.</summary>
    None,

    /// <summary>A unique key was taken in between: the same body will see it when it runs again.</summary>
    KeyTaken,

    /// <summary>Lost to another transaction, or over a connection that was dead already: run the body again.</summary>
    TryAgain,

    /// <summary>No use trying again now.</summary>
    Unavailable,
}

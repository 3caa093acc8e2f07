namespace ChatBot.Store;

/// <summary>The store couldn't be opened, reached or written. Nothing of the transaction was stored.</summary>
/// <remarks>The text says what is wrong and what to do, and holds no password.</remarks>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Somebody else was faster: the incident has moved on, or the key is taken. Reload, then decide again.</summary>
internal sealed class StoreConflictException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The connection was lost between COMMIT and its answer: the transaction is stored whole or not at all.</summary>
/// <remarks>Ask for the command id (<see cref="StoreReader.FindAnswerAsync"/>), or send the same command again.</remarks>
internal sealed class CommitUnknownException(string message, Exception inner) : Exception(message, inner);

/// <summary>The lease ran out and another worker holds this work now, or has done it. Drop what was done here.</summary>
internal sealed class LeaseLostException(WorkItem item)
    : Exception($"Work {item.Seq} ({item.Kind}) is no longer held under fence {item.Fence}.");

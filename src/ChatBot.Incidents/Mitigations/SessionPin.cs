namespace ChatBot.Incidents.Mitigations;

/// <summary>What makes one PostgreSQL session the one that was approved: all of it has to be unchanged when it is ended.</summary>
/// <remarks>
/// A pid is reused; a pooled session keeps pid and start for days while it works for others. An idle session has no
/// <paramref name="TransactionStartedAt"/>, so <paramref name="StateChangedAt"/> is what tells that it stayed quiet.
/// </remarks>
/// <param name="ProcessId">The backend's process id on the server.</param>
/// <param name="StartedAt"><c>backend_start</c>, to the microsecond.</param>
/// <param name="StateChangedAt"><c>state_change</c>, to the microsecond.</param>
/// <param name="TransactionStartedAt"><c>xact_start</c>, to the microsecond; null outside a transaction.</param>
/// <param name="User">The role's name as the server holds it: compared, never shown as it is.</param>
/// <param name="Database">The database's name as the server holds it: compared, never shown as it is.</param>
public sealed record SessionPin(
    int ProcessId,
    DateTimeOffset StartedAt,
    DateTimeOffset StateChangedAt,
    DateTimeOffset? TransactionStartedAt,
    string User,
    string Database);

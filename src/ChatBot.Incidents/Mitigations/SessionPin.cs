using System.Globalization;

namespace ChatBot.Incidents.Mitigations;

/// <summary>What makes one session the one that was approved: all of it has to be unchanged when something is done to it.</summary>
/// <param name="User">The account's name as the server holds it: compared, never shown as it is.</param>
/// <param name="Database">The database's name as the server holds it, empty when the session has none: compared, never shown as it is.</param>
public abstract record SessionPin(string User, string Database)
{
    /// <summary>The number under which the server and its people know the session. A server gives it again to others.</summary>
    public abstract long Number { get; }

    /// <summary>It holds one transaction, too, and no other one is meant.</summary>
    public abstract bool HoldsTransaction { get; }
}

/// <summary>Pins a PostgreSQL session.</summary>
/// <remarks>
/// A pid is reused; a pooled session keeps pid and start for days while it works for others. An idle session has no
/// <paramref name="TransactionStartedAt"/>, so <paramref name="StateChangedAt"/> is what tells that it stayed quiet.
/// </remarks>
/// <param name="ProcessId">The backend's process id on the server.</param>
/// <param name="StartedAt"><c>backend_start</c>, to the microsecond.</param>
/// <param name="StateChangedAt"><c>state_change</c>, to the microsecond.</param>
/// <param name="TransactionStartedAt"><c>xact_start</c>, to the microsecond; null outside a transaction.</param>
public sealed record PostgreSqlPin(
    int ProcessId,
    DateTimeOffset StartedAt,
    DateTimeOffset StateChangedAt,
    DateTimeOffset? TransactionStartedAt,
    string User,
    string Database) : SessionPin(User, Database)
{
    /// <summary><c>query_start</c>, to the microsecond, where it is about one statement; null otherwise.</summary>
    public DateTimeOffset? QueryStartedAt { get; init; }

    public override long Number => ProcessId;

    public override bool HoldsTransaction => TransactionStartedAt is not null;
}

/// <summary>Pins a MySQL or MariaDB session.</summary>
/// <remarks>
/// Ids start again after a restart of the server (<see cref="ServerPin"/>), and a session keeps its id while it works for
/// others: <paramref name="Work"/> is what tells that it didn't.
/// </remarks>
/// <param name="Id">The connection id.</param>
/// <param name="Client">The client's address and port, as the server's process list holds it; no two sessions have the same.</param>
/// <param name="Work">
/// What the server counts up with every statement of the session: MariaDB's <c>QUERY_ID</c>, MySQL's statement event id.
/// Null where the server doesn't say; then only its state and how long it lasts tell.
/// </param>
/// <param name="Transaction"><c>trx_id</c> and <c>trx_started</c> of InnoDB; null outside a transaction.</param>
public sealed record MySqlPin(long Id, string Client, string? Work, string? Transaction, string User, string Database) : SessionPin(User, Database)
{
    public override long Number => Id;

    /// <summary>MariaDB: its work is the number of a statement, which the server knows it by. MySQL's has a second part.</summary>
    public bool NamesStatement => long.TryParse(Work, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public override bool HoldsTransaction => Transaction is not null;
}

/// <summary>One life of one server: after a restart, or behind another server of the same name, no number means what it meant.</summary>
/// <param name="StartedAt">PostgreSQL: <c>pg_postmaster_start_time()</c>, to the microsecond. MySQL and MariaDB: now less the uptime, to the second.</param>
/// <param name="Identity">MySQL's <c>server_uuid</c>, MariaDB's <c>server_uid</c>; empty for PostgreSQL, whose start is exact enough.</param>
public sealed record ServerPin(DateTimeOffset StartedAt, string Identity = "");

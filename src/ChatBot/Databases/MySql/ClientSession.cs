using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.MySql;

/// <summary>One session of a client, as the process list shows it, with what InnoDB and the performance schema add.</summary>
/// <param name="User">The account's user name, as the server holds it.</param>
/// <param name="Host">Address and port, or a name; <c>localhost</c> for a socket.</param>
/// <param name="Database">Empty when it has none.</param>
/// <param name="Command"><c>Sleep</c> when it does nothing.</param>
/// <param name="For">Since its statement or its sleep began; MySQL says whole seconds.</param>
/// <param name="State">What its statement is doing.</param>
/// <param name="Running">Its statement, with values; empty when it sleeps.</param>
internal sealed record ClientSession(
    long Id, string User, string Host, string Database, string Command, TimeSpan For, string State, string Running)
{
    /// <summary>What InnoDB knows of its transaction; null outside one, or when the bot may not see it.</summary>
    public ClientTransaction? Transaction { get; init; }

    /// <summary><c>program_name</c>; empty when the client sent none or the performance schema is off.</summary>
    public string Application { get; init; } = "";

    /// <summary>Its last statement or its digest, with values; empty when unknown.</summary>
    public string Last { get; init; } = "";

    /// <summary>It holds a slot already, and has no name yet.</summary>
    public bool IsStarting => User is "unauthenticated user";

    public bool Sleeps => Command is "Sleep";

    /// <summary>A replica that reads this server's changes: it holds a slot as clients do, and is never done.</summary>
    public bool IsReplica => Command is "Binlog Dump" or "Binlog Dump GTID";

    public SessionActivity Activity => this switch
    {
        { IsReplica: true } => SessionActivity.Unknown,
        { Sleeps: true, Transaction: null } => SessionActivity.Idle,
        { Sleeps: true } => SessionActivity.IdleInTransaction,
        { WaitsForLock: true } => SessionActivity.WaitingForLock,
        _ => SessionActivity.Running,
    };

    public string Statement => Running.Length > 0 ? Running : Last;

    /// <summary>The address or name without the port; empty for a socket.</summary>
    public string Client => MySqlNames.AddressOf(Host);

    // "Waiting for table metadata lock", "Waiting for global read lock" and their like; "User lock" is get_lock().
    private bool WaitsForLock => Transaction is { Waits: true }
        || State is "User lock" or "Waiting for table flush"
        || (State.StartsWith("Waiting for ", StringComparison.Ordinal) && State.EndsWith(" lock", StringComparison.Ordinal));
}

/// <param name="Waits">For a lock on a row or table of InnoDB.</param>
internal sealed record ClientTransaction(TimeSpan OpenFor, bool Waits);

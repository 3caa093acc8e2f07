namespace ChatBot.Incidents.Evidence;

/// <summary>What the PgBouncer in front of a target says about its pools and clients, at one moment.</summary>
/// <param name="Pools">At most <see cref="MostPools"/>, those with the most waiting clients first. PgBouncer's own console is none.</param>
/// <param name="Clients">
/// Who the clients behind the pooler really are: at most <see cref="MostClients"/> groups, the largest first. Null when there are too many clients to list.
/// </param>
/// <param name="ClientConnections">All of them, also those at the console; without the bot's own.</param>
/// <param name="MaxClientConnections">PgBouncer's <c>max_client_conn</c>; null when it does not say.</param>
/// <param name="Version">Digits and dots, such as 1.18.0; null when it does not say.</param>
public sealed record PoolerPools(
    IReadOnlyList<PoolerPool> Pools,
    IReadOnlyList<PoolerClients>? Clients,
    int ClientConnections,
    int? MaxClientConnections,
    string? Version)
{
    /// <summary>A pool is a pair of user and database; more say nothing more to a responder.</summary>
    public const int MostPools = 100;

    /// <inheritdoc cref="MostPools"/>
    public const int MostClients = 50;
}

/// <summary>The server connections that one user has to one database, and the clients that share them.</summary>
/// <param name="Database">As clients call it; the database behind may have another name.</param>
/// <param name="ClientsActive">Clients that have a server connection or want none now.</param>
/// <param name="ClientsWaiting">Clients that asked for something and have no server connection to do it.</param>
/// <param name="ServersActive">Server connections that a client holds.</param>
/// <param name="ServersIdle">Server connections that are free at once.</param>
/// <param name="ServersUsed">Free too, but idle for so long that PgBouncer tries them before it lends them (<c>server_check_delay</c>).</param>
/// <param name="ServersLogin">Server connections that are logging in at the database.</param>
/// <param name="ServersOther">Server connections that are being reset, tried, or used to cancel a query.</param>
/// <param name="MaxWait">How long the client at the head of the queue has waited.</param>
/// <param name="PoolMode"><c>session</c>, <c>transaction</c> or <c>statement</c>; empty when PgBouncer says something else.</param>
/// <param name="PoolSize">The most server connections of this pool; null when PgBouncer does not say. A user's own pool size (1.24 and later) is not in it.</param>
/// <param name="ReserveSize">Those on top of it for clients that wait too long.</param>
/// <param name="MaxDatabaseConnections">The most server connections of all pools of this database; null for no limit.</param>
/// <param name="IsPaused">An admin paused or disabled the database: clients wait however many server connections are free.</param>
public sealed record PoolerPool(
    ForeignText Database,
    ForeignText User,
    int ClientsActive,
    int ClientsWaiting,
    int ServersActive,
    int ServersIdle,
    int ServersUsed,
    int ServersLogin,
    int ServersOther,
    TimeSpan MaxWait,
    string PoolMode,
    int? PoolSize,
    int? ReserveSize,
    int? MaxDatabaseConnections,
    int? CurrentDatabaseConnections,
    bool IsPaused)
{
    /// <summary>Server connections that can't be lent now.</summary>
    public int ServersBusy => ServersActive + ServersOther;

    public int ServersFree => ServersIdle + ServersUsed;

    /// <summary>What the server calls the database: clients may know it by another name. The same, where PgBouncer does not say.</summary>
    public ForeignText ServerDatabase { get => field.IsEmpty ? Database : field; init; }

    /// <summary>The most server connections that it has to do with: the reserve counts once it is in use.</summary>
    public int? MostServers => PoolSize is { } size && ServersBusy > size ? size + (ReserveSize ?? 0) : PoolSize;
}

/// <summary>Clients of one kind at a pooler: the database server itself sees only the pooler.</summary>
/// <param name="Application">Empty when the clients sent no name. The address that PgBouncer may add to it is left out.</param>
/// <param name="Address"><c>unix</c> for a local socket.</param>
/// <param name="Waiting">Of these, those that have no server connection to do what they asked for.</param>
public sealed record PoolerClients(ForeignText Database, ForeignText User, ForeignText Application, ForeignText Address, int Count, int Waiting);

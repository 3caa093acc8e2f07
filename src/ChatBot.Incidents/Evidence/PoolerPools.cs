namespace ChatBot.Incidents.Evidence;

/// <summary>What a PgBouncer says about its pools.</summary>
/// <param name="Pools">Most waiting clients first; its own console left out.</param>
/// <param name="Clients">Who its clients are, most connections first; at most 50.</param>
/// <param name="ClientConnections">Client connections in all.</param>
/// <param name="MaxClientConnections"><c>max_client_conn</c>; null when unknown.</param>
public sealed record PoolerPools(
    IReadOnlyList<PoolerPool> Pools,
    IReadOnlyList<PoolerClients> Clients,
    int ClientConnections,
    int? MaxClientConnections);

/// <summary>The pool of one database and user.</summary>
/// <param name="MaxWait">How long the client that waits longest has waited.</param>
/// <param name="PoolSize">Connections to the server it may have; null when unknown.</param>
/// <param name="ReserveSize">More of them, for clients that wait long.</param>
/// <param name="MaxDatabaseConnections"><c>max_db_connections</c>: for all users of the database together; null when there is none.</param>
public sealed record PoolerPool(
    ForeignText Database,
    ForeignText User,
    int ClientsActive,
    int ClientsWaiting,
    int ServersActive,
    int ServersIdle,
    int ServersUsed,
    int ServersLogin,
    TimeSpan MaxWait,
    string PoolMode,
    int? PoolSize,
    int? ReserveSize,
    int? MaxDatabaseConnections,
    int? CurrentDatabaseConnections);

/// <summary>Clients behind the pooler: who they are before it hides them.</summary>
public sealed record PoolerClients(ForeignText Database, ForeignText User, ForeignText Application, ForeignText Address, int Count, int Waiting);

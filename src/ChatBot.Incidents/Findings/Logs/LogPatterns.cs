using System.Buffers;
using static ChatBot.Incidents.Findings.Logs.LogPattern;
using static ChatBot.Incidents.Findings.Logs.LogSign;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>The words that pool libraries, drivers, poolers and servers have for running out of connections.</summary>
/// <remarks>
/// "Measured" ones were provoked and read; the others stand in the named project's source. Silence is not innocence:
/// node-postgres without a timeout, Go's database/sql and pgxpool log nothing of their own when they run out, and Npgsql never says that a
/// connection leaks.
/// </remarks>
public static class LogPatterns
{
    /// <summary>In the order in which they are tried: the more telling words of a line win.</summary>
    public static readonly IReadOnlyList<LogPattern> All =
    [
        // Who leaks, caught in the act.
        new("HikariCP", Slow, "Previously reported leaked connection", "a connection that looked leaked was given back"),
        new("HikariCP", Leak, "Apparent connection leak detected", "a connection was not given back in time"),
        new("HikariCP", Leak, "Connection leak detection triggered for", "a connection was not given back in time"),
        new("SQLAlchemy", Leak, "The garbage collector is trying to clean up non-checked-in connection", "a connection was forgotten instead of given back"),
        new("c3p0", Leak, "A checked-out resource is overdue, and will be destroyed", "a connection was not given back in time"),
        new("Agroal", Leak, "JDBC resources leaked:", "statements were not closed", Of(@"JDBC resources leaked: \d+")),
        new("PostgreSQL", Leak, "terminating connection due to idle-in-transaction timeout", "the server ended a transaction that was left open"),

        // Who waits for the service's own pool.
        new("HikariCP", PoolExhausted, "Connection is not available, request timed out after", "no connection of the pool came free in time",
            Of(@"Connection is not available, request timed out after \d+ms(?: \(total=(?<max>\d+), active=(?<used>\d+), idle=\d+, waiting=(?<waiting>\d+)\))?")),
        new("Npgsql", PoolExhausted, "The connection pool has been exhausted, either raise", "no connection of the pool came free in time",
            Of(@"The connection pool has been exhausted, either raise '[A-Za-z ]+' \(currently (?<max>\d+)\)")),
        new("MySqlConnector", PoolExhausted, "All pooled connections are in use.", "no connection of the pool came free in time"),
        new("ADO.NET", PoolExhausted, "max pool size was reached", "no connection of the pool came free in time"),
        new("SQLAlchemy", PoolExhausted, "QueuePool limit of size", "no connection of the pool came free in time",
            Of(@"QueuePool limit of size (?<max>\d+) overflow \d+ reached, connection timed out")),
        new("psycopg_pool", PoolExhausted, "couldn't get a connection after", "no connection of the pool came free in time", Of(@"couldn't get a connection after [\d.]+ sec")),
        new("psycopg_pool", PoolExhausted, "requests waiting", "too many wait for a connection of the pool", Of(@"the pool '[^']*' has already (?<waiting>\d+) requests waiting")),
        new("Rails", PoolExhausted, "could not obtain a connection from the pool within", "no connection of the pool came free in time"),
        new("Rails", PoolExhausted, "ActiveRecord::ConnectionTimeoutError", "no connection of the pool came free in time"),
        new("node-postgres", PoolExhausted, "timeout exceeded when trying to connect", "no connection of the pool came free in time"),
        new("Knex", PoolExhausted, "Knex: Timeout acquiring a connection.", "no connection of the pool came free in time"),
        new("Sequelize", PoolExhausted, "SequelizeConnectionAcquireTimeoutError", "no connection of the pool came free in time"),
        new("Prisma", PoolExhausted, "Timed out fetching a new connection from the connection pool", "no connection of the pool came free in time"),
        new("mysql2", PoolExhausted, "Queue limit reached.", "too many wait for a connection of the pool"),
        new("mysql2", PoolExhausted, "No connections available.", "no connection of the pool was free"),
        new("Tomcat JDBC", PoolExhausted, "Timeout: Pool empty. Unable to fetch a connection in", "no connection of the pool came free in time",
            Of(@"none available\[size:(?<max>\d+); busy:(?<used>\d+)")),
        new("DBCP", PoolExhausted, "Cannot get a connection, pool error", "no connection of the pool came free in time"),
        new("c3p0", PoolExhausted, "An attempt by a client to checkout a Connection has timed out", "no connection of the pool came free in time"),
        new("Agroal", PoolExhausted, "Sorry, acquisition timeout!", "no connection of the pool came free in time"),
        new("Agroal", PoolExhausted, "Acquisition timeout while waiting for new connection", "no connection of the pool came free in time"),
        new("Ecto", PoolExhausted, "connection not available and request was dropped from queue after", "no connection of the pool came free in time"),
        new("sqlx", PoolExhausted, "pool timed out while waiting for an open connection", "no connection of the pool came free in time"),
        new("PgBouncer", PoolExhausted, "query_wait_timeout", "the pooler had no server connection in time"),
        new("ProxySQL", PoolExhausted, "Max connect timeout reached while reaching hostgroup", "the pooler had no server connection in time"),

        // Who is turned away.
        new("PostgreSQL", ServerFull, "remaining connection slots are reserved", "the server had no slot for ordinary users"),
        new("PostgreSQL", ServerFull, "sorry, too many clients already", "the server had no slot at all"),
        new("PostgreSQL", ServerFull, "too many connections for role", "the role's limit was reached"),
        new("PostgreSQL", ServerFull, "too many connections for database", "the database's limit was reached"),
        new("PostgreSQL", ServerFull, "SQLSTATE 53300", "the server or a limit had no slot"),
        new("PgBouncer", ServerFull, "no more connections allowed (max_client_conn)", "the pooler takes no more clients"),
        new("PgBouncer", ServerFull, "server login failed: FATAL", "the server turned the pooler away"),
        new("MySQL", ServerFull, "already has more than 'max_user_connections' active connections", "the account's limit was reached"),
        new("MySQL", ServerFull, "has exceeded the 'max_user_connections' resource", "the account's limit was reached"),
        new("MySQL", ServerFull, "Too many connections", "the server had no slot"),
        new("MySQL", ServerFull, "ER_CON_COUNT_ERROR", "the server had no slot"),

        // Whose session ended.
        new("PostgreSQL", SessionEnded, "terminating connection due to administrator command", "somebody ended a session of its"),
        new("PostgreSQL", SessionEnded, "terminating connection due to idle-session timeout", "the server ended an idle session"),
        new("MySQL", SessionEnded, "MySQL server has gone away", "a session had ended"),
        new("MySQL", SessionEnded, "disconnected by the server because of inactivity", "the server ended an idle session"),
        new("MySQL", SessionEnded, "Connection was killed", "somebody ended a session of its"),
        new("HikariCP", SessionEnded, "Failed to validate connection", "a session of the pool had ended"),
        new("HikariCP", SessionEnded, "marked as broken because of SQLSTATE", "a session of the pool had ended"),
        new("node-postgres", SessionEnded, "Connection terminated due to connection timeout", "a login took too long"),

        // Who is merely slow.
        new("Ecto", Slow, "timed out because it", "somebody held a connection for too long", Of(@"client #PID<[\d.]+> timed out because it (?:queued and )?checked out")),
        new("HikariCP", Starved, "Thread starvation or clock leap detected", "the process was too busy"),
    ];

    /// <summary>All anchors at once.</summary>
    public static readonly SearchValues<string> Anchors = SearchValues.Create([.. All.Select(pattern => pattern.Anchor)], StringComparison.Ordinal);

    /// <summary>The words that the runbook greps for, in any case.</summary>
    public static readonly SearchValues<string> RunbooksOwn = SearchValues.Create(["connection", "pool", "database"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the line says nothing of the kind.</summary>
    public static LogPattern? Find(ReadOnlySpan<char> line)
    {
        foreach (var pattern in All)
        {
            if (pattern.IsIn(line))
            {
                return pattern;
            }
        }

        return null;
    }
}

using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Incidents.Tests.Findings.Logs;

public sealed class LogPatternTests
{
    // The lines as the libraries write them, values made up.
    public static readonly TheoryData<string, LogSign, string> Lines = new()
    {
        { "HikariCP", LogSign.Leak, "WARN ProxyLeakTask : Connection leak detection triggered for org.postgresql.jdbc.PgConnection@1b2c on thread http-nio-8080-exec-7, stack trace follows" },
        { "HikariCP", LogSign.Leak, "java.lang.Exception: Apparent connection leak detected" },
        { "HikariCP", LogSign.Slow, "INFO ProxyLeakTask : Previously reported leaked connection org.postgresql.jdbc.PgConnection@1b2c on thread exec-7 was returned to the pool (unleaked)" },
        { "HikariCP", LogSign.PoolExhausted, "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30001ms (total=10, active=10, idle=0, waiting=37)" },
        { "HikariCP", LogSign.PoolExhausted, "HikariPool-1 - Connection is not available, request timed out after 30001ms." },
        { "HikariCP", LogSign.Starved, "HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=1m2s)." },
        { "HikariCP", LogSign.SessionEnded, "HikariPool-1 - Failed to validate connection org.mariadb.jdbc.Connection@1 (...). Possibly consider using a shorter maxLifetime value." },
        { "Npgsql", LogSign.PoolExhausted, "Npgsql.NpgsqlException (0x80004005): The connection pool has been exhausted, either raise 'Max Pool Size' (currently 20) or 'Timeout' (currently 15 seconds) in your connection string." },
        { "MySqlConnector", LogSign.PoolExhausted, "MySqlConnector.MySqlException (0x80004005): Connect Timeout expired. All pooled connections are in use." },
        { "ADO.NET", LogSign.PoolExhausted, "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached." },
        { "SQLAlchemy", LogSign.PoolExhausted, "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00" },
        { "SQLAlchemy", LogSign.Leak, "The garbage collector is trying to clean up non-checked-in connection <AdaptedConnection>, which will be terminated." },
        { "psycopg_pool", LogSign.PoolExhausted, "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec" },
        { "psycopg_pool", LogSign.PoolExhausted, "psycopg_pool.TooManyRequests: the pool 'pool-1' has already 50 requests waiting" },
        { "Rails", LogSign.PoolExhausted, "ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool within 5.000 seconds (waited 5.002 seconds); all pooled connections were in use):" },
        { "node-postgres", LogSign.PoolExhausted, "Error: timeout exceeded when trying to connect" },
        { "Knex", LogSign.PoolExhausted, "KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?" },
        { "Sequelize", LogSign.PoolExhausted, "SequelizeConnectionAcquireTimeoutError [SequelizeConnectionAcquireTimeoutError]: Operation timeout" },
        { "Prisma", LogSign.PoolExhausted, "Timed out fetching a new connection from the connection pool. (More info: http://pris.ly/d/connection-pool (Current connection pool timeout: 10, connection limit: 5))" },
        { "Tomcat JDBC", LogSign.PoolExhausted, "PoolExhaustedException: [http-8] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:100; busy:100; idle:0; lastwait:30000]." },
        { "DBCP", LogSign.PoolExhausted, "java.sql.SQLException: Cannot get a connection, pool error Timeout waiting for idle object" },
        { "c3p0", LogSign.PoolExhausted, "java.sql.SQLException: An attempt by a client to checkout a Connection has timed out." },
        { "c3p0", LogSign.Leak, "A checked-out resource is overdue, and will be destroyed: com.mchange.v2.c3p0.impl.NewPooledConnection@1" },
        { "Agroal", LogSign.PoolExhausted, "java.sql.SQLException: Sorry, acquisition timeout!" },
        { "Agroal", LogSign.Leak, "Datasource '<default>': JDBC resources leaked: 1 ResultSet(s) and 2 Statement(s)" },
        { "Ecto", LogSign.PoolExhausted, "** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2994ms." },
        { "Ecto", LogSign.Slow, "Postgrex.Protocol (#PID<0.301.0>) disconnected: ** (DBConnection.ConnectionError) client #PID<0.402.0> timed out because it queued and checked out the connection for longer than 15000ms" },
        { "sqlx", LogSign.PoolExhausted, "Error: pool timed out while waiting for an open connection" },
        { "PgBouncer", LogSign.PoolExhausted, "ERROR: query_wait_timeout (SQLSTATE 08P01)" },
        { "PostgreSQL", LogSign.ServerFull, "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute" },
        { "PostgreSQL", LogSign.ServerFull, "pq: sorry, too many clients already" },
        { "PostgreSQL", LogSign.ServerFull, "FATAL:  too many connections for role \"reports\"" },
        { "PostgreSQL", LogSign.ServerFull, "failed to connect to `host=db`: server error (FATAL: x (SQLSTATE 53300))" },
        { "MySQL", LogSign.ServerFull, "Error 1040: Too many connections" },
        { "MySQL", LogSign.ServerFull, "ERROR 1226 (42000): User 'app' has exceeded the 'max_user_connections' resource (current value: 3)" },
        { "PostgreSQL", LogSign.SessionEnded, "FATAL: terminating connection due to administrator command" },
        { "PostgreSQL", LogSign.Leak, "FATAL: terminating connection due to idle-in-transaction timeout" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_library_is_known_by_its_words(string stack, LogSign sign, string line)
    {
        var found = LogPatterns.Find(line);

        Assert.Equal((stack, sign), (found?.Stack, found?.Sign));
        Assert.Contains(LogPatterns.All, pattern => line.Contains(pattern.Anchor, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HikariPool-1 - Start completed.")]
    [InlineData("GET /health 200 database=up pool=ok connection=keep-alive")]
    [InlineData("Too many connection attempts")]
    [InlineData("the pool has requests waiting")]
    [InlineData("")]
    public void An_ordinary_line_says_nothing(string line) => Assert.Null(LogPatterns.Find(line));

    [Fact]
    public void Every_shape_holds_where_its_anchor_stands_in_a_line_of_its_library() => Assert.All(
        LogPatterns.All.Where(pattern => pattern.Shape is not null),
        pattern => Assert.Contains(Lines, line => LogPatterns.Find(line.Data.Item3) == pattern));
}

using System.Data;
using System.Globalization;
using System.Net.Sockets;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>How a warm connection to MySQL or MariaDB is opened, kept and understood.</summary>
/// <remarks>
/// On a full server the main port has one more slot for <c>CONNECTION_ADMIN</c> (MariaDB: <c>CONNECTION ADMIN</c>); in a
/// storm of retries it is rarely free. The second port (<see cref="MySqlTarget.AdminPort"/>) always is: MySQL's needs
/// <c>SERVICE_CONNECTION_ADMIN</c>, MariaDB's takes anybody, <c>extra_max_connections</c> of them.
/// </remarks>
internal sealed class MySqlLogin(MySqlTarget target) : WarmEngine<MySqlTarget, MySqlConnection>(target)
{
    public override IReadOnlyList<Door> Doors => Target.AdminPort is null ? [Door.Main] : [Door.Main, Door.Second];

    /// <summary>MySqlConnector sends <c>KILL QUERY</c> over a connection of its own; on a full server it gets none.</summary>
    public override bool CancelsInPlace => false;

    public override TimeSpan PresumedGoneAfter => Target.StatementTimeout + Target.EndedAfter;

    public override async Task<WarmSession<MySqlConnection>> LogInAsync(Door door, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(Target.ConnectionString(door));
        try
        {
            await connection.OpenAsync(cancellationToken);
            await SettleAsync(connection);
            return new WarmSession<MySqlConnection>(connection, await MarkAsync(connection), door);
        }
        catch
        {
            await connection.DisposeAsync(); // never two logins at a time
            throw;
        }
    }

    public override async Task PingAsync(MySqlConnection connection, bool settle, CancellationToken cancellationToken)
    {
        if (settle)
        {
            // Rolls back what is open and forgets variables, temporary tables and prepared statements.
            await connection.ResetConnectionAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken);
            await SettleAsync(connection);
            return;
        }

        await using var ping = Command(connection, "select 1", Target.PingTimeout);
        await ping.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public override async Task<bool> IsGoneAsync(MySqlConnection connection, SessionMark session, CancellationToken cancellationToken)
    {
        // After a restart the number is somebody else's.
        await using var command = Command(
            connection,
            """
            select (select count(*) from information_schema.processlist where id = @id and id <> connection_id()) = 0
                or utc_timestamp() - interval @uptime second > @started
            """,
            Target.PingTimeout);
        command.Parameters.AddWithValue("@id", session.Number);
        command.Parameters.AddWithValue("@uptime", await UptimeAsync(connection));
        command.Parameters.AddWithValue("@started", session.StartedAt.UtcDateTime);
        return Convert.ToInt64(await command.ExecuteScalarAsync(CancellationToken.None), CultureInfo.InvariantCulture) == 1;
    }

    public override bool IsOpen(MySqlConnection connection) => connection.State == ConnectionState.Open;

    public override bool IsFull(Exception refusal) => refusal is MySqlException { ErrorCode: MySqlErrorCode.ConnectionCountError };

    /// <summary>
    /// The second port has a thread and slots of its own, so it answers when the main one hangs. MySQL's also ignores
    /// <c>max_user_connections</c> (1203), but not a limit of the account's own (1226): measured with 9.7.
    /// </summary>
    public override bool TriesNextDoor(Exception refusal) =>
        IsFull(refusal)
        || LoginRefusal.IsTimeout(refusal)
        || refusal is MySqlException { ErrorCode: MySqlErrorCode.TooManyUserConnections };

    public override bool IsTimeout(Exception failure) =>
        failure is MySqlException
        {
            ErrorCode: MySqlErrorCode.CommandTimeoutExpired or MySqlErrorCode.QueryTimeout or MySqlErrorCode.QueryInterrupted
                or MariaDb.StatementTimeout,
        } or TimeoutException;

    /// <summary>The driver lets some errors of the wire through as they are.</summary>
    public override bool IsForeign(Exception failure) =>
        failure is MySqlException or IOException or SocketException or TimeoutException or NotSupportedException;

    public override (UnavailableReason Reason, string Message)? ExplainLogin(Exception failure, Door door) =>
        LoginRefusal.Explain(Target, failure, door);

    /// <summary>Each setting is one that any account may make for itself, on MySQL 8.0 and MariaDB 10.6 or later.</summary>
    private async Task SettleAsync(MySqlConnection connection)
    {
        var statementLimit = MariaDb.Is(connection)
            ? string.Create(CultureInfo.InvariantCulture, $"max_statement_time = {Target.StatementTimeout.TotalSeconds:0.###}")
            : string.Create(CultureInfo.InvariantCulture, $"max_execution_time = {Math.Max(1, Target.StatementTimeout.TotalMilliseconds):0}");

        // The driver escapes values with backslashes, so the server has to read them so. The time zone is that of
        // information_schema.innodb_trx, which knows no other.
        await using var settings = Command(
            connection,
            $"""
            set session wait_timeout = {MySqlTarget.Seconds(Target.EndedAfter)},
                        lock_wait_timeout = {MySqlTarget.Seconds(Target.LockTimeout)},
                        innodb_lock_wait_timeout = {MySqlTarget.Seconds(Target.LockTimeout)},
                        {statementLimit},
                        autocommit = 1,
                        sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
                        time_zone = 'SYSTEM'
            """,
            Target.StatementTimeout);
        await settings.ExecuteNonQueryAsync(CancellationToken.None);
        settings.CommandText = "set session transaction read only"; // nothing of the target's is ever written
        await settings.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<SessionMark> MarkAsync(MySqlConnection connection)
    {
        await using var command = Command(connection, "select connection_id(), utc_timestamp()", Target.StatementTimeout);
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        await row.ReadAsync(CancellationToken.None);
        return new SessionMark(row.GetInt64(0), new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero));
    }

    private async Task<long> UptimeAsync(MySqlConnection connection)
    {
        await using var command = Command(connection, "show global status like 'Uptime'", Target.PingTimeout);
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        return await row.ReadAsync(CancellationToken.None) ? long.Parse(row.GetString(1), CultureInfo.InvariantCulture) : 0;
    }

    private static MySqlCommand Command(MySqlConnection connection, string sql, TimeSpan timeout) =>
        new(sql, connection) { CommandTimeout = (int)MySqlTarget.Seconds(timeout) };
}

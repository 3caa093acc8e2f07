using System.Data;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>How a warm connection to PostgreSQL is opened, kept and understood.</summary>
internal sealed class PostgreSqlLogin(PostgreSqlTarget target) : WarmEngine<PostgreSqlTarget, NpgsqlConnection>(target)
{
    /// <summary>The server ends its statement by <c>statement_timeout</c>, and a session without a peer by its keepalive,
    /// after 30 s + 3 x 10 s (both are set in <see cref="PostgreSqlTarget.ConnectionString"/>).</summary>
    public override TimeSpan PresumedGoneAfter => Target.StatementTimeout + TimeSpan.FromSeconds(60);

    public override async Task<WarmSession<NpgsqlConnection>> LogInAsync(Door door, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(Target.ConnectionString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            var startedAt = await SettleAsync(connection, cancellationToken);
            return new WarmSession<NpgsqlConnection>(connection, new SessionMark(connection.ProcessID, startedAt), door);
        }
        catch
        {
            await connection.DisposeAsync(); // never two logins at a time
            throw;
        }
    }

    public override async Task PingAsync(NpgsqlConnection connection, bool settle, CancellationToken cancellationToken)
    {
        await using var ping = new NpgsqlCommand(settle ? "reset all" : "select", connection);
        await ping.ExecuteNonQueryAsync(cancellationToken);
        if (settle)
        {
            await SettleAsync(connection, cancellationToken);
        }
    }

    public override async Task<bool> IsGoneAsync(NpgsqlConnection connection, SessionMark session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_stat_activity where pid = @pid and backend_start = @started)", connection);
        command.Parameters.Add(new NpgsqlParameter<int>("pid", (int)session.Number));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("started", session.StartedAt));
        return await command.ExecuteScalarAsync(cancellationToken) is false;
    }

    public override bool IsOpen(NpgsqlConnection connection) => connection.FullState == ConnectionState.Open;

    /// <summary>The limit of a role or a database has the same code and says nothing about the server: such a refusal is final.</summary>
    public override bool IsFull(Exception refusal) =>
        refusal is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } full
        && LoginRefusal.LimitOf(full) is RefusingLimit.Server or RefusingLimit.Unknown;

    public override bool IsTimeout(Exception failure) =>
        failure is NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    public override bool IsForeign(Exception failure) => failure is NpgsqlException or PoolerInBetweenException;

    public override RightGap? GapBehind(Exception failure) => LoginFailure.GapBehind(Target, failure);

    public override (UnavailableReason Reason, string Message)? ExplainLogin(Exception failure, Door door) =>
        LoginFailure.Explain(Target, failure);

    /// <summary>Sets what can't be a startup option: one that an older server does not know would refuse the login.</summary>
    /// <returns>When the bot's own session started, by the server's clock.</returns>
    /// <exception cref="PoolerInBetweenException">Another session answered than the one that was opened.</exception>
    private static async Task<DateTimeOffset> SettleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select mine.backend_start,
                   mine.pid,
                   (select set_config(name, '0', false) from pg_settings where name = 'idle_session_timeout')
              from pg_stat_activity mine
             where mine.pid = pg_backend_pid()
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return row.GetInt32(1) == connection.ProcessID ? row.GetFieldValue<DateTimeOffset>(0) : throw new PoolerInBetweenException();
    }
}

/// <summary>What answers is a pooler: its sessions are everybody's, so no setting and no name of the bot's would stay its own.</summary>
internal sealed class PoolerInBetweenException() : Exception("Another session answered than the one that was opened.");

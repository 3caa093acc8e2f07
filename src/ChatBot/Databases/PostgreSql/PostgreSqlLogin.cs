using System.Data;
using System.Net.Sockets;
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

    public override bool IsFull(Exception refusal) => refusal is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections };

    public override bool IsTimeout(Exception failure) =>
        failure is NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    public override bool IsForeign(Exception failure) => failure is NpgsqlException;

    public override (UnavailableReason Reason, string Message)? ExplainLogin(Exception failure, Door door) =>
        failure switch
        {
            PostgresException full when IsFull(full) =>
                (UnavailableReason.Full, $"{Target.Name} is full: it refused the bot's own login, {Target.User}."),
            PostgresException { SqlState: "57P01" or "57P02" or "57P03" } =>
                (UnavailableReason.Unreachable, $"{Target.Name} is starting or stopping and lets nobody in yet."),
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                (UnavailableReason.TimedOut, $"{Target.Name} let the bot in, but did not answer in time."),
            PostgresException { SqlState: "28000" or "28P01" } refusal =>
                (UnavailableReason.Refused, $"{Target.Name} refused the login of {Target.User} ({refusal.SqlState}). "
                    + "Check the user, the password file and the server's pg_hba.conf."),
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                (UnavailableReason.Refused, $"{Target.Name} has no database {Target.Database}. Check the target's Database."),
            PostgresException refusal =>
                (UnavailableReason.Refused, $"{Target.Name} refused the login of {Target.User} ({refusal.SqlState}). "
                    + "Look the code up in the server's log."),
            TimeoutException or OperationCanceledException or NpgsqlException { InnerException: TimeoutException } =>
                (UnavailableReason.TimedOut, $"{Target.Name} did not answer the bot's login within "
                    + $"{Target.ConnectTimeout.TotalSeconds:0.#} s."),
            SocketException or NpgsqlException { InnerException: SocketException or IOException } =>
                (UnavailableReason.Unreachable, $"Nobody answers for {Target.Name} at {Target.Host}:{Target.Port}."),
            NpgsqlException =>
                (UnavailableReason.Refused, $"The bot and {Target.Name} could not agree on a login. "
                    + "Check the target's Tls, User and PasswordFile."),
            _ => null,
        };

    /// <summary>Sets what can't be a startup option: one that an older server does not know would refuse the login.</summary>
    /// <returns>When the bot's own session started, by the server's clock.</returns>
    private static async Task<DateTimeOffset> SettleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select mine.backend_start,
                   (select set_config(name, '0', false) from pg_settings where name = 'idle_session_timeout')
              from pg_stat_activity mine
             where mine.pid = pg_backend_pid()
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return row.GetFieldValue<DateTimeOffset>(0);
    }
}

using System.Data;
using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.Retry;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Logs in, and insists while the server is full; every other refusal is final.</summary>
/// <remarks>
/// Somebody who connects holds a slot before being refused, so on a busy full server a free slot lasts milliseconds and
/// only insisting gets it. The driver calls 53300 and 57P01 transient; retrying on that would hammer a server in trouble.
/// </remarks>
internal sealed class PostgreSqlLogin(PostgreSqlTarget target, TimeProvider clock)
{
    /// <summary>Tries on a full server: 40.</summary>
    private const int Tries = 40;

    /// <summary>No new try after this: 10 s.</summary>
    private static readonly TimeSpan InsistFor = TimeSpan.FromSeconds(10);

    /// <param name="refused">Called each time the server says "full".</param>
    /// <exception cref="TargetUnavailableException">With the number of refusals.</exception>
    public async Task<Session> OpenAsync(Action refused, CancellationToken cancellationToken)
    {
        var refusals = 0;
        var start = clock.GetTimestamp();
        var insist = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Tries - 1,
                ShouldHandle = new PredicateBuilder().Handle<PostgresException>(
                    full => IsFull(full) && clock.GetElapsedTime(start) < InsistFor),
                DelayGenerator = _ => new(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 201))),
            })
            .Build();

        try
        {
            return await insist.ExecuteAsync(async token => await TryAsync(token), cancellationToken);
        }
        catch (Exception failure) when (Explain(failure, cancellationToken) is { } explained)
        {
            throw new TargetUnavailableException(explained.Reason, refusals, explained.Message);
        }

        async Task<Session> TryAsync(CancellationToken token)
        {
            var connection = new NpgsqlConnection(target.ConnectionString());
            using var deadline = new CancellationTokenSource(target.ConnectTimeout, clock);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
            try
            {
                await connection.OpenAsync(limit.Token);
                return new Session(connection, connection.ProcessID, await SettleAsync(connection, limit.Token));
            }
            catch (Exception failure)
            {
                if (failure is PostgresException full && IsFull(full))
                {
                    refusals++;
                    refused();
                }

                await connection.DisposeAsync(); // never two logins at a time
                throw;
            }
        }
    }

    /// <summary>Sets what can't be a startup option: one that an older server does not know would refuse the login.</summary>
    /// <returns>When the bot's own session started, by the server's clock.</returns>
    public static async Task<DateTimeOffset> SettleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    private static bool IsFull(PostgresException refusal) => refusal.SqlState == PostgresErrorCodes.TooManyConnections;

    /// <returns>Null for what is no failure to log in: a cancelled caller, a mistake of ours.</returns>
    private (UnavailableReason Reason, string Message)? Explain(Exception failure, CancellationToken cancellationToken) =>
        failure switch
        {
            PostgresException full when IsFull(full) =>
                (UnavailableReason.Full, $"{target.Name} is full: it refused the bot's own login, {target.User}."),
            PostgresException { SqlState: "57P01" or "57P02" or "57P03" } =>
                (UnavailableReason.Unreachable, $"{target.Name} is starting or stopping and lets nobody in yet."),
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                (UnavailableReason.TimedOut, $"{target.Name} let the bot in, but did not answer in time."),
            PostgresException { SqlState: "28000" or "28P01" } refusal =>
                (UnavailableReason.Refused, $"{target.Name} refused the login of {target.User} ({refusal.SqlState}). "
                    + "Check the user, the password file and the server's pg_hba.conf."),
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                (UnavailableReason.Refused, $"{target.Name} has no database {target.Database}. Check the target's Database."),
            PostgresException refusal =>
                (UnavailableReason.Refused, $"{target.Name} refused the login of {target.User} ({refusal.SqlState}). "
                    + "Look the code up in the server's log."),
            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            TimeoutException or OperationCanceledException or NpgsqlException { InnerException: TimeoutException } =>
                (UnavailableReason.TimedOut, $"{target.Name} did not answer the bot's login within "
                    + $"{target.ConnectTimeout.TotalSeconds:0.#} s."),
            SocketException or NpgsqlException { InnerException: SocketException or IOException } =>
                (UnavailableReason.Unreachable, $"Nobody answers for {target.Name} at {target.Host}:{target.Port}."),
            NpgsqlException =>
                (UnavailableReason.Refused, $"The bot and {target.Name} could not agree on a login. "
                    + "Check the target's Tls, User and PasswordFile."),
            _ => null,
        };
}

/// <summary>The bot's own session at the server. A broken connection no longer tells its process id.</summary>
internal sealed record Session(NpgsqlConnection Connection, int ProcessId, DateTimeOffset StartedAt)
{
    public bool IsOpen => Connection.FullState == ConnectionState.Open;
}

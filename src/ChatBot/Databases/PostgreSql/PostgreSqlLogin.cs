using System.Data;
using Npgsql;
using Polly;
using Polly.Retry;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Logs in, and insists while the server is full; every other refusal is final.</summary>
/// <remarks>
/// Somebody who connects holds a slot before being refused, so on a busy full server a free slot lasts milliseconds and
/// only insisting gets it. The driver calls 53300 and 57P01 transient; retrying on that would hammer a server in trouble.
/// The limit of a role or a database has the same code and says nothing about the server, so that refusal is final too.
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
        catch (Exception failure) when (LoginFailure.Explain(target, failure, cancellationToken) is { } explained)
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
                return await SettleAsync(connection, limit.Token);
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
    /// <exception cref="PoolerInBetweenException">Another session answered than the one that was opened.</exception>
    public static async Task<Session> SettleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
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
        return row.GetInt32(1) == connection.ProcessID
            ? new Session(connection, connection.ProcessID, row.GetFieldValue<DateTimeOffset>(0))
            : throw new PoolerInBetweenException();
    }

    private static bool IsFull(PostgresException refusal) =>
        refusal.SqlState == PostgresErrorCodes.TooManyConnections
        && LoginRefusal.LimitOf(refusal) is RefusingLimit.Server or RefusingLimit.Unknown;
}

/// <summary>The bot's own session at the server. A broken connection no longer tells its process id.</summary>
internal sealed record Session(NpgsqlConnection Connection, int ProcessId, DateTimeOffset StartedAt)
{
    public bool IsOpen => Connection.FullState == ConnectionState.Open;
}

/// <summary>What answers is a pooler: its sessions are everybody's, so no setting and no name of the bot's would stay its own.</summary>
internal sealed class PoolerInBetweenException() : Exception("Another session answered than the one that was opened.");

using System.Globalization;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Ends one PostgreSQL session that is still what was approved. Needs <c>pg_signal_backend</c> and
/// <c>pg_read_all_stats</c>.</summary>
/// <remarks>
/// One conditional statement, sent once: doing it twice is harmless, because the second time no row fits. Microseconds
/// remain between the server's look at the session and its signal; nothing can close them.
/// See https://www.postgresql.org/docs/current/functions-admin.html (pg_terminate_backend).
/// </remarks>
internal sealed class SessionTerminator(WarmConnections connections, TimeProvider clock)
{
    // Autocommit: in a transaction the view would show a session as idle that has begun to work. No timeout argument:
    // it would wait inside the server, on the bot's only connection, and exists from version 14 on only.
    private const string Sql =
        $"""
        select pg_terminate_backend(a.pid)
          from pg_stat_activity a
          join pg_roles r on r.oid = a.usesysid
         where a.pid = @pid
           and a.backend_start = @started
           and a.state_change = @quiet_since
           and a.xact_start is not distinct from @transaction
           and a.usename::text = @role
           and a.datname::text = @database
           and pg_postmaster_start_time() = @server_started
           and {EndableSessions.Conditions}
        """;

    /// <summary>The first pause before a session that was told to end is looked for again: most are gone by then.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Doubled each time, up to this: 200 ms.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// An idle session that was told to end is gone within milliseconds. One that is still untouched this long after the
    /// bot's own session was gone had not been told: 1 s.
    /// </summary>
    private static readonly TimeSpan UntouchedFor = TimeSpan.FromSeconds(1);

    /// <param name="serverStartedAt">The start of the server that the plan was made for, to the microsecond.</param>
    /// <param name="idempotencyKey">The name of the bot's session while it does this, for the server's own log and for
    /// the evidence; at most 63 ASCII characters.</param>
    public async Task<StepResult> EndAsync(
        string target,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        var connection = connections[target];
        var sent = false;
        EndingAnswer? answer = null;
        try
        {
            await connection.UseAsync(
                async (session, token) =>
                {
                    await NameAsync(session, idempotencyKey, token);
                    sent = true;
                    answer = await TellAsync(session, token);
                    await NameAsync(session, connection.Target.ApplicationName, token);
                    return true;
                },
                cancellationToken);
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(Outcome.NotApplied, SessionVerdict.LacksSignal);
        }
        catch (PostgresException) when (sent)
        {
            // An error about the one row: what became of it, the evidence says.
        }
        catch (TargetUnavailableException) when (sent)
        {
            // With an answer, only the name was lost with the connection; without one, the evidence decides.
        }
        catch (TargetUnavailableException unavailable)
        {
            return new(Outcome.NotApplied, $"Nothing was sent. {unavailable.Message}");
        }

        return await ObserveAsync(
            connection, answer ?? EndingAnswer.Unknown, serverStartedAt, pin, idempotencyKey, cancellationToken);

        async Task<EndingAnswer> TellAsync(NpgsqlConnection session, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(Sql, session);
            command.Parameters.Add(new NpgsqlParameter<int>("pid", pin.ProcessId));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("started", pin.StartedAt));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("quiet_since", pin.StateChangedAt));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?>("transaction", pin.TransactionStartedAt));
            command.Parameters.Add(new NpgsqlParameter<string>("role", pin.User));
            command.Parameters.Add(new NpgsqlParameter<string>("database", pin.Database));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("server_started", serverStartedAt));
            EndableSessions.AddTo(command, connection.Target);

            return await command.ExecuteScalarAsync(token) switch
            {
                true => EndingAnswer.ToldToEnd,
                false => EndingAnswer.CouldNotTell,
                _ => EndingAnswer.NoneFitted,
            };
        }
    }

    /// <summary>For recovery: what became of a session that may have been told to end, or not. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only when it is proven, so that ending it may be sent once more.</returns>
    public Task<StepResult> ObserveAsync(
        string target,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken) => ObserveAsync(
            connections[target], EndingAnswer.Unknown, serverStartedAt, pin, idempotencyKey, cancellationToken);

    /// <summary>Looks until the answer can't get better any more.</summary>
    private async Task<StepResult> ObserveAsync(
        WarmConnection connection,
        EndingAnswer answer,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            StepResult result;
            try
            {
                var sight = await SessionSight.ReadAsync(connection, pin.ProcessId, idempotencyKey, cancellationToken);
                result = SessionVerdict.Of(answer, serverStartedAt, pin, sight);
            }
            catch (TargetUnavailableException unavailable)
            {
                result = Unseen(answer, unavailable);
            }

            var patience = result.Outcome switch
            {
                Outcome.Ambiguous => connection.Target.SeenGoneWithin,
                Outcome.NotApplied when answer is EndingAnswer.Unknown => UntouchedFor,
                _ => TimeSpan.Zero,
            };
            if (clock.GetElapsedTime(since) >= patience)
            {
                return result.Outcome is Outcome.Ambiguous ? After(result, patience) : result;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private static StepResult Unseen(EndingAnswer answer, TargetUnavailableException unavailable) => answer switch
    {
        EndingAnswer.NoneFitted => new(Outcome.NotApplied, $"No session fitted, so none was told to end. {unavailable.Message}"),
        EndingAnswer.CouldNotTell => new(Outcome.NotApplied, $"The server could not tell it to end. {unavailable.Message}"),
        EndingAnswer.ToldToEnd => new(Outcome.Ambiguous, $"Told to end, but nobody saw it go. {unavailable.Message}"),
        _ => new(Outcome.Ambiguous, $"It may have been told to end or not. {unavailable.Message}"),
    };

    private static StepResult After(StepResult result, TimeSpan patience) => result with
    {
        Detail = string.Create(
            CultureInfo.InvariantCulture, $"{result.Detail.TrimEnd('.')}, after {patience.TotalSeconds:0.#} s. A person has to look."),
    };

    private static async Task NameAsync(NpgsqlConnection session, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select set_config('application_name', @name, false)", session);
        command.Parameters.Add(new NpgsqlParameter<string>("name", name));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

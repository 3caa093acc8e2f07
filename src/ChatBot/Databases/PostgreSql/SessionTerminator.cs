using System.Globalization;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Ends one PostgreSQL session, or cancels its statement, if it is still what was approved.</summary>
/// <remarks>
/// One conditional statement, sent once: doing it twice is harmless, because the second time no row fits. Microseconds
/// remain between the server's look at the session and its signal; nothing can close them. The server's own guard
/// (<see cref="ServerGuard"/>) asks for all of it again; without one, the bot's role needs <c>pg_signal_backend</c>.
/// See https://www.postgresql.org/docs/current/functions-admin.html (pg_terminate_backend, pg_cancel_backend).
/// </remarks>
internal sealed class SessionTerminator(WarmConnections connections, TimeProvider clock)
{
    // Autocommit: in a transaction the view would show a session as idle that has begun to work. No timeout argument:
    // it would wait inside the server, on the bot's only connection, and exists from version 14 on only.
    private const string EndIt = "select pg_terminate_backend(a.pid)";
    private const string CancelIt = "select pg_cancel_backend(a.pid)";
    private const string LetTheGuardDoIt =
        "select chatbot.end_session(@act, @pid, @started, @state_since, @transaction, @asked, @role, @database, @server_started)";

    private const string IfItIs =
        $"""
          from pg_stat_activity a
          join pg_roles r on r.oid = a.usesysid
         where a.pid = @pid
           and a.backend_start = @started
           and a.usename::text = @role
           and a.datname::text = @database
           and pg_postmaster_start_time() = @server_started
           and {ProtectedSessions.Conditions}
        """;

    /// <summary>The first pause before a session that was told is looked for again: most are gone by then.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Doubled each time, up to this: 200 ms.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// An idle session that was told to end is gone within milliseconds. One that is still untouched this long after the
    /// bot's own session was gone had not been told: 1 s. One that works may take as long as one that is known to be told.
    /// </summary>
    private static readonly TimeSpan UntouchedFor = TimeSpan.FromSeconds(1);

    /// <param name="serverStartedAt">The start of the server that the plan was made for, to the microsecond.</param>
    /// <param name="idempotencyKey">The name of the bot's session while it does this, for the server's own log and for
    /// the evidence; at most 63 ASCII characters.</param>
    public async Task<StepResult> ActAsync(
        string target,
        SessionAct act,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        var connection = connections[target];
        var sent = false;
        TellingAnswer? answer = null;
        try
        {
            await connection.UseAsync(
                async (session, token) =>
                {
                    var guarded = await ServerGuard.OfEndingAsync(session, token) is { CanEnd: true };
                    var alsoProtected = await ServerProtected.ReadAsync(session, token);
                    await BotSession.NameAsync(session, idempotencyKey, token);
                    sent = true;
                    answer = await TellAsync(session, guarded, alsoProtected, token);
                    await BotSession.NameAsync(session, connection.Target.ApplicationName, token);
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
        catch (PostgresException)
        {
            return new(Outcome.NotApplied, "Nothing was sent: the server refused the bot's questions. Look into the server's log.");
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
            connection, act, answer ?? TellingAnswer.Unknown, serverStartedAt, pin, idempotencyKey, cancellationToken);

        async Task<TellingAnswer> TellAsync(NpgsqlConnection session, bool guarded, IReadOnlyList<string> alsoProtected, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(Sql(act, guarded), session);
            command.Parameters.Add(new NpgsqlParameter<string>("act", GuardsWord(act)));
            command.Parameters.Add(new NpgsqlParameter<int>("pid", pin.ProcessId));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("started", pin.StartedAt));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("state_since", pin.StateChangedAt));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?>("transaction", pin.TransactionStartedAt));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?>("asked", pin.QueryStartedAt));
            command.Parameters.Add(new NpgsqlParameter<string>("role", pin.User));
            command.Parameters.Add(new NpgsqlParameter<string>("database", pin.Database));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("server_started", serverStartedAt));
            ProtectedSessions.AddTo(command, act is SessionAct.CancelGate ? connection.Target.WithoutMigrations() : connection.Target, alsoProtected);

            return await command.ExecuteScalarAsync(token) switch
            {
                true => TellingAnswer.Told,
                false => TellingAnswer.CouldNotTell,
                _ => TellingAnswer.NoneFitted,
            };
        }
    }

    /// <summary>For recovery: what became of a session that may have been told, or not. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only when it is proven, so that it may be sent once more.</returns>
    public Task<StepResult> ObserveAsync(
        string target,
        SessionAct act,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken) => ObserveAsync(
            connections[target], act, TellingAnswer.Unknown, serverStartedAt, pin, idempotencyKey, cancellationToken);

    /// <summary>Looks until the answer can't get better any more.</summary>
    private async Task<StepResult> ObserveAsync(
        WarmConnection connection,
        SessionAct act,
        TellingAnswer answer,
        DateTimeOffset serverStartedAt,
        PostgreSqlPin pin,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        var untouchedFor = act is SessionAct.EndIdle or SessionAct.EndIdleInTransaction ? UntouchedFor : connection.Target.SeenGoneWithin;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            StepResult result;
            try
            {
                var sight = await SessionSight.ReadAsync(connection, pin.ProcessId, idempotencyKey, cancellationToken);
                result = SessionVerdict.Of(act, answer, serverStartedAt, pin, sight);
            }
            catch (TargetUnavailableException unavailable)
            {
                result = SessionVerdict.Unseen(act, answer, unavailable.Message);
            }
            catch (PostgresException refused)
            {
                result = SessionVerdict.Unseen(act, answer, $"The server refused to show it ({refused.SqlState}).");
            }

            var patience = result.Outcome switch
            {
                Outcome.Ambiguous => connection.Target.SeenGoneWithin,
                Outcome.NotApplied when answer is TellingAnswer.Unknown => untouchedFor,
                _ => TimeSpan.Zero,
            };
            if (clock.GetElapsedTime(since) >= patience)
            {
                return result.Outcome is Outcome.Ambiguous ? After(result, patience) : result;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private static string Sql(SessionAct act, bool guarded)
    {
        var it = guarded ? LetTheGuardDoIt : act.Cancels() ? CancelIt : EndIt;
        var asApproved = act switch
        {
            SessionAct.EndIdle =>
                "a.state = 'idle' and a.state_change = @state_since and a.xact_start is not distinct from @transaction",
            SessionAct.EndIdleInTransaction =>
                "a.state like 'idle in transaction%' and a.state_change = @state_since and a.xact_start is not distinct from @transaction",
            SessionAct.EndTransaction => "a.xact_start = @transaction",
            // Of a session that runs nothing the server would say "true" as well, and do nothing.
            SessionAct.CancelStatement => "a.state = 'active' and a.query_start = @asked",
            SessionAct.CancelGate => "a.state = 'active' and a.query_start = @asked and a.wait_event_type = 'Lock'",
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Nobody knows how to do this."),
        };

        return $"{it}\n{IfItIs}\n   and {asApproved}";
    }

    private static string GuardsWord(SessionAct act) => act switch
    {
        SessionAct.EndIdle => "end_idle",
        SessionAct.EndIdleInTransaction => "end_idle_in_transaction",
        SessionAct.EndTransaction => "end_transaction",
        _ => "cancel_statement",
    };

    private static StepResult After(StepResult result, TimeSpan patience) => result with
    {
        Detail = string.Create(
            CultureInfo.InvariantCulture, $"{result.Detail.TrimEnd('.')}, after {patience.TotalSeconds:0.#} s. A person has to look."),
    };
}

using System.Globalization;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Ends one session, or cancels its statement, if it is still what was approved; and says what became of it.</summary>
/// <remarks>Sent once: doing it twice is harmless, because the second time no session fits.</remarks>
internal sealed class MySqlSessionActs(MySqlConnections connections, MySqlRights rights, TimeProvider clock)
{
    /// <summary>The first pause before a session that was told is looked for again: most are gone by then.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Doubled each time, up to this: 200 ms. Less would keep the server from reading its transactions afresh.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>One that is still untouched this long after the bot's own session was gone had not been told: 1 s.</summary>
    private static readonly TimeSpan UntouchedFor = TimeSpan.FromSeconds(1);

    public async Task<StepResult> ActAsync(
        string target, SessionAct act, ServerPin server, MySqlPin pin, string idempotencyKey, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        var guarded = act is SessionAct.CancelGate ? connection.Target.WithoutMigrations() : connection.Target;
        if (guarded.ProtectedUsers.Contains(pin.User, StringComparer.OrdinalIgnoreCase) || pin.User == guarded.User)
        {
            return new(Outcome.NotApplied, "Its account is protected, and was left alone.");
        }

        var sent = false;
        KillAnswer? answer = null;
        try
        {
            await connection.UseAsync(
                async (session, token) =>
                {
                    var byRoutine = await MySqlKill.HasRoutineAsync(session, MySqlKill.RoutineOf(act), token);
                    if (byRoutine && await IsNotMeantAsync(session, act, guarded, pin.Id, token))
                    {
                        answer = KillAnswer.NoneFitted; // the routine doesn't know the bot's own list, nor gates
                        return true;
                    }

                    sent = true;
                    answer = byRoutine
                        ? await MySqlKill.CallAsync(session, act, server, pin, idempotencyKey, token)
                        : await MySqlKill.SendAsync(session, act, server, pin, guarded, idempotencyKey, token);
                    return true;
                },
                cancellationToken);
        }
        catch (MySqlException denied) when (MySqlRights.IsDenial(denied))
        {
            return await LackingAsync();
        }
        catch (MySqlException) when (sent)
        {
            // An error about the one session: what became of it, the evidence says.
        }
        catch (MySqlException refused)
        {
            return new(Outcome.NotApplied, string.Create(
                CultureInfo.InvariantCulture, $"Nothing was sent: {target} refused a question ({(int)refused.ErrorCode})."));
        }
        catch (TargetUnavailableException) when (sent)
        {
            // With an answer, only the connection was lost after it; without one, the evidence decides.
        }
        catch (TargetUnavailableException unavailable)
        {
            return new(Outcome.NotApplied, $"Nothing was sent. {unavailable.Message}");
        }

        if (answer is KillAnswer.Denied)
        {
            return await LackingAsync();
        }

        var result = await ObserveAsync(connection, act, answer ?? KillAnswer.Unknown, server, pin, cancellationToken);

        // An owner account that doesn't see it finds no session that fits, either.
        return (answer, result.Outcome) is (KillAnswer.NoneFitted, Outcome.NotApplied) && await GapAsync() is { } gap ? new(Outcome.NotApplied, gap) : result;

        async Task<StepResult> LackingAsync() => new(Outcome.NotApplied, await GapAsync() ?? MySqlSessionVerdict.Denied);

        async Task<string?> GapAsync()
        {
            try
            {
                return await rights.WhyNotAsync(target, act.Right(), cancellationToken) is { } gap ? $"{gap} The session was left alone." : null;
            }
            catch (TargetUnavailableException)
            {
                return null;
            }
        }
    }

    /// <summary>For recovery: what became of a session that may have been told, or not. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only when it is proven, so that it may be sent once more.</returns>
    public Task<StepResult> ObserveAsync(string target, SessionAct act, ServerPin server, MySqlPin pin, CancellationToken cancellationToken) =>
        ObserveAsync(connections[target], act, KillAnswer.Unknown, server, pin, cancellationToken);

    /// <summary>Looks until the answer can't get better any more.</summary>
    private async Task<StepResult> ObserveAsync(
        MySqlWarmConnection connection, SessionAct act, KillAnswer answer, ServerPin server, MySqlPin pin, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            StepResult result;
            try
            {
                var sight = await MySqlSight.ReadAsync(connection, pin.Id, cancellationToken);
                result = MySqlSessionVerdict.Of(act, answer, server, pin, sight);
            }
            catch (TargetUnavailableException unavailable)
            {
                result = Unseen(answer, unavailable.Message);
            }
            catch (MySqlException denied)
            {
                result = Unseen(answer, string.Create(
                    CultureInfo.InvariantCulture, $"{connection.Target.Name} does not let the bot look ({(int)denied.ErrorCode})."));
            }

            var patience = result.Outcome switch
            {
                _ when MySqlSessionVerdict.MayChange(result) => connection.Target.SeenGoneWithin,
                Outcome.NotApplied when answer is KillAnswer.Unknown => UntouchedFor,
                _ => TimeSpan.Zero,
            };
            if (clock.GetElapsedTime(since) >= patience)
            {
                return result.Outcome is Outcome.Ambiguous ? After(result, patience) : result;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private static StepResult Unseen(KillAnswer answer, string why) => answer switch
    {
        KillAnswer.NoneFitted or KillAnswer.Worked => new(Outcome.NotApplied, $"No session fitted, so none was told. {why}"),
        KillAnswer.Denied => new(Outcome.NotApplied, $"{MySqlSessionVerdict.Denied} {why}"),
        KillAnswer.Told => new(Outcome.Ambiguous, $"It was told, but nobody saw what became of it. {why}"),
        _ => new(Outcome.Ambiguous, $"It may have been told or not. {why}"),
    };

    private static StepResult After(StepResult result, TimeSpan patience) => result with
    {
        Detail = string.Create(
            CultureInfo.InvariantCulture, $"{result.Detail.TrimEnd('.')}, after {patience.TotalSeconds:0.#} s. A person has to look."),
    };

    // INNODB_CMP is a small table that asks for PROCESS: without it the routine would still end the session, and the bot
    // could not see it go. Not INNODB_TRX, which would then show the routine what it showed the bot just now.
    private static async Task<bool> IsNotMeantAsync(MySqlConnection session, SessionAct act, MySqlTarget target, long id, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand { Connection = session };
        command.CommandText =
            $"""
            select count(*), (select count(*) from information_schema.INNODB_CMP)
              from information_schema.PROCESSLIST p
              left join performance_schema.session_connect_attrs program
                on program.PROCESSLIST_ID = p.ID and program.ATTR_NAME = 'program_name'
             where p.ID = @id and not ({ProtectedNames.AddTo(command, target)} and {(act is SessionAct.CancelGate ? MySqlPins.WaitsForTable : "true")})
            """;
        command.Parameters.AddWithValue("@id", id);
        return await command.ExecuteScalarAsync(cancellationToken) is > 0L;
    }
}

using System.Globalization;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>How many connections a role may have: reads it, and sets it if it is still what was approved.</summary>
/// <remarks>
/// Through the server's guard (manifests/databases/postgresql-limit-role.sql) where there is one, else with the bot's own
/// right to change roles. Sessions that are open stay open, and superusers have no limit that holds.
/// See https://www.postgresql.org/docs/current/sql-alterrole.html.
/// </remarks>
internal sealed class RoleLimits(WarmConnections connections, TimeProvider clock)
{
    // Of pg_roles r. Which roles nobody limits from here: the same as those whose sessions nobody ends.
    private const string Limitable =
        """
        r.rolname::text = @account
           and not r.rolsuper
           and not r.rolreplication
           and r.rolname <> current_user
           and r.rolname::text <> all (@protected_users)
        """;

    private const string ReadSql =
        $"""
        select pg_postmaster_start_time(),
               nullif(r.rolconnlimit, -1),
               (select count(*)
                  from pg_stat_activity a
                 where a.usesysid = r.oid
                   and a.backend_type = 'client backend')::int
          from pg_roles r
         where {Limitable}
        """;

    private const string AsApproved =
        $"""
          from pg_roles r
         where {Limitable}
           and r.rolconnlimit = coalesce(@from, -1)
           and pg_postmaster_start_time() = @server_started
        """;

    private const string GuardedSql = $"select chatbot.limit_role(@account, @from, @to, @server_started)\n{AsApproved}";

    // A block of its own takes no parameters, so they go ahead as settings of the session; the server puts the name into
    // the statement. It asks once more for what may have changed in between.
    private const string PrepareSql =
        $"""
        select set_config('chatbot.account', r.rolname, false),
               set_config('chatbot.from', coalesce(@from, -1)::text, false),
               set_config('chatbot.to', coalesce(@to, -1)::text, false),
               set_config('chatbot.limited', 'no', false)
        {AsApproved}
        """;

    private const string LimitSql =
        """
        do $$
        begin
          if exists (select
                       from pg_roles r
                      where r.rolname::text = current_setting('chatbot.account')
                        and r.rolconnlimit = current_setting('chatbot.from')::int
                        and not r.rolsuper
                        and not r.rolreplication) then
            execute format('alter role %I connection limit %s', current_setting('chatbot.account'), current_setting('chatbot.to')::int);
            perform set_config('chatbot.limited', 'yes', false);
          end if;
        end
        $$
        """;

    /// <summary>Between two looks at what became of it: 50 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>Null when there is no such role, or nobody limits it from here.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<AccountLimit?> FindAsync(string target, string account, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) =>
        {
            var alsoProtected = await ServerProtected.ReadAsync(session, token);
            await using var command = new NpgsqlCommand(ReadSql, session);
            command.Parameters.Add(new NpgsqlParameter<string>("account", account));
            ProtectedSessions.AddTo(command, connections[target].Target, alsoProtected);
            await using var row = await command.ExecuteReaderAsync(token);
            return await row.ReadAsync(token)
                ? new AccountLimit(
                    new ServerPin(row.GetFieldValue<DateTimeOffset>(0)), account, row.IsDBNull(1) ? null : row.GetInt32(1), row.GetInt32(2))
                : null;
        },
        cancellationToken);

    public async Task<StepResult> LimitAsync(string target, AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (change.To < 1)
        {
            return new(Outcome.NotApplied, "A limit below 1 would lock everybody out. It was left as it is.");
        }

        var connection = connections[target];
        var sent = false;
        LimitAnswer? answer = null;
        IReadOnlyList<string> alsoProtected = [];
        try
        {
            await connection.UseAsync(
                async (session, token) =>
                {
                    var guarded = await ServerGuard.OfLimitingAsync(session, token) is { CanLimit: true };
                    alsoProtected = await ServerProtected.ReadAsync(session, token);
                    await BotSession.NameAsync(session, idempotencyKey, token);
                    sent = true;
                    answer = await ChangeAsync(session, guarded, token);
                    await BotSession.NameAsync(session, connection.Target.ApplicationName, token);
                    return true;
                },
                cancellationToken);
        }
        catch (PostgresException refused) when (RoleLimitVerdict.OfRefusal(refused.SqlState) is { } result)
        {
            return result;
        }
        catch (PostgresException) when (sent)
        {
            // What became of it, the evidence says.
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

        return await ObserveAsync(connection, answer ?? LimitAnswer.Unknown, change, idempotencyKey, cancellationToken);

        async Task<LimitAnswer> ChangeAsync(NpgsqlConnection session, bool guarded, CancellationToken token)
        {
            // The bot's session only reads, but for this. Whatever ends it midway, the next use sets everything back.
            await RunAsync(session, "set default_transaction_read_only = off", token);
            var limited = guarded ? await AskAsync(session, GuardedSql, token) is true : await LimitDirectlyAsync(session, token);
            await RunAsync(session, "set default_transaction_read_only = on", token);
            return limited ? LimitAnswer.Limited : LimitAnswer.NoneFitted;
        }

        async Task<bool> LimitDirectlyAsync(NpgsqlConnection session, CancellationToken token)
        {
            if (await AskAsync(session, PrepareSql, token) is null)
            {
                return false;
            }

            await RunAsync(session, LimitSql, token);
            return await AskAsync(session, "select current_setting('chatbot.limited') = 'yes'", token) is true;
        }

        async Task<object?> AskAsync(NpgsqlConnection session, string sql, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(sql, session);
            command.Parameters.Add(new NpgsqlParameter<string>("account", change.Account));
            command.Parameters.Add(new NpgsqlParameter<int?>("from", change.From));
            command.Parameters.Add(new NpgsqlParameter<int?>("to", change.To));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("server_started", change.Server.StartedAt));
            ProtectedSessions.AddTo(command, connection.Target, alsoProtected);
            return await command.ExecuteScalarAsync(token);
        }
    }

    /// <summary>For recovery: what became of a limit that may have been set or not. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only when it is proven, so that it may be sent once more.</returns>
    public Task<StepResult> ObserveAsync(string target, AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        ObserveAsync(connections[target], LimitAnswer.Unknown, change, idempotencyKey, cancellationToken);

    /// <summary>The statement for a person with the right to change roles.</summary>
    public static string Statement(AccountLimitChange change) => string.Create(
        CultureInfo.InvariantCulture, $"ALTER ROLE {QuotedName.Of(change.Account)} CONNECTION LIMIT {change.To ?? -1};");

    private async Task<StepResult> ObserveAsync(
        WarmConnection connection,
        LimitAnswer answer,
        AccountLimitChange change,
        string idempotencyKey,
        CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            StepResult result;
            try
            {
                result = RoleLimitVerdict.Of(
                    answer, change, await RoleLimitSight.ReadAsync(connection, change.Account, idempotencyKey, cancellationToken));
            }
            catch (TargetUnavailableException unavailable)
            {
                result = RoleLimitVerdict.Unseen(answer, unavailable.Message);
            }
            catch (PostgresException refused)
            {
                result = RoleLimitVerdict.Unseen(answer, $"The server refused to show it ({refused.SqlState}).");
            }

            // What the server is still at shows in the bot's own session; nothing else is worth waiting for.
            if (result.Outcome is not Outcome.Ambiguous || clock.GetElapsedTime(since) >= connection.Target.SeenGoneWithin)
            {
                return result;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static async Task RunAsync(NpgsqlConnection session, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

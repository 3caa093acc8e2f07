using System.Globalization;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Looks whether a session is still the one that was approved and tells it, in one round trip on one connection.</summary>
/// <remarks>
/// KILL knows ids only. Preferred is the routine of <c>manifests/databases</c>: look and KILL happen at the server, with the
/// power of an account that nobody can log in as. Where the bot itself holds CONNECTION_ADMIN (option A of these files), it
/// sends the same looks and the KILL as one batch. The first look, at everything, takes the server tens of milliseconds with
/// many sessions; the last one only asks whether the session did anything since. What it begins between that and the KILL is
/// hit, and so is a transaction that it began so shortly before that InnoDB's list, which is up to 100 ms old, still shows the
/// approved one; nothing can close that, but for MariaDB's <c>KILL QUERY ID</c>, which names the statement itself.
/// See https://dev.mysql.com/doc/refman/8.4/en/kill.html, https://mariadb.com/kb/en/kill/.
/// </remarks>
internal static class MySqlKill
{
    private const MySqlErrorCode NoSuchQuery = (MySqlErrorCode)1957;

    /// <summary>Whether the routine is there for the bot; a server shows only those that one may call.</summary>
    public static async Task<bool> HasRoutineAsync(MySqlConnection session, string routine, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(
            "select count(*) from information_schema.ROUTINES where ROUTINE_SCHEMA = 'chatbot' and ROUTINE_NAME = @routine", session);
        command.Parameters.AddWithValue("@routine", routine);
        return await command.ExecuteScalarAsync(cancellationToken) is > 0L;
    }

    /// <summary>Which routine does it.</summary>
    public static string RoutineOf(SessionAct act) => act.Cancels() ? "cancel_statement" : "end_session";

    /// <param name="key">Shows in the server's own lists and logs while it lasts.</param>
    /// <exception cref="MySqlException">Nobody was told.</exception>
    public static async Task<KillAnswer> CallAsync(
        MySqlConnection session, SessionAct act, ServerPin server, MySqlPin pin, string key, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand { Connection = session };
        AddTo(command, server, pin);
        command.CommandText = act.Cancels()
            ? $"call chatbot.cancel_statement(@server, @started, @id, @client, @work, @user, @database) {Comment(key)}"
            : $"call chatbot.end_session('{Word(act)}', @server, @started, @id, @client, @work, @transaction, @user, @database) {Comment(key)}";
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            "told" => KillAnswer.Told,
            "denied" => KillAnswer.Denied,
            "none" or "gone" => KillAnswer.NoneFitted,
            "worked" => KillAnswer.Worked,
            _ => KillAnswer.Unknown,
        };
    }

    /// <inheritdoc cref="CallAsync"/>
    public static async Task<KillAnswer> SendAsync(
        MySqlConnection session, SessionAct act, ServerPin server, MySqlPin pin, MySqlTarget target, string key, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand { Connection = session };
        AddTo(command, server, pin);
        command.CommandText = Batch(MariaDb.Is(session), act, key, ProtectedNames.AddTo(command, target));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var (found, fitted) = (!await row.IsDBNullAsync(0, cancellationToken), !await row.IsDBNullAsync(1, cancellationToken));
        try
        {
            await row.NextResultAsync(cancellationToken);
            return KillAnswer.Told;
        }
        catch (MySqlException gone) when (gone.ErrorCode is MySqlErrorCode.NoSuchThread or NoSuchQuery)
        {
            return fitted && !found ? KillAnswer.Worked : KillAnswer.NoneFitted; // also how the server answers KILL of nobody
        }
        catch (MySqlException denied) when (found && denied.ErrorCode is MySqlErrorCode.KillDenied or MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return KillAnswer.Denied;
        }
    }

    private static void AddTo(MySqlCommand command, ServerPin server, MySqlPin pin)
    {
        command.Parameters.AddWithValue("@server", server.Identity);
        command.Parameters.AddWithValue("@started", server.StartedAt.ToUnixTimeSeconds());
        command.Parameters.AddWithValue("@id", pin.Id);
        command.Parameters.AddWithValue("@client", pin.Client);
        command.Parameters.AddWithValue("@work", pin.Work ?? "");
        command.Parameters.AddWithValue("@transaction", pin.Transaction);
        command.Parameters.AddWithValue("@user", pin.User);
        command.Parameters.AddWithValue("@database", pin.Database);
    }

    /// <summary>For a person with the right: by id only, but for MariaDB's statements.</summary>
    public static string Statement(SessionAct act, MySqlPin pin) =>
        !act.Cancels() ? string.Create(CultureInfo.InvariantCulture, $"KILL CONNECTION {pin.Id};")
        : pin.NamesStatement ? $"KILL QUERY ID {pin.Work};"
        : string.Create(CultureInfo.InvariantCulture, $"KILL QUERY {pin.Id};");

    /// <summary>The key as a comment: only letters that can't end it.</summary>
    public static string Comment(string key) => $"/* {string.Concat(key.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))} */";

    private static string Word(SessionAct act) => act switch
    {
        SessionAct.EndIdle => "idle",
        SessionAct.EndIdleInTransaction => "idle in transaction",
        SessionAct.EndTransaction => "transaction",
        _ => throw new ArgumentOutOfRangeException(nameof(act), act, "No session is ended in this way."),
    };

    // The same looks as in the routines. KILL takes a variable, but no subquery.
    private static string Batch(bool mariaDb, SessionAct act, string key, string protectedNames) =>
        $"""
        set @chatbot_fits := null, @chatbot_work := null, @chatbot_found := null;
        select p.ID, {MySqlPins.Work(mariaDb)} into @chatbot_fits, @chatbot_work
          from {MySqlPins.Sessions}
          left join performance_schema.session_connect_attrs program
            on program.PROCESSLIST_ID = p.ID and program.ATTR_NAME = 'program_name'
         where p.ID = @id
           and p.ID <> connection_id()
           and {Same("p.HOST", "@client")}
           and {Same("p.USER", "@user")}
           and {Same("coalesce(p.DB, '')", "@database")}
           and coalesce(t.trx_state, '') <> 'ROLLING BACK'
           and {StateOf(act, mariaDb)}
           and p.USER <> {MySqlPins.Self}
           and {MySqlPins.Touchable}
           and {protectedNames}
           and {MySqlPins.Identity(mariaDb)} = @server
           and abs({MySqlPins.StartedAt(mariaDb)} - @started) <= 1
         limit 1;
        set @chatbot_found := ({LastLook(act, mariaDb)});
        select @chatbot_found, @chatbot_fits;
        kill {(act.Cancels() ? mariaDb ? "query id" : "query" : "connection")} @chatbot_found {Comment(key)}
        """;

    // Without performance_schema MySQL has nothing that could be asked as quickly.
    private static string LastLook(SessionAct act, bool mariaDb) => (mariaDb, act.Cancels()) switch
    {
        (true, true) => "select if(@chatbot_fits is null, null, cast(@chatbot_work as unsigned))",
        (true, false) => "select p.ID from information_schema.PROCESSLIST p where p.ID = @chatbot_fits and p.QUERY_ID = @chatbot_work",
        (false, _) =>
            $"""
            select if(@@performance_schema = 0, @chatbot_fits, (
                   select th.PROCESSLIST_ID
                     from performance_schema.threads th
                    where th.PROCESSLIST_ID = @chatbot_fits
                      and th.PROCESSLIST_COMMAND {(act.Cancels() ? "in ('Query', 'Execute')" : act is SessionAct.EndTransaction ? "<> 'Killed'" : "= 'Sleep'")}
                      and coalesce((select max(e.EVENT_ID)
                                      from performance_schema.events_statements_current e
                                     where e.THREAD_ID = th.THREAD_ID
                                       and e.NESTING_EVENT_LEVEL = 0), 0) = substring_index(@chatbot_work, '/', 1)
                      and abs(cast(unix_timestamp() as signed) - th.PROCESSLIST_TIME - substring_index(@chatbot_work, '/', -1)) <= 1))
            """,
    };

    private static string StateOf(SessionAct act, bool mariaDb)
    {
        var sameWork = mariaDb
            ? "p.QUERY_ID = @work"
            : $"""
              substring_index({MySqlPins.Work(mariaDb)}, '/', 1) = substring_index(@work, '/', 1)
                 and abs(cast(substring_index({MySqlPins.Work(mariaDb)}, '/', -1) as signed) - cast(substring_index(@work, '/', -1) as signed)) <= 1
              """;
        return act switch
        {
            SessionAct.EndIdle => $"p.COMMAND = 'Sleep' and t.trx_id is null and @transaction is null and {sameWork}",
            SessionAct.EndIdleInTransaction => $"p.COMMAND = 'Sleep' and {MySqlPins.Transaction} = @transaction and {sameWork}",
            SessionAct.EndTransaction => $"p.COMMAND not in ('Killed', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID') and {MySqlPins.Transaction} = @transaction",
            SessionAct.CancelStatement => $"p.COMMAND in ('Query', 'Execute') and {sameWork}",
            SessionAct.CancelGate => $"p.COMMAND in ('Query', 'Execute') and {MySqlPins.WaitsForTable} and {sameWork}",
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Nothing is done to a session in this way."),
        };
    }

    // To the byte: the server's own comparison takes 'app' and 'APP' for the same.
    private static string Same(string column, string value) =>
        $"cast(convert({column} using utf8mb4) as binary) = cast(convert({value} using utf8mb4) as binary)";
}

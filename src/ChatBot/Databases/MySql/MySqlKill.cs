using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Looks whether a session is still the one that was approved and tells it, in one round trip on one connection.</summary>
/// <remarks>
/// KILL knows ids only. Preferred is the routine of <c>manifests/databases</c>: look and KILL happen at the server, with the
/// power of an account that nobody can log in as. Where the bot itself holds CONNECTION_ADMIN (option A of these files), it
/// sends the same look and the KILL as one batch. Between look and KILL pass microseconds; nothing can close them, but for
/// MariaDB's <c>KILL QUERY ID</c>, which names the statement itself.
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
    public static string RoutineOf(SessionAct act) => act is SessionAct.CancelStatement ? "cancel_statement" : "end_session";

    /// <param name="key">Shows in the server's own lists and logs while it lasts.</param>
    /// <exception cref="MySqlException">Nobody was told.</exception>
    public static async Task<KillAnswer> CallAsync(
        MySqlConnection session, SessionAct act, ServerPin server, MySqlPin pin, string key, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand { Connection = session };
        AddTo(command, server, pin);
        command.CommandText = act is SessionAct.CancelStatement
            ? $"call chatbot.cancel_statement(@server, @started, @id, @client, @work, @user, @database) {Comment(key)}"
            : $"call chatbot.end_session('{Word(act)}', @server, @started, @id, @client, @work, @transaction, @user, @database) {Comment(key)}";
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            "told" => KillAnswer.Told,
            "denied" => KillAnswer.Denied,
            "none" or "gone" => KillAnswer.NoneFitted,
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
        var found = !await row.IsDBNullAsync(0, cancellationToken);
        try
        {
            await row.NextResultAsync(cancellationToken);
            return KillAnswer.Told;
        }
        catch (MySqlException gone) when (gone.ErrorCode is MySqlErrorCode.NoSuchThread or NoSuchQuery)
        {
            return KillAnswer.NoneFitted; // also how the server answers KILL of nobody
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

    /// <summary>The key as a comment: only letters that can't end it.</summary>
    public static string Comment(string key) => $"/* {string.Concat(key.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))} */";

    private static string Word(SessionAct act) => act switch
    {
        SessionAct.EndIdle => "idle",
        SessionAct.EndIdleInTransaction => "idle in transaction",
        SessionAct.EndTransaction => "transaction",
        _ => throw new ArgumentOutOfRangeException(nameof(act), act, "No session is ended in this way."),
    };

    // The same conditions as in the routines. KILL takes a variable, but no subquery.
    private static string Batch(bool mariaDb, SessionAct act, string key, string protectedNames) =>
        $"""
        set @chatbot_found := null;
        select {(mariaDb && act is SessionAct.CancelStatement ? "p.QUERY_ID" : "p.ID")} into @chatbot_found
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
           and abs({MySqlPins.StartedAt(mariaDb)} - @started) <= 2
         limit 1;
        select @chatbot_found;
        kill {(act is SessionAct.CancelStatement ? mariaDb ? "query id" : "query" : "connection")} @chatbot_found {Comment(key)}
        """;

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
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Nothing is done to a session in this way."),
        };
    }

    // To the byte: the server's own comparison takes 'app' and 'APP' for the same.
    private static string Same(string column, string value) =>
        $"cast(convert({column} using utf8mb4) as binary) = cast(convert({value} using utf8mb4) as binary)";
}

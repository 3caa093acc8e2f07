namespace ChatBot.Databases.MySql;

/// <summary>
/// How a session, its work and the server's life are read. What a plan names, what is ended and what is looked at
/// afterwards all ask with these lines, and the routines of <c>manifests/databases/mysql.sql</c> and <c>mariadb.sql</c>
/// compare with the same, so that they can't disagree.
/// </summary>
/// <remarks>
/// Of <c>information_schema.PROCESSLIST p</c> left joined to <c>information_schema.INNODB_TRX t</c>. Both servers have
/// these; MySQL warns that it will drop the first one some day. INNODB_TRX is a copy that is up to 100 ms old, and
/// older while somebody keeps reading it faster than that; the number of the last statement is always fresh.
/// </remarks>
internal static class MySqlPins
{
    public const string Sessions =
        "information_schema.PROCESSLIST p left join information_schema.INNODB_TRX t on t.trx_mysql_thread_id = p.ID";

    /// <summary>Null outside a transaction. The server shows the start in its own time zone, whatever the session's is.</summary>
    public const string Transaction = "concat(t.trx_id, ' ', t.trx_started)";

    /// <summary>The bot's own account, as the process list spells it: all its sessions are its own.</summary>
    public const string Self = "substring_index(user(), '@', 1)";

    /// <summary>How many others of the bot's sessions are at work: an order without an answer may yet be carried out by one.</summary>
    /// <remarks>Inside a routine the server lists a session under the name of the routine's owner (measured on both).</remarks>
    public const string SendersAtWork =
        $"""
        (select count(*)
           from information_schema.PROCESSLIST sender
          where sender.USER in ({Self}, 'chatbot_owner') and sender.ID <> connection_id() and sender.COMMAND <> 'Sleep')
        """;

    /// <summary>For a lock on a table's definition or on more than one table: what a gate waits for.</summary>
    public const string WaitsForTable = "(p.STATE like 'Waiting for % lock' or p.STATE = 'Waiting for table flush')";

    /// <summary>For any lock, as <see cref="ClientSession"/> tells it.</summary>
    public const string Waits = $"(coalesce(t.trx_state, '') = 'LOCK WAIT' or coalesce(p.STATE, '') = 'User lock' or coalesce({WaitsForTable}, false))";

    /// <summary>Neither privileged nor on the list of the database's administrators, nor an account that the view doesn't know.</summary>
    /// <remarks>The select around it has MySQL ask once, and not for each session.</remarks>
    public const string Touchable =
        "p.USER in (select * from (select a.user from chatbot.accounts a group by a.user having max(a.untouchable) = 0) touchable)";

    /// <summary>What the server counts up with each statement of the session.</summary>
    /// <remarks>
    /// MySQL: the event id, a slash, and since when the session is in its state, in seconds since 1970. Where
    /// performance_schema is off or leaves an account out, the id stays 0, and only the second part tells. In this order
    /// the server looks both tables up; in the one that it would choose it reads all events, once for each session.
    /// </remarks>
    public static string Work(bool mariaDb) => mariaDb
        ? "cast(p.QUERY_ID as char)"
        : """
          concat(coalesce((select max(e.EVENT_ID)
                             from performance_schema.threads th
                             straight_join performance_schema.events_statements_current e on e.THREAD_ID = th.THREAD_ID and e.NESTING_EVENT_LEVEL = 0
                            where th.PROCESSLIST_ID = p.ID), 0), '/', cast(unix_timestamp() as signed) - p.TIME)
          """;

    /// <summary>When the server started, in seconds since 1970: exact, because both sides of the difference are read at one moment.</summary>
    public static string Started(bool mariaDb) => $"cast(unix_timestamp() as signed) - cast({Status(mariaDb, "Uptime")} as signed)";

    /// <summary>The same for what looks at others' sessions.</summary>
    /// <remarks>
    /// Fails without PROCESS, for the small table in it: the process list alone would show the bot's own sessions and no
    /// error, and everybody else would look gone.
    /// </remarks>
    public static string StartedAt(bool mariaDb) =>
        $"if((select count(*) from information_schema.INNODB_CMP) >= 0, {Started(mariaDb)}, null)";

    /// <summary>MariaDB has one from 10.6.19 on; before that it is empty.</summary>
    public static string Identity(bool mariaDb) => mariaDb
        ? "coalesce((select v.VARIABLE_VALUE from information_schema.GLOBAL_VARIABLES v where v.VARIABLE_NAME = 'SERVER_UID'), '')"
        : "@@server_uuid";

    /// <summary>A global status variable. Anybody may read these.</summary>
    public static string Status(bool mariaDb, string name) =>
        $"(select u.VARIABLE_VALUE from {(mariaDb ? "information_schema.GLOBAL_STATUS" : "performance_schema.global_status")} u where u.VARIABLE_NAME = '{name}')";
}

using ChatBot.Incidents.Evidence;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>All sessions of clients at one moment, the bot's own left out.</summary>
/// <param name="Sessions">Also those that are still logging in.</param>
/// <param name="LastId">The highest id of all sessions, also of those left out.</param>
/// <param name="SeesEverything">False when the bot's account lacks PROCESS: then only its own sessions are here.</param>
/// <param name="IsReplica">It runs another server's changes.</param>
internal sealed record ClientSessions(IReadOnlyList<ClientSession> Sessions, long LastId, bool SeesEverything, bool IsReplica)
{
    /// <summary>Whether what idle sessions did last is known.</summary>
    public LastStatements LastStatements { get; private init; } = LastStatements.NotKept;

    /// <summary>Logins of each user since the server started; empty where nobody counts them, or the bot may not read it.</summary>
    public IReadOnlyList<UserLogins> LoginsByUser { get; private init; } = [];

    /// <summary>More users than this say nothing more about who logs in most.</summary>
    private const int MostUsers = 100;

    /// <summary>More sessions than any server of this kind is meant to have: a bound, not a page.</summary>
    private const int AtMost = 20_000;

    private static readonly TimeSpan LongestBelievable = TimeSpan.FromDays(3650);

    /// <summary>Needs PROCESS, which only the question about transactions tells: without it the process list is silently short.</summary>
    /// <param name="withStatements">They can be long, and a count needs none.</param>
    public static async Task<ClientSessions> ReadAsync(MySqlConnection connection, bool withStatements)
    {
        var milliseconds = MariaDb.Is(connection) ? "time_ms" : "time * 1000";
        var rows = await connection.ReadAllAsync(
            $"""
            select id, user, host, db, command, cast({milliseconds} as signed), state, {(withStatements ? "left(info, 2000)" : "null")}, id = connection_id()
              from information_schema.processlist
             limit {AtMost}
            """,
            row => (
                IsSelf: row.Number(8) == 1,
                Session: new ClientSession(
                    row.Number(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), Span(row.Number(5)), row.Text(6), row.Text(7))));
        var transactions = await connection.TryReadAllAsync(
            $"""
            select trx_mysql_thread_id, timestampdiff(second, trx_started, now()), trx_state = 'LOCK WAIT'
              from information_schema.innodb_trx
             where trx_mysql_thread_id > 0
             limit {AtMost}
            """,
            row => (Id: row.Number(0), Transaction: new ClientTransaction(Span(row.Number(1) * 1000), row.Number(2) == 1)));
        var byId = (transactions ?? []).GroupBy(one => one.Id).ToDictionary(group => group.Key, group => group.First().Transaction);

        return new ClientSessions(
            [
                .. rows.Where(row => !row.IsSelf && IsClient(row.Session))
                    .Select(row => row.Session with
                    {
                        Transaction = byId.GetValueOrDefault(row.Session.Id),
                        Application = row.Session.IsReplica ? row.Session.Command : "",
                    }),
            ],
            rows.Max(row => row.Session.Id),
            transactions is not null,
            rows.Any(row => row.Session is { User: "system user", Command: not "Daemon" }));
    }

    /// <summary>Adds what only the performance schema knows: names of programs and last statements. Any of it may be missing.</summary>
    public async Task<ClientSessions> WithHistoryAsync(MySqlConnection connection)
    {
        var names = await connection.TryReadAllAsync(
            $"select processlist_id, attr_value from performance_schema.session_connect_attrs where attr_name = 'program_name' limit {AtMost}",
            row => (Id: row.Number(0), Text: row.Text(1)));

        // What a driver sends when a connection comes back to its pool, or to try it, has no text but a name of its own.
        var statements = await connection.TryReadAllAsync(
            $"""
            select t.processlist_id,
                   left(coalesce(s.digest_text,
                                 s.sql_text,
                                 case s.event_name
                                   when 'statement/com/Reset Connection' then 'reset connection'
                                   when 'statement/com/Ping' then 'ping'
                                 end), 2000)
              from performance_schema.threads t
              join performance_schema.events_statements_current s on s.thread_id = t.thread_id and s.nesting_event_level = 0
             where t.processlist_id is not null
             limit {AtMost}
            """,
            row => (Id: row.Number(0), Text: row.Text(1)));
        var isKept = await connection.TryReadAllAsync(
            "select enabled = 'YES' from performance_schema.setup_consumers where name = 'events_statements_current'", row => row.Number(0) == 1);
        var logins = await connection.TryReadAllAsync(
            $"select user, sum(total_connections) from performance_schema.accounts where user is not null group by user order by 2 desc limit {MostUsers}",
            row => new UserLogins(MySqlNames.Read(row.Text(0)), row.Number(1)));
        var (name, statement) = (ById(names), ById(statements));
        return this with
        {
            LastStatements = statements is null ? LastStatements.NotAllowed : isKept is [false] ? LastStatements.NotKept : LastStatements.Told,
            LoginsByUser = logins ?? [],
            Sessions =
            [
                .. Sessions.Select(session => session with
                {
                    Application = name.GetValueOrDefault(session.Id, session.Application),
                    Last = statement.GetValueOrDefault(session.Id, ""),
                }),
            ],
        };
    }

    private static Dictionary<long, string> ById(List<(long Id, string Text)>? rows) =>
        (rows ?? []).GroupBy(row => row.Id).ToDictionary(group => group.Key, group => group.First().Text);

    // What a replica applies and the event scheduler run in threads of the server's own. Who reads its changes is a client, and holds a slot.
    private static bool IsClient(ClientSession row) => row.User is not ("system user" or "event_scheduler") && row.Command is not "Daemon";

    // A clock that was set back makes it negative, or absurd.
    private static TimeSpan Span(long milliseconds) =>
        milliseconds <= 0 ? TimeSpan.Zero : milliseconds >= LongestBelievable.TotalMilliseconds ? LongestBelievable : TimeSpan.FromMilliseconds(milliseconds);
}

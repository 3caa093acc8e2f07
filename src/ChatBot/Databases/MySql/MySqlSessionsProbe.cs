using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Asks MySQL or MariaDB which sessions a plan could name, with all that pins each of them. One statement.</summary>
/// <remarks>
/// Needs PROCESS (without it the server shows the bot's own sessions only, and none is named), SELECT on
/// performance_schema, and the view chatbot.accounts, which says who is privileged: without it nobody is named.
/// </remarks>
internal sealed class MySqlSessionsProbe(MySqlConnections connections)
{
    /// <exception cref="TargetUnavailableException">There was no answer, or a right is missing.</exception>
    public Task<PinnedSessions> ReadAsync(string target, SessionChoice choice, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choice.AtMost, 1);
        return ReadAsync(connections[target].Target, StateOf(choice.State), choice.For, choice.AtMost, cancellationToken);
    }

    /// <summary>Those of these sessions that a plan could name, whatever they do.</summary>
    /// <inheritdoc cref="ReadAsync(string, SessionChoice, CancellationToken)"/>
    public Task<PinnedSessions> ReadAsync(MySqlTarget target, IReadOnlyList<long> ids, CancellationToken cancellationToken) => ReadAsync(
        target,
        $"p.ID in ({string.Join(", ", ids.Prepend(0))}) and p.COMMAND in ('Sleep', 'Query', 'Execute') and coalesce(t.trx_state, '') <> 'ROLLING BACK'",
        TimeSpan.Zero,
        ids.Count + 1,
        cancellationToken);

    private Task<PinnedSessions> ReadAsync(MySqlTarget target, string condition, TimeSpan least, int atMost, CancellationToken cancellationToken)
    {
        return connections[target.Name].UseAsync(
            async (session, token) =>
            {
                await using var command = new MySqlCommand { Connection = session };
                var protectedNames = ProtectedNames.AddTo(command, target);
                command.CommandText = Sql(MariaDb.Is(session), condition, protectedNames);
                command.Parameters.AddWithValue("@seconds", (long)Math.Ceiling(least.TotalSeconds));
                command.Parameters.AddWithValue("@at_most", atMost);

                var sessions = new List<PinnedSession>();
                var (server, qualifying) = (default(ServerPin), 0);
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    server ??= new ServerPin(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetString(1));
                    if (!row.IsDBNull(2))
                    {
                        sessions.Add(ReadSession(row));
                        qualifying = row.GetInt32(14);
                    }
                }

                return new PinnedSessions(
                    server ?? throw new TargetUnavailableException(UnavailableReason.Confused, 0, $"{target.Name} did not say who it is."),
                    sessions,
                    More: qualifying - sessions.Count);
            },
            cancellationToken);
    }

    private static PinnedSession ReadSession(MySqlDataReader row) => new(
        new MySqlPin(
            Id: row.GetInt64(2),
            Client: row.GetString(3),
            Work: row.GetString(4),
            Transaction: Text(row, 5),
            User: row.GetString(6),
            Database: row.GetString(7)),
        Application: MySqlNames.Read(Text(row, 8)),
        Client: MySqlNames.ReadClient(row.GetString(3)),
        For: TimeSpan.FromSeconds(row.GetInt64(9)))
    {
        Statement = MySqlNames.ReadStatement(Text(row, 10)),
        Transaction = row.IsDBNull(11)
            ? null
            : new OpenTransaction(
                TimeSpan.FromSeconds(row.GetInt64(11)),
                HasWritten: row.GetInt64(12) > 0,
                Rows: row.GetInt64(12),
                Locks: (int)Math.Min(row.GetInt64(13), int.MaxValue)),
        Waits = row.GetInt64(15) > 0,
    };

    private static string? Text(MySqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    // The row about the server is there even if nobody qualifies, hence the join that keeps it. Statements are cut at the
    // server: they can be megabytes long. What costs something for each session is asked only of those that were chosen.
    private static string Sql(bool mariaDb, string condition, string protectedNames) =>
        $"""
        select server.started,
               server.identity,
               p.ID,
               p.HOST,
               {MySqlPins.Work(mariaDb)} as work,
               p.trx,
               p.USER,
               p.DB,
               p.program,
               p.seconds,
               coalesce(p.running, {LastStatement}) as statement,
               p.open_seconds,
               p.rows_modified,
               p.rows_locked,
               p.qualifying,
               p.waits
          from (select {MySqlPins.StartedAt(mariaDb)} as started, {MySqlPins.Identity(mariaDb)} as identity) server
          left join (
                select p.ID,
                       p.HOST,
                       {(mariaDb ? "p.QUERY_ID" : "p.TIME")},
                       {MySqlPins.Transaction} as trx,
                       p.USER,
                       coalesce(p.DB, '') as DB,
                       program.ATTR_VALUE as program,
                       greatest(p.TIME, 0) as seconds,
                       left(p.INFO, 1000) as running,
                       greatest(timestampdiff(second, t.trx_started, now()), 0) as open_seconds,
                       cast(t.trx_rows_modified as signed) as rows_modified,
                       cast(t.trx_rows_locked as signed) as rows_locked,
                       cast(count(*) over () as signed) as qualifying,
                       cast({MySqlPins.Waits} as signed) as waits
                  from {MySqlPins.Sessions}
                  left join {Programs(mariaDb)} program on program.PROCESSLIST_ID = p.ID and program.ATTR_NAME = 'program_name'
                 where p.ID <> connection_id()
                   and p.USER <> {MySqlPins.Self}
                   and {condition}
                   and p.TIME >= @seconds
                   and {MySqlPins.Touchable}
                   and {protectedNames}
                 order by p.TIME desc, p.ID
                 limit @at_most) p on true
         order by p.seconds desc, p.ID
        """;

    // MariaDB has no index there. Grouped, it makes one of its own; else it compares every session with every attribute.
    private static string Programs(bool mariaDb) => mariaDb
        ? """
          (select a.PROCESSLIST_ID, a.ATTR_NAME, max(a.ATTR_VALUE) as ATTR_VALUE
             from performance_schema.session_connect_attrs a
            where a.ATTR_NAME = 'program_name'
            group by a.PROCESSLIST_ID, a.ATTR_NAME)
          """
        : "performance_schema.session_connect_attrs";

    // Of sessions that sleep in a transaction, where performance_schema knows it: on MariaDB it is off unless asked for.
    private const string LastStatement =
        """
        (select left(e.SQL_TEXT, 1000)
           from performance_schema.threads th
           straight_join performance_schema.events_statements_current e on e.THREAD_ID = th.THREAD_ID and e.NESTING_EVENT_LEVEL = 0
          where th.PROCESSLIST_ID = p.ID
          order by e.EVENT_ID desc
          limit 1)
        """;

    private static string StateOf(SessionState state) => state switch
    {
        SessionState.Idle => "p.COMMAND = 'Sleep' and t.trx_id is null",
        SessionState.IdleInTransaction => "p.COMMAND = 'Sleep' and t.trx_id is not null and t.trx_state <> 'ROLLING BACK'",
        SessionState.Active => "p.COMMAND in ('Query', 'Execute') and coalesce(t.trx_state, '') <> 'ROLLING BACK'",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No sessions are looked for in this state."),
    };
}

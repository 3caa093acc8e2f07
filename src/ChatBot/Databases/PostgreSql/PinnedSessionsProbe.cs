using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL which sessions a plan could name, with all that pins each of them. One statement, after
/// the server's own list of whom to leave alone.</summary>
/// <remarks>
/// PostgreSQL 10 or later, and a role in <c>pg_read_all_stats</c>: to any other role the server blanks the rows of
/// strangers, and this probe names nobody.
/// </remarks>
internal sealed class PinnedSessionsProbe(WarmConnections connections)
{
    // The start of the server is part of the answer even if nobody qualifies, hence the join that keeps its row.
    // Statements are cut before they travel. A failed transaction has no start any more, and holds nothing.
    private static string Sql(SessionState state)
    {
        var since = state is SessionState.Active ? "a.query_start" : "a.state_change";
        var isIn = state switch
        {
            SessionState.Idle => "a.state = 'idle'",
            SessionState.IdleInTransaction => "a.state like 'idle in transaction%'",
            SessionState.Active => "a.state = 'active'",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No sessions are in such a state."),
        };

        // Locks on itself are what every transaction has.
        var locks = state is SessionState.IdleInTransaction
            ? "(select count(*)::int from pg_locks l where l.pid = s.pid and l.granted and l.locktype not in ('virtualxid', 'transactionid'))"
            : "null::int";

        return $"""
            select server.started,
                   s.pid,
                   s.backend_start,
                   s.state_change,
                   s.xact_start,
                   s.query_start,
                   s.role,
                   s.database,
                   s.application,
                   s.client,
                   s.lasting,
                   s.statement,
                   s.open_for,
                   s.has_written,
                   {locks} as locks,
                   s.qualifying,
                   s.waits
              from (select pg_postmaster_start_time() as started) server
              left join lateral (
                    select a.pid,
                           a.backend_start,
                           a.state_change,
                           a.xact_start,
                           a.query_start,
                           a.usename::text as role,
                           a.datname::text as database,
                           coalesce(a.application_name, '') as application,
                           coalesce(host(a.client_addr), '') as client,
                           clock_timestamp() - {since} as lasting,
                           left(a.query, 1000) as statement,
                           clock_timestamp() - coalesce(a.xact_start, a.state_change) as open_for,
                           a.backend_xid is not null as has_written,
                           coalesce(a.wait_event_type = 'Lock', false) as waits,
                           (count(*) over ())::int as qualifying
                      from pg_stat_activity a
                      join pg_roles r on r.oid = a.usesysid
                     where {isIn}
                       and {since} <= clock_timestamp() - @lasting
                       and {ProtectedSessions.Conditions}
                     order by {since}, a.pid
                     limit @at_most) s on true
             order by s.lasting desc, s.pid
            """;
    }

    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<PinnedSessions> ReadAsync(string target, SessionChoice choice, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choice.AtMost, 1);
        return connections[target].UseAsync(
            async (session, token) =>
            {
                var alsoProtected = await ServerProtected.ReadAsync(session, token);
                await using var command = new NpgsqlCommand(Sql(choice.State), session);
                ProtectedSessions.AddTo(command, connections[target].Target, alsoProtected);
                command.Parameters.Add(new NpgsqlParameter<TimeSpan>("lasting", choice.For));
                command.Parameters.Add(new NpgsqlParameter<int>("at_most", choice.AtMost));

                var sessions = new List<PinnedSession>();
                var (started, qualifying) = (default(DateTimeOffset), 0);
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    started = row.GetFieldValue<DateTimeOffset>(0);
                    if (!row.IsDBNull(1))
                    {
                        sessions.Add(ReadSession(row, choice.State));
                        qualifying = row.GetInt32(15);
                    }
                }

                return new PinnedSessions(new ServerPin(started), sessions, More: qualifying - sessions.Count);
            },
            cancellationToken);
    }

    private static PinnedSession ReadSession(NpgsqlDataReader row, SessionState state) => new(
        new PostgreSqlPin(
            ProcessId: row.GetInt32(1),
            StartedAt: row.GetFieldValue<DateTimeOffset>(2),
            StateChangedAt: row.GetFieldValue<DateTimeOffset>(3),
            TransactionStartedAt: At(row, 4),
            User: row.GetString(6),
            Database: row.GetString(7))
        {
            QueryStartedAt = state is SessionState.Active ? At(row, 5) : null,
        },
        Application: ServerNames.Read(row, 8),
        Client: ServerNames.ReadAddress(row, 9),
        For: row.GetTimeSpan(10))
    {
        Statement = row.IsDBNull(11) ? default : ServerNames.ReadStatement(row, 11),
        Transaction = state is SessionState.IdleInTransaction || !row.IsDBNull(4)
            ? new OpenTransaction(row.GetTimeSpan(12), HasWritten: row.GetBoolean(13), Rows: null, Locks: row.IsDBNull(14) ? null : row.GetInt32(14))
            : null,
        Waits = row.GetBoolean(16),
    };

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

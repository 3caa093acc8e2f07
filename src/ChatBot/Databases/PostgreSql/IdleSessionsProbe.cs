using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL which sessions a plan could end, with all that pins each of them. One statement.</summary>
/// <remarks>
/// PostgreSQL 10 or later, and a role in <c>pg_read_all_stats</c>: to any other role the server blanks the rows of
/// strangers, and this probe names nobody.
/// </remarks>
internal sealed class IdleSessionsProbe(WarmConnections connections)
{
    // The start of the server is part of the answer even if nobody qualifies, hence the join that keeps its row.
    private const string Sql =
        $"""
        select server.started,
               s.pid,
               s.backend_start,
               s.state_change,
               s.xact_start,
               s.role,
               s.database,
               s.application,
               s.client,
               s.idle_for,
               s.qualifying
          from (select pg_postmaster_start_time() as started) server
          left join lateral (
                select a.pid,
                       a.backend_start,
                       a.state_change,
                       a.xact_start,
                       a.usename::text as role,
                       a.datname::text as database,
                       coalesce(a.application_name, '') as application,
                       coalesce(host(a.client_addr), '') as client,
                       clock_timestamp() - a.state_change as idle_for,
                       (count(*) over ())::int as qualifying
                  from pg_stat_activity a
                  join pg_roles r on r.oid = a.usesysid
                 where {EndableSessions.LongIdle}
                   and {EndableSessions.Conditions}
                 order by a.state_change, a.pid
                 limit @at_most) s on true
         order by s.state_change, s.pid
        """;

    /// <param name="idleFor">Only sessions that have been idle for at least so long.</param>
    /// <param name="atMost">At least 1.</param>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<PinnedSessions> ReadAsync(string target, TimeSpan idleFor, int atMost, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 1);
        return connections[target].UseAsync(
            async (session, token) =>
            {
                await using var command = new NpgsqlCommand(Sql, session);
                EndableSessions.AddTo(command, connections[target].Target);
                command.Parameters.Add(new NpgsqlParameter<TimeSpan>("idle_for", idleFor));
                command.Parameters.Add(new NpgsqlParameter<int>("at_most", atMost));

                var sessions = new List<PinnedSession>();
                var (started, qualifying) = (default(DateTimeOffset), 0);
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    started = row.GetFieldValue<DateTimeOffset>(0);
                    if (!row.IsDBNull(1))
                    {
                        sessions.Add(ReadSession(row));
                        qualifying = row.GetInt32(10);
                    }
                }

                return new PinnedSessions(new ServerPin(started), sessions, More: qualifying - sessions.Count);
            },
            cancellationToken);
    }

    private static PinnedSession ReadSession(NpgsqlDataReader row) => new(
        new PostgreSqlPin(
            ProcessId: row.GetInt32(1),
            StartedAt: row.GetFieldValue<DateTimeOffset>(2),
            StateChangedAt: row.GetFieldValue<DateTimeOffset>(3),
            TransactionStartedAt: row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
            User: row.GetString(5),
            Database: row.GetString(6)),
        Application: ServerNames.Read(row, 7),
        Client: ServerNames.ReadAddress(row, 8),
        For: row.GetTimeSpan(9));
}

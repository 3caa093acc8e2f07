using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL who holds the connections. One statement; reads the server's own views only.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Without <c>pg_read_all_stats</c> the server blanks states, ages and addresses of strangers but
/// not their names: then the groups are still right in name and number, all states are 0, and nothing is endable.
/// </remarks>
internal sealed class ConnectionConsumersProbe(WarmConnections connections)
{
    /// <summary>More groups than this say nothing more to a responder, and don't fit one Slack message.</summary>
    private const int AtMost = 50;

    private const string Sql =
        $"""
        with session as (
          select a.application_name,
                 a.usename,
                 a.datname,
                 a.client_addr,
                 a.state,
                 a.state = 'active' and a.wait_event_type = 'Lock' as waits,
                 clock_timestamp() - a.state_change as quiet,
                 clock_timestamp() - a.backend_start as age,
                 {EndableSessions.LongIdle} as long_idle,
                 {EndableSessions.LongIdle} and {EndableSessions.Conditions} as endable
            from pg_stat_activity a
            left join pg_roles r on r.oid = a.usesysid
           where (a.backend_type = 'client backend'
                  or a.backend_type is null and a.usesysid is not null and a.datid is not null)
             and a.pid <> pg_backend_pid()
        )
        select coalesce(application_name, '') as application,
               coalesce(usename::text, '') as role,
               coalesce(datname::text, '') as database,
               coalesce(host(client_addr), '') as client,
               count(*)::int as sessions,
               count(*) filter (where state = 'idle')::int as idle,
               count(*) filter (where long_idle)::int as long_idle,
               count(*) filter (where state like 'idle in transaction%')::int as idle_in_transaction,
               count(*) filter (where state in ('active', 'fastpath function call'))::int as active,
               count(*) filter (where waits)::int as waiting_for_lock,
               max(quiet) filter (where state = 'idle') as oldest_idle,
               coalesce(max(age), interval '0') as oldest_connection,
               (select count(*) from session)::int as all_sessions,
               (select count(*) from session where endable)::int as all_endable
          from session
         group by application_name, usename, datname, client_addr
         order by sessions desc, role, application, database, client
         limit @at_most
        """;

    /// <param name="idleFor">From this age on an idle session counts as long idle.</param>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ConnectionConsumers> ReadAsync(string target, TimeSpan idleFor, CancellationToken cancellationToken) =>
        connections[target].UseAsync(
            async (session, token) =>
            {
                await using var command = new NpgsqlCommand(Sql, session);
                EndableSessions.AddTo(command, connections[target].Target);
                command.Parameters.Add(new NpgsqlParameter<TimeSpan>("idle_for", idleFor));
                command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost));

                var groups = new List<ConsumerGroup>();
                var (sessions, endable) = (0, 0);
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    groups.Add(ReadGroup(row));
                    (sessions, endable) = (row.GetInt32(12), row.GetInt32(13));
                }

                return new ConnectionConsumers(groups, sessions, idleFor, endable);
            },
            cancellationToken);

    private static ConsumerGroup ReadGroup(NpgsqlDataReader row) => new(
        Application: ServerNames.Read(row, 0),
        User: ServerNames.Read(row, 1),
        Database: ServerNames.Read(row, 2),
        Client: ServerNames.ReadAddress(row, 3),
        Count: row.GetInt32(4),
        Idle: row.GetInt32(5),
        LongIdle: row.GetInt32(6),
        IdleInTransaction: row.GetInt32(7),
        Active: row.GetInt32(8),
        WaitingForLock: row.GetInt32(9),
        OldestIdle: row.IsDBNull(10) ? null : row.GetTimeSpan(10),
        OldestConnection: row.GetTimeSpan(11));
}

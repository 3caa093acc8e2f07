using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL how full it is for ordinary users. One statement; reads the server's own views only.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Without <c>pg_read_all_stats</c> the server blanks the rows of strangers: then the states are
/// unknown, and the sessions are counted per database (which counts parallel workers too, so rather too many).
/// Sessions that are still logging in hold a slot and are invisible before PostgreSQL 18, so a refused login of the bot
/// outranks every count here. See https://www.postgresql.org/docs/current/monitoring-stats.html.
/// </remarks>
internal sealed class ConnectionUsageProbe(WarmConnections connections)
{
    // Superusers' sessions eat ordinary slots, so all sessions are compared with what ordinary users can have. Up to
    // PostgreSQL 11 walsenders take such slots as well; parallel workers and the server's own processes never do.
    // What the bot itself does at this moment is asking, so it counts as a slot but in no state.
    private const string Sql =
        """
        select server.slots,
               server.slots - server.for_superusers - server.reserved as capacity,
               case when server.sees_everything
                    then session.clients + case when server.version < 120000 then session.walsenders else 0 end
                    else (select coalesce(sum(numbackends), 0) from pg_stat_database)
               end::int as used,
               session.idle,
               session.idle_in_transaction,
               session.active,
               session.waiting_for_lock,
               session.everything,
               server.sees_everything,
               pg_postmaster_start_time() as started,
               pg_is_in_recovery() as is_standby
          from (select current_setting('max_connections')::int as slots,
                       current_setting('superuser_reserved_connections')::int as for_superusers,
                       coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
                       current_setting('server_version_num')::int as version,
                       pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_everything) server
         cross join (select count(*)::int as everything,
                            count(*) filter (where walsender)::int as walsenders,
                            count(*) filter (where client)::int as clients,
                            count(*) filter (where client and stranger and state = 'idle')::int as idle,
                            count(*) filter (where client and stranger
                                               and state like 'idle in transaction%')::int as idle_in_transaction,
                            count(*) filter (where client and stranger and works)::int as active,
                            count(*) filter (where client and stranger and works
                                               and wait_event_type = 'Lock')::int as waiting_for_lock
                       from (select state,
                                    wait_event_type,
                                    backend_type = 'client backend' as client,
                                    backend_type = 'walsender' as walsender,
                                    pid <> pg_backend_pid() as stranger,
                                    state in ('active', 'fastpath function call') as works
                               from pg_stat_activity) a) session
        """;

    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ConnectionUsage> ReadAsync(string target, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        return connection.UseAsync((session, token) => ReadAsync(session, connection, token), cancellationToken);
    }

    /// <summary>As part of a longer use.</summary>
    /// <param name="connection">Knows how often the bot's own login was refused.</param>
    public static async Task<ConnectionUsage> ReadAsync(
        NpgsqlConnection session, WarmConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new ConnectionUsage(
            Used: row.GetInt32(2),
            Capacity: row.GetInt32(1),
            MaxConnections: row.GetInt32(0),
            Idle: row.GetInt32(3),
            IdleInTransaction: row.GetInt32(4),
            Active: row.GetInt32(5),
            WaitingForLock: row.GetInt32(6),
            RunbookCount: row.GetInt32(7),
            SeesEverything: row.GetBoolean(8),
            RefusedLogins: connection.TakeRefusedLogins())
        {
            Server = new AnsweringServer(
                "PostgreSQL", new ServerPin(row.GetFieldValue<DateTimeOffset>(9)), row.GetBoolean(10) ? ServerRole.Replica : ServerRole.Primary),
        };
    }
}

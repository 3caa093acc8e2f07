using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>All processes of the server, as every question about sessions sees them. Reads the server's own views only.</summary>
/// <remarks>
/// PostgreSQL 10 or later. To a role without <c>pg_read_all_stats</c> the server blanks the type, state, start, address and
/// statement of strangers, but not their names: then a session is told by its database and user, and does "unknown".
/// </remarks>
internal static class SessionRows
{
    // PgBouncer's application_name_add_host appends " - address:port" (IPv6 in brackets), or " - unix(pid):port". Only a
    // whole one counts: what the server cut at 63 bytes may name somebody else's address.
    private const string Suffix = @" - (?:((?:[0-9]{1,3}\.){3}[0-9]{1,3})|\[([0-9A-Fa-f:.]+)\]|unix\([^)]*\)):[0-9]+$";

    /// <summary>A select without a semicolon, for a <c>with</c>. Needs the names of <see cref="ProtectedSessions.AddTo"/>.</summary>
    /// <remarks>
    /// <c>application</c> and <c>client</c> are those behind the pooler where one tells them: its suffix is believed of
    /// a peer on the server's own machine, and of one that most sessions come from with such a suffix.
    /// The statement is cut here, before it travels. What the bot itself does is never part of an answer. Up to PostgreSQL 11
    /// a walsender takes an ordinary slot, so it is somebody who holds one; what it does is nobody's business.
    /// </remarks>
    public const string Sql =
        $$"""
        select seen.pid,
               seen.is_client,
               seen.is_super,
               seen.endable,
               seen.role,
               seen.database,
               case when seen.behind_pooler
                    then regexp_replace(seen.name, '{{Suffix}}', '')
                    else seen.name
               end as application,
               case when seen.behind_pooler and seen.name ~ '{{Suffix}}'
                    then regexp_replace(seen.name, '^.*{{Suffix}}', '\1\2')
                    else seen.address
               end as client,
               seen.state,
               case when seen.is_sender then 'unknown'
                    when seen.state = 'idle' then 'idle'
                    when seen.state like 'idle in transaction%' then 'idle in transaction'
                    when seen.works and seen.waits then 'waiting'
                    when seen.works then 'running'
                    else 'unknown'
               end as activity,
               seen.waits,
               seen.backend_start,
               seen.state_change,
               seen.query_start,
               seen.xact_start,
               seen.has_written,
               seen.statement,
               clock_timestamp() - seen.state_change as quiet,
               clock_timestamp() - case when seen.works then seen.query_start else seen.state_change end as at_it
          from (select a.pid,
                       a.backend_type = 'client backend'
                         or a.backend_type = 'walsender' and s.senders_take_slots
                         or a.backend_type is null and a.usesysid is not null and a.datid is not null as is_client,
                       coalesce(a.backend_type = 'walsender', false) as is_sender,
                       coalesce(r.rolsuper, false) as is_super,
                       coalesce({{ProtectedSessions.Conditions}}, false) as endable,
                       coalesce(a.usename::text, '') as role,
                       coalesce(a.datname::text, '') as database,
                       coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend'), '') as name,
                       coalesce(host(a.client_addr), '') as address,
                       a.client_addr is null
                         or a.client_addr <<= any ('{127.0.0.0/8, ::1, ::ffff:127.0.0.0/104}'::inet[])
                         or 2 * count(*) filter (where a.application_name ~ '{{Suffix}}') over (partition by a.client_addr)
                            > count(*) over (partition by a.client_addr) as behind_pooler,
                       a.state,
                       a.state in ('active', 'fastpath function call') as works,
                       a.wait_event_type = 'Lock' as waits,
                       a.backend_start,
                       a.state_change,
                       a.query_start,
                       a.xact_start,
                       a.backend_xid is not null as has_written,
                       case when a.state is null then '' else left(a.query, 1000) end as statement
                  from pg_stat_activity a
                  left join pg_roles r on r.oid = a.usesysid
                 cross join (select current_setting('server_version_num')::int < 120000 as senders_take_slots) s
                 where a.pid <> pg_backend_pid()) seen
        """;

    /// <summary>An idle session of these that is used in turns: it did something lately, and is older than that. Needs <c>@still_for</c>.</summary>
    public const string Turned = "activity = 'idle' and quiet < @still_for and backend_start <= clock_timestamp() - @still_for";

    public static SessionActivity ReadActivity(NpgsqlDataReader row, int column) => row.GetString(column) switch
    {
        "idle" => SessionActivity.Idle,
        "idle in transaction" => SessionActivity.IdleInTransaction,
        "waiting" => SessionActivity.WaitingForLock,
        "running" => SessionActivity.Running,
        _ => SessionActivity.Unknown,
    };

    public static TimeSpan? ReadSpan(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetTimeSpan(column);

    public static DateTimeOffset? ReadInstant(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

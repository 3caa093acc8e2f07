using System.Globalization;
using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL what it is, since when it runs, and which limits it has below its own. One statement.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Logins are counted since PostgreSQL 14, sessions that are still logging in are shown since 18;
/// refused logins are counted by no version. Without <c>pg_read_all_stats</c> nobody can say how far a limit is used up.
/// </remarks>
internal static class ServerFactsProbe
{
    /// <summary>The fullest limits tell: 50.</summary>
    private const int AtMost = 50;

    // The server's facts are part of the answer even if there is no limit, hence the join that keeps their row. The bot's
    // own limit is left out: it says nothing about anybody's exhaustion. Superusers are under no limit, but their sessions
    // count towards a database's; walsenders count towards none. The column for logins doesn't exist everywhere, so it is read by name.
    private const string Sql =
        """
        with session as (
          select a.datid, a.usesysid, a.state
            from pg_stat_activity a
           where a.backend_type = 'client backend'
        ), server as (
          select clock_timestamp() as at,
                 pg_postmaster_start_time() as started,
                 current_setting('server_version_num')::int as version,
                 pg_is_in_recovery() as is_replica,
                 pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_everything
        )
        select server.at,
               server.started,
               server.version,
               server.is_replica,
               server.sees_everything,
               (select sum((to_jsonb(d) ->> 'sessions')::bigint)::bigint from pg_stat_database d) as logins,
               case when server.sees_everything and server.version >= 180000
                    then (select count(*) from session s where s.state = 'starting')::int
               end as starting,
               case when server.sees_everything
                    then (select count(*)
                            from session s
                            join pg_roles r on r.oid = s.usesysid
                           where r.rolsuper)::int
               end as privileged,
               lim.of_database,
               lim.name,
               lim.allowed,
               lim.used
          from server
          left join lateral (
                select l.*
                  from (select true as of_database,
                               d.datname::text as name,
                               d.datconnlimit as allowed,
                               (select count(*) from session s where s.datid = d.oid)::int as used
                          from pg_database d
                         where d.datconnlimit >= 0
                         union all
                        select false,
                               r.rolname::text,
                               r.rolconnlimit,
                               (select count(*) from session s where s.usesysid = r.oid)::int
                          from pg_roles r
                         where r.rolconnlimit >= 0
                           and r.rolcanlogin
                           and not r.rolsuper
                           and r.rolname <> current_user) l
                 order by l.used::float / greatest(l.allowed, 1) desc, l.name
                 limit @at_most) lim on server.sees_everything
         order by lim.used::float / greatest(lim.allowed, 1) desc, lim.name
        """;

    public static async Task<ServerFacts> ReadAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost));

        ServerFacts? facts = null;
        var limits = new List<ConnectionLimit>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            facts ??= new ServerFacts(
                new ServerKind("PostgreSQL", Version(row.GetInt32(2)), IsReplica: row.GetBoolean(3)),
                new LookMark(
                    At: row.GetFieldValue<DateTimeOffset>(0),
                    ServerStartedAt: row.GetFieldValue<DateTimeOffset>(1),
                    LastId: null,
                    Logins: row.IsDBNull(5) ? null : row.GetInt64(5),
                    Refusals: null),
                SeesEverything: row.GetBoolean(4),
                Starting: row.IsDBNull(6) ? null : row.GetInt32(6),
                Privileged: row.IsDBNull(7) ? null : row.GetInt32(7),
                limits);
            if (!row.IsDBNull(8))
            {
                limits.Add(new ConnectionLimit(
                    row.GetBoolean(8) ? LimitScope.Database : LimitScope.Account,
                    ServerNames.Read(row, 9),
                    row.GetInt32(10),
                    row.GetInt32(11)));
            }
        }

        return facts ?? throw new InvalidOperationException("The server has no facts.");
    }

    // As the server counts since version 10: 150018 is 15.18.
    private static string Version(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number / 10_000}.{number % 10_000}");
}

/// <summary>What a server is, and what it says about itself as a whole.</summary>
/// <param name="SeesEverything">The bot's role may see strangers' sessions; without it, nothing below is known.</param>
internal sealed record ServerFacts(
    ServerKind Kind,
    LookMark Mark,
    bool SeesEverything,
    int? Starting,
    int? Privileged,
    IReadOnlyList<ConnectionLimit> Limits);

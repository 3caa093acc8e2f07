using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Looks once at all client sessions and when they began. Who looks again sees who came and went.</summary>
/// <remarks>
/// PostgreSQL 10 or later, and a role in <c>pg_read_all_stats</c>: to any other role the server blanks the starts of
/// strangers. Logins are counted since PostgreSQL 14, a moment after they happened. The connection is free between looks.
/// </remarks>
internal sealed class ConnectionLivesProbe(WarmConnections connections)
{
    /// <summary>A server with more sessions than this has other troubles: the youngest tell enough.</summary>
    private const int AtMost = 5_000;

    // The server's facts are part of the answer even if nobody is connected, hence the join that keeps their row. The
    // column for logins doesn't exist everywhere, so it is read by name.
    private const string Sql =
        """
        select clock_timestamp(),
               pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
               (select sum((to_jsonb(d) ->> 'sessions')::bigint)::bigint from pg_stat_database d),
               s.pid,
               s.backend_start,
               s.application,
               s.role
          from (select 1) server
          left join lateral (
                select a.pid,
                       a.backend_start,
                       coalesce(a.application_name, '') as application,
                       coalesce(a.usename::text, '') as role
                  from pg_stat_activity a
                 where a.backend_type = 'client backend'
                   and a.backend_start is not null
                   and a.pid <> pg_backend_pid()
                 order by a.backend_start desc
                 limit @at_most) s on true
        """;

    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<SessionLook> ReadAsync(string target, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) =>
        {
            await using var command = new NpgsqlCommand(Sql, session);
            command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost + 1));

            var sessions = new List<SeenSession>();
            var (at, seesStarts, logins) = (default(DateTimeOffset), false, default(long?));
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                at = row.GetFieldValue<DateTimeOffset>(0);
                seesStarts = row.GetBoolean(1);
                logins = row.IsDBNull(2) ? null : row.GetInt64(2);
                if (!row.IsDBNull(3))
                {
                    sessions.Add(new SeenSession(
                        row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4), ServerNames.Read(row, 5), ServerNames.Read(row, 6)));
                }
            }

            var isComplete = sessions.Count <= AtMost;
            return new SessionLook(at, isComplete ? sessions : sessions[..AtMost], isComplete, seesStarts, logins);
        },
        cancellationToken);
}

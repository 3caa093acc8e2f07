using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL who holds the connections. One statement; reads the server's own views only.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Without <c>pg_read_all_stats</c> the server blanks states, ages and addresses of strangers but
/// not their names: then the groups are still right in name and number (parallel workers can't be told apart and count
/// too), all states are 0, and nothing is endable.
/// </remarks>
internal static class ConnectionConsumersProbe
{
    /// <summary>More groups than this say nothing more to a responder, and don't fit one Slack message.</summary>
    private const int AtMost = 50;

    private const string Sql =
        $"""
        with session as (
          select s.*,
                 s.endable and s.state = 'idle' as endable_idle,
                 s.activity in ('running', 'waiting') as works,
                 s.backend_start > @before as born,
                 s.activity in ('idle', 'idle in transaction') and s.state_change <= @before as unchanged
            from ({SessionRows.Sql}) s
           where s.is_client
        )
        select application,
               role,
               database,
               client,
               count(*)::int as sessions,
               count(*) filter (where activity = 'idle')::int as idle,
               count(*) filter (where activity = 'idle' and quiet >= (@ages)[1])::int as long_idle,
               count(*) filter (where activity = 'idle in transaction')::int as idle_in_transaction,
               count(*) filter (where works)::int as active,
               count(*) filter (where activity = 'waiting')::int as waiting_for_lock,
               max(quiet) filter (where activity = 'idle') as oldest_idle,
               coalesce(max(clock_timestamp() - backend_start), interval '0') as oldest_connection,
               max(quiet) filter (where activity = 'idle in transaction') as oldest_idle_in_transaction,
               max(at_it) filter (where works) as longest_active,
               count(*) filter (where born)::int as born,
               count(*) filter (where unchanged)::int as unchanged,
               (select count(*) from session)::int as all_sessions,
               (select count(*) from session where born)::int as all_born,
               (select count(*) from session where unchanged)::int as all_unchanged,
               array (select (select count(*) from session where endable_idle and quiet >= wanted.age)::int
                        from unnest(@ages) with ordinality as wanted(age, nth)
                       order by wanted.nth) as endable_by_age
          from session
         group by application, role, database, client
         order by sessions desc, role, application, database, client
         limit @at_most
        """;

    /// <param name="alsoProtected">Whom the server itself protects: no plan would name them.</param>
    /// <param name="ages">Oldest first; from the first on an idle session counts as long idle.</param>
    /// <param name="before">When the look before was, by the server's clock; null when there was none that says something.</param>
    public static async Task<SeenConsumers> ReadAsync(
        NpgsqlConnection session,
        PostgreSqlTarget target,
        IReadOnlyList<string> alsoProtected,
        IReadOnlyList<TimeSpan> ages,
        DateTimeOffset? before,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        ProtectedSessions.AddTo(command, target, alsoProtected);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan[]>("ages", [.. ages]));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?>("before", before?.ToUniversalTime()));
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost));

        var groups = new List<ConsumerGroup>();
        var (sessions, born, unchanged, endable) = (0, 0, 0, new int[ages.Count]);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            groups.Add(ReadGroup(row, knowsBefore: before is not null));
            (sessions, born, unchanged, endable) =
                (row.GetInt32(16), row.GetInt32(17), row.GetInt32(18), row.GetFieldValue<int[]>(19));
        }

        var consumers = new ConnectionConsumers(groups, sessions, ages[0], endable[0])
        {
            EndableByAge = [.. ages.Zip(endable, (age, count) => new AgeCount(age, count))],
        };
        return new SeenConsumers(consumers, born, unchanged);
    }

    private static ConsumerGroup ReadGroup(NpgsqlDataReader row, bool knowsBefore) => new(
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
        OldestIdle: SessionRows.ReadSpan(row, 10),
        OldestConnection: row.GetTimeSpan(11))
    {
        OldestIdleInTransaction = SessionRows.ReadSpan(row, 12),
        LongestActive = SessionRows.ReadSpan(row, 13),
        Born = knowsBefore ? row.GetInt32(14) : null,
        Unchanged = knowsBefore ? row.GetInt32(15) : null,
    };
}

/// <summary>Who holds the connections, and how many of all sessions changed since the look before.</summary>
/// <param name="Born">0 when there was none; so is <paramref name="Unchanged"/>.</param>
internal sealed record SeenConsumers(ConnectionConsumers Consumers, int Born, int Unchanged);

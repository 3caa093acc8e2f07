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
    /// <summary>More groups of a kind than this say nothing more to a responder, and don't fit one Slack message.</summary>
    private const int AtMost = 50;

    // Twice at once: by client address, and all addresses of a service together. So a service with more pods than rows is
    // still counted whole.
    private const string Sql =
        $"""
        with session as (
          select s.*,
                 s.endable and s.state = 'idle' as endable_idle,
                 s.activity in ('running', 'waiting') as works,
                 {SessionRows.Turned} as turned,
                 s.backend_start > @before as born,
                 s.activity in ('idle', 'idle in transaction') and s.state_change <= @before as unchanged
            from ({SessionRows.Sql}) s
           where s.is_client
        ), counted as (
          select grouping(client) = 1 as of_service,
                 application,
                 role,
                 database,
                 client,
                 count(distinct client)::int as clients,
                 count(*)::int as sessions,
                 count(*) filter (where activity = 'idle')::int as idle,
                 count(*) filter (where activity = 'idle' and quiet >= (@ages)[1])::int as long_idle,
                 count(*) filter (where activity = 'idle' and quiet >= @still_for)::int as still,
                 count(*) filter (where turned)::int as turned,
                 count(*) filter (where activity = 'idle in transaction')::int as idle_in_transaction,
                 count(*) filter (where activity = 'idle in transaction' and quiet >= @long_after)::int as paused_in_transaction,
                 count(*) filter (where activity = 'idle in transaction' and quiet >= @left_after)::int as left_in_transaction,
                 count(*) filter (where works)::int as active,
                 count(*) filter (where activity = 'running' and at_it >= @long_after)::int as long_active,
                 count(*) filter (where activity = 'waiting')::int as waiting_for_lock,
                 max(quiet) filter (where activity = 'idle') as oldest_idle,
                 max(clock_timestamp() - backend_start) as oldest_connection,
                 max(quiet) filter (where activity = 'idle in transaction') as oldest_idle_in_transaction,
                 max(at_it) filter (where works) as longest_active,
                 count(*) filter (where born)::int as born,
                 count(*) filter (where unchanged)::int as unchanged
            from session
           group by grouping sets ((application, role, database, client), (application, role, database))
        ), ranked as (
          select c.*,
                 row_number() over (partition by c.of_service
                                        order by c.sessions desc, c.role, c.application, c.database, c.client) as nth
            from counted c
        )
        select r.*,
               (select count(*) from session)::int as all_sessions,
               (select count(*) from session where born)::int as all_born,
               (select count(*) from session where unchanged)::int as all_unchanged,
               array (select (select count(*) from session where endable_idle and quiet >= wanted.age)::int
                        from unnest(@ages) with ordinality as wanted(age, nth)
                       order by wanted.nth) as endable_by_age
          from ranked r
         where r.nth <= @at_most
         order by r.of_service, r.nth
        """;

    /// <param name="alsoProtected">Whom the server itself protects: no plan would name them.</param>
    /// <param name="request">From its first age on an idle session counts as long idle.</param>
    /// <param name="before">When the look before was, by the server's clock; null when there was none that says something.</param>
    public static async Task<SeenConsumers> ReadAsync(
        NpgsqlConnection session,
        PostgreSqlTarget target,
        IReadOnlyList<string> alsoProtected,
        LookRequest request,
        DateTimeOffset? before,
        CancellationToken cancellationToken)
    {
        var ages = request.Ages;
        await using var command = new NpgsqlCommand(Sql, session);
        ProtectedSessions.AddTo(command, target, alsoProtected);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan[]>("ages", [.. ages]));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("still_for", request.StillFor));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("long_after", ConsumerGroup.LongAfter));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("left_after", ConsumerGroup.LeftAfter));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?>("before", before?.ToUniversalTime()));
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost));

        var (groups, services) = (new List<ConsumerGroup>(), new List<ConsumerGroup>());
        var (sessions, born, unchanged, endable) = (0, 0, 0, new int[ages.Count]);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            (row.GetBoolean(0) ? services : groups).Add(ReadGroup(row, knowsBefore: before is not null));
            (sessions, born, unchanged, endable) =
                (row.GetInt32(24), row.GetInt32(25), row.GetInt32(26), row.GetFieldValue<int[]>(27));
        }

        var consumers = new ConnectionConsumers(groups, sessions, ages[0], endable[0])
        {
            EndableByAge = [.. ages.Zip(endable, (age, count) => new AgeCount(age, count))],
            Services = services,
            StillFor = request.StillFor,
        };
        return new SeenConsumers(consumers, born, unchanged);
    }

    private static ConsumerGroup ReadGroup(NpgsqlDataReader row, bool knowsBefore) => new(
        Application: ServerNames.Read(row, 1),
        User: ServerNames.Read(row, 2),
        Database: ServerNames.Read(row, 3),
        Client: row.GetBoolean(0) ? default : ServerNames.ReadAddress(row, 4),
        Count: row.GetInt32(6),
        Idle: row.GetInt32(7),
        LongIdle: row.GetInt32(8),
        IdleInTransaction: row.GetInt32(11),
        Active: row.GetInt32(14),
        WaitingForLock: row.GetInt32(16),
        OldestIdle: SessionRows.ReadSpan(row, 17),
        OldestConnection: SessionRows.ReadSpan(row, 18))
    {
        Clients = row.GetInt32(5),
        Still = row.GetInt32(9),
        Turned = row.GetInt32(10),
        PausedInTransaction = row.GetInt32(12),
        LeftInTransaction = row.GetInt32(13),
        LongActive = row.GetInt32(15),
        OldestIdleInTransaction = SessionRows.ReadSpan(row, 19),
        LongestActive = SessionRows.ReadSpan(row, 20),
        Born = knowsBefore ? row.GetInt32(21) : null,
        Unchanged = knowsBefore ? row.GetInt32(22) : null,
    };
}

/// <summary>Who holds the connections, and how many of all sessions changed since the look before.</summary>
/// <param name="Born">0 when there was none; so is <paramref name="Unchanged"/>.</param>
internal sealed record SeenConsumers(ConnectionConsumers Consumers, int Born, int Unchanged);

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL which processes wait for locks, and for whom. One statement, or two if a prepared transaction is among them,
/// after the server's own list of whom to leave alone.</summary>
/// <remarks>
/// PostgreSQL 10 or later, and a role in <c>pg_read_all_stats</c>: to any other role the server does not show that
/// somebody waits. See https://www.postgresql.org/docs/current/functions-info.html (pg_blocking_pids).
/// </remarks>
internal static class LockWaitsProbe
{
    /// <summary>
    /// Waiting processes looked at, the longest waiting ones first, and of those that are in their way the ones that most
    /// wait for: 500 of each. A longer queue ends at the same roots.
    /// </summary>
    private const int AtMost = 500;

    /// <summary>Prepared transactions looked at: 100.</summary>
    private const int AtMostPrepared = 100;

    // Each call of pg_blocking_pids() needs the lock manager to itself for a moment, so only waiting processes make one.
    // The server's facts are part of the answer even if nobody waits, hence the join that keeps their row. Statements
    // travel only of those that others wait for.
    private const string Sql =
        $"""
        with session as (
          {SessionRows.Sql}
        ), waiting as (
          select longest.pid, pg_blocking_pids(longest.pid) as blockers
            from (select pid
                    from session
                   where waits
                   order by query_start, pid
                   limit @at_most) longest
        ), blocking as (
          select one.pid
            from waiting
           cross join lateral unnest(waiting.blockers) as one(pid)
           group by one.pid
           order by count(*) desc, one.pid
           limit @at_most
        ), awaited as (
          select pid, database::text || '/' || relation::text as relation
            from pg_locks
           where not granted
             and locktype = 'relation'
        )
        select server.started,
               server.sees_everything,
               party.pid,
               party.blockers,
               s.is_client,
               s.endable,
               s.application,
               s.role,
               s.client,
               s.activity,
               awaited.relation,
               case when party.blocks then s.statement else '' end as statement,
               s.at_it,
               clock_timestamp() - s.xact_start as in_transaction_for,
               s.backend_start,
               s.state_change,
               s.query_start,
               s.xact_start,
               s.has_written,
               s.database,
               server.is_standby
          from (select pg_postmaster_start_time() as started,
                       pg_is_in_recovery() as is_standby,
                       pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_everything) server
          left join (select coalesce(waiting.pid, blocking.pid) as pid,
                            waiting.blockers,
                            blocking.pid is not null as blocks
                       from waiting
                       full join blocking on blocking.pid = waiting.pid) party on true
          left join session s on s.pid = party.pid
          left join awaited on awaited.pid = party.pid
        """;

    // Nobody is connected to a prepared transaction, so its locks have no process (0 above). The one on its own id tells
    // which virtual transaction holds the others. One that holds a lock on what somebody waits for counts as in the way.
    private const string SqlPrepared =
        """
        select distinct
               wanted.pid,
               p.transaction::text::bigint as transaction,
               p.gid,
               p.owner::text as role,
               clock_timestamp() - p.prepared as prepared_for
          from pg_locks wanted
          join pg_locks held
            on held.granted
           and held.pid is null
           and held.locktype = wanted.locktype
           and held.database is not distinct from wanted.database
           and held.relation is not distinct from wanted.relation
           and held.page is not distinct from wanted.page
           and held.tuple is not distinct from wanted.tuple
           and held.transactionid is not distinct from wanted.transactionid
           and held.classid is not distinct from wanted.classid
           and held.objid is not distinct from wanted.objid
           and held.objsubid is not distinct from wanted.objsubid
          join pg_locks itself
            on itself.granted
           and itself.pid is null
           and itself.locktype = 'transactionid'
           and itself.virtualtransaction = held.virtualtransaction
          join pg_prepared_xacts p on p.transaction = itself.transactionid
         where not wanted.granted
           and wanted.pid = any (@waiting)
         order by prepared_for desc
         limit @at_most
        """;

    /// <param name="alsoProtected">Whom the server itself protects: no plan would name them.</param>
    public static async Task<LockWaits> ReadAsync(
        NpgsqlConnection session, PostgreSqlTarget target, IReadOnlyList<string> alsoProtected, CancellationToken cancellationToken)
    {
        var waits = await ReadProcessesAsync(session, target, alsoProtected, cancellationToken);
        var waitForPrepared = waits.Processes.Values.Where(process => process.WaitsFor.Contains(0)).Select(process => process.ProcessId).ToArray();
        return waitForPrepared is [] ? waits : waits with { Prepared = await ReadPreparedAsync(session, waitForPrepared, cancellationToken) };
    }

    private static async Task<LockWaits> ReadProcessesAsync(
        NpgsqlConnection session, PostgreSqlTarget target, IReadOnlyList<string> alsoProtected, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        ProtectedSessions.AddTo(command, target, alsoProtected);
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost));

        var processes = new Dictionary<int, LockParty>();
        var (started, seesEverything, isStandby) = (default(DateTimeOffset), false, false);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            (started, seesEverything, isStandby) = (row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1), row.GetBoolean(20));
            if (!row.IsDBNull(4)) // nobody waits, or one that was waited for is gone by now
            {
                var process = ReadProcess(row);
                processes.Add(process.ProcessId, process);
            }
        }

        return new LockWaits(new ServerPin(started), seesEverything, processes, []) { IsStandby = isStandby };
    }

    private static LockParty ReadProcess(NpgsqlDataReader row) => new(
        ProcessId: row.GetInt32(2),
        WaitsFor: row.IsDBNull(3) ? [] : row.GetFieldValue<int[]>(3),
        IsClient: row.GetBoolean(4),
        IsProtected: !row.GetBoolean(5),
        Application: ServerNames.Read(row, 6),
        User: ServerNames.Read(row, 7),
        Client: ServerNames.ReadAddress(row, 8),
        Activity: SessionRows.ReadActivity(row, 9),
        Awaits: row.IsDBNull(10) ? null : row.GetString(10),
        Statement: ServerNames.ReadStatement(row, 11),
        AtItFor: SessionRows.ReadSpan(row, 12) ?? TimeSpan.Zero,
        InTransactionFor: SessionRows.ReadSpan(row, 13),
        Pin: row.IsDBNull(14) || row.IsDBNull(15)
            ? null
            : new PostgreSqlPin(
                row.GetInt32(2),
                row.GetFieldValue<DateTimeOffset>(14),
                row.GetFieldValue<DateTimeOffset>(15),
                SessionRows.ReadInstant(row, 17),
                row.GetString(7),
                row.GetString(19)),
        QueryStartedAt: SessionRows.ReadInstant(row, 16),
        HasWritten: row.GetBoolean(18));

    private static async Task<IReadOnlyList<PreparedInTheWay>> ReadPreparedAsync(
        NpgsqlConnection session, int[] waiting, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SqlPrepared, session);
        command.Parameters.Add(new NpgsqlParameter<int[]>("waiting", waiting));
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMost + AtMostPrepared));

        var inTheWay = new List<PreparedInTheWay>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            inTheWay.Add(new PreparedInTheWay(
                row.GetInt32(0), row.GetInt64(1), ServerNames.ReadPrepared(row, 2), ServerNames.Read(row, 3), row.GetTimeSpan(4)));
        }

        return inTheWay;
    }
}

/// <summary>Who waits for locks, and who is waited for, at one moment.</summary>
/// <param name="SeesEverything">Without it nobody can say that nobody waits.</param>
internal sealed record LockWaits(
    ServerPin Server,
    bool SeesEverything,
    IReadOnlyDictionary<int, LockParty> Processes,
    IReadOnlyList<PreparedInTheWay> Prepared)
{
    public bool IsStandby { get; init; }
}

/// <summary>A process that waits, or that others wait for.</summary>
/// <param name="WaitsFor">Empty when it doesn't wait; 0 stands for a prepared transaction.</param>
/// <param name="IsClient">A session; otherwise a process of the server's own.</param>
/// <param name="Awaits">The table whose lock it waits for, where one who waits makes those behind it wait too; null when it waits for something else.</param>
/// <param name="Statement">Only of those that others wait for.</param>
/// <param name="Pin">Null when its start isn't known.</param>
internal sealed record LockParty(
    int ProcessId,
    IReadOnlyList<int> WaitsFor,
    bool IsClient,
    bool IsProtected,
    ForeignText Application,
    ForeignText User,
    ForeignText Client,
    SessionActivity Activity,
    string? Awaits,
    ForeignText Statement,
    TimeSpan AtItFor,
    TimeSpan? InTransactionFor,
    PostgreSqlPin? Pin,
    DateTimeOffset? QueryStartedAt,
    bool HasWritten);

/// <summary>A prepared transaction that somebody waits for.</summary>
/// <param name="Waiting">The process that waits.</param>
/// <param name="Name">As whoever prepared it called it; <c>rollback prepared</c> wants it.</param>
internal sealed record PreparedInTheWay(int Waiting, long Transaction, ForeignText Name, ForeignText Owner, TimeSpan PreparedFor);

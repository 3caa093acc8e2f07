using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Asks who waits for whom; 0 is a prepared transaction that nobody is connected to. Only worth its price when somebody waits: the servers stop their lock systems to answer.</summary>
/// <remarks>
/// MySQL: rows and metadata, both from the performance schema. MariaDB: rows only, because who holds a metadata lock is
/// only known to a plugin that hardly anybody installs (metadata_lock_info), and what isn't proven isn't said.
/// Only a wait for a table's definition counts as queued: who waits for a row may itself hold rows that others wait for, and
/// its transaction keeps them when its statement is cancelled (measured on both servers).
/// </remarks>
internal static class LockWaits
{
    private const int AtMost = 20_000;

    // Brought together here: the server has no index for it, and would compare each wait with each transaction, twice.
    private const string MariaDbRows = "select requesting_trx_id, blocking_trx_id from information_schema.innodb_lock_waits";

    private const string MariaDbTransactions = "select trx_id, trx_mysql_thread_id from information_schema.innodb_trx";

    private const string MySqlRows =
        """
        select distinct waiter.processlist_id, coalesce(holder.processlist_id, 0)
          from performance_schema.data_lock_waits w
          join performance_schema.threads waiter on waiter.thread_id = w.requesting_thread_id
          left join performance_schema.threads holder on holder.thread_id = w.blocking_thread_id
        """;

    private const string MySqlMetadata =
        """
        select concat_ws('/', m.object_type, m.object_schema, m.object_name, m.column_name),
               t.processlist_id,
               m.lock_type,
               m.lock_status = 'PENDING'
          from performance_schema.metadata_locks m
          join performance_schema.threads t on t.thread_id = m.owner_thread_id
          join (select distinct object_type, object_schema, object_name
                  from performance_schema.metadata_locks
                 where lock_status = 'PENDING') wanted
            on wanted.object_type = m.object_type
           and wanted.object_schema <=> m.object_schema
           and wanted.object_name <=> m.object_name
         where t.processlist_id is not null
           and m.lock_status in ('GRANTED', 'PENDING')
        """;

    /// <param name="waiting">All sessions that wait for anything.</param>
    public static async Task<List<LockWait>> ReadAsync(MySqlConnection connection, IReadOnlySet<long> waiting)
    {
        var (waits, isCut) = MariaDb.Is(connection) ? await ReadMariaDbAsync(connection) : await ReadMySqlAsync(connection);
        waits = [.. waits.Where(wait => wait.Waiter != wait.Holder).Distinct()];
        return isCut ? WithoutLoose(waits, waiting) : waits;
    }

    /// <summary>Of a list that was cut off: one who waits, but for nobody in the list, would look like the root of all that wait for it.</summary>
    /// <remarks>200 sessions that wait for one lock are 20,100 waits: each waits for all before it, too.</remarks>
    internal static List<LockWait> WithoutLoose(List<LockWait> waits, IReadOnlySet<long> waiting)
    {
        for (var before = -1; before != waits.Count;) // whom they held up may be loose then
        {
            before = waits.Count;
            var waiters = waits.Select(wait => wait.Waiter).ToHashSet();
            waits = [.. waits.Where(wait => waiters.Contains(wait.Holder) || !waiting.Contains(wait.Holder))];
        }

        return waits;
    }

    private static async Task<(List<LockWait> Waits, bool IsCut)> ReadMariaDbAsync(MySqlConnection connection)
    {
        var waits = await connection.TryReadAllAsync($"{MariaDbRows} limit {AtMost}", row => (Waiter: row.Text(0), Holder: row.Text(1))) ?? [];
        var transactions = await connection.TryReadAllAsync($"{MariaDbTransactions} limit {AtMost}", row => (Id: row.Text(0), Session: row.Number(1))) ?? [];
        var sessions = transactions.GroupBy(one => one.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Session, StringComparer.Ordinal);
        return (
            [
                .. waits
                    .Where(wait => sessions.ContainsKey(wait.Waiter) && sessions.ContainsKey(wait.Holder))
                    .Select(wait => new LockWait(sessions[wait.Waiter], sessions[wait.Holder])),
            ],
            waits.Count == AtMost || transactions.Count == AtMost);
    }

    private static async Task<(List<LockWait> Waits, bool IsCut)> ReadMySqlAsync(MySqlConnection connection)
    {
        var waits = await connection.TryReadAllAsync($"{MySqlRows} limit {AtMost}", row => new LockWait(row.Number(0), row.Number(1))) ?? [];
        var locks = await connection.TryReadAllAsync(
            $"{MySqlMetadata} limit {AtMost}", row => new MetadataLock(row.Text(0), row.Number(1), row.Text(2), row.Number(3) == 1)) ?? [];
        return ([.. waits, .. MetadataLock.WaitsOf(locks)], waits.Count == AtMost || locks.Count == AtMost);
    }
}

/// <summary>A lock on a table's definition or the like. Pure.</summary>
/// <param name="Kind">Such as <c>SHARED_READ</c>.</param>
internal sealed record MetadataLock(string Thing, long Session, string Kind, bool IsPending)
{
    private const string IntentionExclusive = "INTENTION_EXCLUSIVE";
    private const string Shared = "SHARED";
    private const string Read = "SHARED_READ";
    private const string Write = "SHARED_WRITE";
    private const string WriteLowPriority = "SHARED_WRITE_LOW_PRIO";
    private const string Upgradable = "SHARED_UPGRADABLE";
    private const string ReadOnly = "SHARED_READ_ONLY";
    private const string NoWrite = "SHARED_NO_WRITE";
    private const string NoReadWrite = "SHARED_NO_READ_WRITE";
    private const string Exclusive = "EXCLUSIVE";

    /// <summary>For each kind that is wanted, the kinds that stand in its way: MDL_lock's table of granted locks in sql/mdl.cc.</summary>
    private static readonly Dictionary<string, string[]> InTheWayOf = new(StringComparer.Ordinal)
    {
        [IntentionExclusive] = [Shared, Exclusive],
        [Shared] = [IntentionExclusive, Exclusive],
        ["SHARED_HIGH_PRIO"] = [Exclusive],
        [Read] = [NoReadWrite, Exclusive],
        [Write] = [ReadOnly, NoWrite, NoReadWrite, Exclusive],
        [WriteLowPriority] = [ReadOnly, NoWrite, NoReadWrite, Exclusive],
        [Upgradable] = [Upgradable, NoWrite, NoReadWrite, Exclusive],
        [ReadOnly] = [Write, WriteLowPriority, NoReadWrite, Exclusive],
        [NoWrite] = [Write, WriteLowPriority, Upgradable, NoWrite, NoReadWrite, Exclusive],
        [NoReadWrite] = [Read, Write, WriteLowPriority, Upgradable, ReadOnly, NoWrite, NoReadWrite, Exclusive],
    };

    /// <summary>Those that wait make way for one that waits for so much, or it would never get it.</summary>
    private bool IsGreedy => IsPending && Kind is Exclusive or NoReadWrite or NoWrite;

    public static IEnumerable<LockWait> WaitsOf(IReadOnlyList<MetadataLock> locks) =>
        from thing in locks.GroupBy(one => one.Thing, StringComparer.Ordinal)
        from waiter in thing
        where waiter.IsPending
        from other in thing
        where other.Session != waiter.Session
              && IsInTheWay(waiter.Kind, other.Kind)
              && (!other.IsPending || (other.IsGreedy && !waiter.IsGreedy && waiter.Kind is not "SHARED_HIGH_PRIO"))
        select new LockWait(waiter.Session, other.Session, IsQueued: other.IsPending);

    private static bool IsInTheWay(string wanted, string other) =>
        wanted is Exclusive || (InTheWayOf.TryGetValue(wanted, out var kinds) && kinds.Contains(other));
}

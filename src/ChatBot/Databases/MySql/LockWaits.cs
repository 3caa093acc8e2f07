using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>One session waits for another. 0 is a prepared transaction that nobody is connected to.</summary>
internal readonly record struct LockWait(long Waiter, long Holder);

/// <summary>Asks who waits for whom. Only worth its price when somebody waits: the servers stop their lock systems to answer.</summary>
/// <remarks>
/// MySQL: rows and metadata, both from the performance schema. MariaDB: rows only, because who holds a metadata lock is
/// only known to a plugin that hardly anybody installs (metadata_lock_info), and what isn't proven isn't said.
/// </remarks>
internal static class LockWaits
{
    private const int AtMost = 20_000;

    private const string MariaDbRows =
        """
        select distinct waiter.trx_mysql_thread_id, holder.trx_mysql_thread_id
          from information_schema.innodb_lock_waits w
          join information_schema.innodb_trx waiter on waiter.trx_id = w.requesting_trx_id
          join information_schema.innodb_trx holder on holder.trx_id = w.blocking_trx_id
        """;

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

    public static async Task<List<LockWait>> ReadAsync(MySqlConnection connection)
    {
        var isMariaDb = MariaDb.Is(connection);
        var rows = await connection.TryReadAllAsync(
            $"{(isMariaDb ? MariaDbRows : MySqlRows)} limit {AtMost}", row => new LockWait(row.Number(0), row.Number(1))) ?? [];
        if (!isMariaDb)
        {
            var locks = await connection.TryReadAllAsync(
                $"{MySqlMetadata} limit {AtMost}", row => new MetadataLock(row.Text(0), row.Number(1), row.Text(2), row.Number(3) == 1)) ?? [];
            rows.AddRange(MetadataLock.WaitsOf(locks));
        }

        return [.. rows.Where(wait => wait.Waiter != wait.Holder).Distinct()];
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
        select new LockWait(waiter.Session, other.Session);

    private static bool IsInTheWay(string wanted, string other) =>
        wanted is Exclusive || (InTheWayOf.TryGetValue(wanted, out var kinds) && kinds.Contains(other));
}

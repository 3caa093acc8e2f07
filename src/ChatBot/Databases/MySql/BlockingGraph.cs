namespace ChatBot.Databases.MySql;

/// <summary>From "who waits for whom" to the few who stand in everybody's way. Pure.</summary>
internal static class BlockingGraph
{
    private const int AtMost = 10;

    /// <summary>Most waiting sessions first. A circle has no root: the server ends one of it by itself.</summary>
    public static List<BlockingRoot> RootsOf(IReadOnlyCollection<LockWait> waits)
    {
        var behind = waits.ToLookup(wait => wait.Holder, wait => wait.Waiter);
        var waiters = waits.Select(wait => wait.Waiter).ToHashSet();
        return
        [
            .. waits.Select(wait => wait.Holder)
                .Distinct()
                .Where(holder => !waiters.Contains(holder))
                .Select(root => Root(root, behind))
                .OrderByDescending(root => root.Blocked)
                .ThenBy(root => root.Session)
                .Take(AtMost),
        ];
    }

    private static BlockingRoot Root(long root, ILookup<long, long> behind)
    {
        var blocked = Reach(root, behind, without: null);

        // Who would go on at once if the gate gave up: they can't be reached from the root but through it.
        var gates = blocked
            .Where(behind.Contains)
            .Take(100)
            .Select(gate => (Session: gate, Behind: blocked.Count - 1 - Reach(root, behind, gate).Count))
            .Where(gate => gate.Behind > 0)
            .OrderByDescending(gate => gate.Behind)
            .ThenBy(gate => gate.Session)
            .ToList();
        return gates.Count == 0
            ? new BlockingRoot(root, blocked.Count, Gate: null, BehindGate: 0)
            : new BlockingRoot(root, blocked.Count, gates[0].Session, gates[0].Behind);
    }

    private static HashSet<long> Reach(long root, ILookup<long, long> behind, long? without)
    {
        var (reached, ahead) = (new HashSet<long>(), new Queue<long>([root]));
        while (ahead.TryDequeue(out var session))
        {
            foreach (var waiter in behind[session].Where(waiter => waiter != root && waiter != without && reached.Add(waiter)))
            {
                ahead.Enqueue(waiter);
            }
        }

        return reached;
    }
}

/// <param name="Blocked">Sessions that wait for it, directly or behind others.</param>
/// <param name="Gate">The waiting session that holds up most of the others, and only by waiting; null when there is none.</param>
internal sealed record BlockingRoot(long Session, int Blocked, long? Gate, int BehindGate);

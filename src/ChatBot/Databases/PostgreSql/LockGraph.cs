namespace ChatBot.Databases.PostgreSql;

/// <summary>Who waits for whom, and what follows from it. Says nothing of who they are.</summary>
/// <remarks>
/// Walked here and not in the server: behind a queue of n waiters there are more paths than any query should follow.
/// A process is its number; a prepared transaction is a negative one. A ring has no root: the server breaks it by itself.
/// </remarks>
/// <param name="waits">Of each process that waits, those it waits for.</param>
internal sealed class LockGraph(IReadOnlyDictionary<long, IReadOnlyList<long>> waits)
{
    private readonly ILookup<long, long> _waitsFor = waits
        .SelectMany(wait => wait.Value.Distinct(), (wait, blocker) => (Waiter: wait.Key, Blocker: blocker))
        .ToLookup(edge => edge.Blocker, edge => edge.Waiter);

    /// <summary>Those that others wait for, and that wait for nobody themselves.</summary>
    public IReadOnlyList<long> Roots => [.. waits.Values.SelectMany(blockers => blockers).Distinct().Where(blocker => !waits.ContainsKey(blocker)).Order()];

    /// <summary>All that wait for it, directly or behind others.</summary>
    public IReadOnlySet<long> Behind(long root) => Reach([root], without: null);

    /// <summary>Those that would wait for nobody any more if this one waited no longer: every way from a root to them goes through it.</summary>
    public IReadOnlySet<long> OnlyBehind(long waiter)
    {
        var roots = Roots;
        var still = Reach(roots, without: waiter);
        var freed = new HashSet<long>(Reach(roots, without: null));
        freed.ExceptWith(still);
        freed.Remove(waiter);
        return freed;
    }

    private HashSet<long> Reach(IEnumerable<long> from, long? without)
    {
        var reached = new HashSet<long>();
        var next = new Stack<long>(from.Where(start => start != without));
        while (next.TryPop(out var blocker))
        {
            foreach (var waiter in _waitsFor[blocker])
            {
                if (waiter != without && reached.Add(waiter))
                {
                    next.Push(waiter);
                }
            }
        }

        return reached;
    }
}

namespace ChatBot.Databases;

/// <summary>One session waits for another. The numbers are the engine's; those that stand for a prepared transaction are not above 0.</summary>
/// <param name="IsQueued">
/// The other only waits as well, in front and for the same thing: if it gave up it would be out of this one's way. Otherwise it
/// holds what this one wants, and may go on holding it whatever becomes of its statement.
/// </param>
internal readonly record struct LockWait(long Waiter, long Holder, bool IsQueued = false);

/// <summary>One root and what waits behind it, as numbers.</summary>
/// <param name="Blocked">Sessions that wait for it, directly or behind others.</param>
/// <param name="Gate">The waiting session whose statement holds up most of the others; null when there is none.</param>
/// <param name="BehindGate">Sessions that could go on if the gate's statement were cancelled.</param>
internal sealed record LockChain(long Root, int Blocked, long? Gate, int BehindGate);

/// <summary>From "who waits for whom" to the few who stand in everybody's way. Pure; says nothing of who they are.</summary>
/// <remarks>
/// Walked here and not in the server: behind a queue of n waiters there are more paths than any query should follow. A ring
/// has no root: the server breaks it by itself.
/// </remarks>
internal sealed class LockGraph
{
    /// <summary>More chains than this are no pile-up any more, but a busy server: 10.</summary>
    private const int AtMost = 10;

    /// <summary>The gate stands at the head of its queue, and so most wait for it: of the others nobody needs to know what they would free.</summary>
    private const int GatesAtMost = 100;

    private readonly IReadOnlyCollection<LockWait> _waits;
    private readonly ILookup<long, LockWait> _behind;

    public LockGraph(IReadOnlyCollection<LockWait> waits)
    {
        _waits = waits;
        _behind = waits.ToLookup(wait => wait.Holder);
        var waiters = waits.Select(wait => wait.Waiter).ToHashSet();
        Roots = [.. waits.Select(wait => wait.Holder).Distinct().Where(holder => !waiters.Contains(holder)).Order()];
    }

    /// <summary>Those that others wait for, and that wait for nobody themselves.</summary>
    public IReadOnlyList<long> Roots { get; }

    /// <summary>All that wait for it, directly or behind others.</summary>
    public IReadOnlySet<long> Behind(long root) => Reach([root], gate: null);

    /// <summary>
    /// Those that would wait for nobody any more if this one's statement were cancelled. What it holds it goes on holding: it is in
    /// the way of those who want that, as a root is.
    /// </summary>
    public IReadOnlySet<long> FreedBy(long gate)
    {
        var freed = Reach(Roots, gate: null);
        freed.ExceptWith(Reach([.. Roots, gate], gate));
        freed.Remove(gate);
        return freed;
    }

    /// <param name="isSession">Whether a number is a client's session; others are walked, not counted, and are no gates.</param>
    /// <returns>Most waiting sessions first.</returns>
    public IReadOnlyList<LockChain> Chains(Func<long, bool> isSession)
    {
        var gates = _waits
            .Where(wait => wait.IsQueued && isSession(wait.Holder))
            .GroupBy(wait => wait.Holder)
            .OrderByDescending(queue => queue.Count())
            .Take(GatesAtMost)
            .Select(queue => (Session: queue.Key, Behind: FreedBy(queue.Key).Count(isSession)))
            .Where(gate => gate.Behind > 0)
            .OrderByDescending(gate => gate.Behind)
            .ThenBy(gate => gate.Session)
            .ToList();

        return
        [
            .. Roots
                .Select(root => (Root: root, Behind: Behind(root)))
                .Select(found => (found.Root, found.Behind, Blocked: found.Behind.Count(isSession)))
                .Where(found => found.Blocked > 0)
                .OrderByDescending(found => found.Blocked)
                .ThenBy(found => found.Root)
                .Take(AtMost)
                .Select(found => ChainOf(found.Root, found.Blocked, gates.Where(gate => found.Behind.Contains(gate.Session)).Take(1))),
        ];

        static LockChain ChainOf(long root, int blocked, IEnumerable<(long Session, int Behind)> gate) =>
            gate.Select(found => new LockChain(root, blocked, found.Session, found.Behind)).SingleOrDefault(new LockChain(root, blocked, Gate: null, BehindGate: 0));
    }

    /// <param name="gate">It waits no longer: null for nobody.</param>
    private HashSet<long> Reach(IEnumerable<long> from, long? gate)
    {
        var reached = new HashSet<long>();
        var next = new Stack<long>(from);
        while (next.TryPop(out var holder))
        {
            foreach (var wait in _behind[holder])
            {
                if (wait.Waiter != gate && !(wait.IsQueued && wait.Holder == gate) && reached.Add(wait.Waiter))
                {
                    next.Push(wait.Waiter);
                }
            }
        }

        return reached;
    }
}

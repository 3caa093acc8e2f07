using ChatBot.Databases;

namespace ChatBot.Tests.Databases;

public class LockGraphTests
{
    [Fact]
    public void A_long_queue_is_walked_once_and_not_along_every_path()
    {
        // Each waits for the root and for all ahead of it: more than 10^100 paths.
        var graph = new LockGraph([.. Enumerable.Range(2, 400).SelectMany(number => Enumerable.Range(1, number - 1).Select(ahead => new LockWait(number, ahead, IsQueued: ahead > 1)))]);

        Assert.Equal([1], graph.Roots);
        Assert.Equal(400, graph.Behind(1).Count);
        Assert.Empty(graph.FreedBy(2)); // the others wait for the root too
        Assert.Equal([new LockChain(1, 400, null, 0)], graph.Chains(_ => true));
    }

    [Fact]
    public void A_ring_has_no_root_and_ends()
    {
        var graph = new LockGraph([new(1, 2), new(2, 1), new(3, 1)]);

        Assert.Empty(graph.Roots);
        Assert.Equal([1, 2, 3], graph.Behind(1).Order());
        Assert.Empty(graph.Chains(_ => true));
    }

    [Fact]
    public void Who_waits_for_two_gates_is_freed_by_neither()
    {
        var graph = new LockGraph([new(2, 1), new(3, 1), new(4, 2, IsQueued: true), new(4, 3, IsQueued: true), new(5, 3, IsQueued: true), new(6, 5, IsQueued: true)]);

        Assert.Empty(graph.FreedBy(2));
        Assert.Equal([5, 6], graph.FreedBy(3).Order());
        Assert.Equal([new LockChain(1, 5, Gate: 3, BehindGate: 2)], graph.Chains(_ => true));
    }

    [Fact]
    public void What_a_waiting_session_holds_it_holds_when_its_statement_is_cancelled()
    {
        // 2 waits for 1; 3 wants what 2 holds, 4 stands behind 2 in a queue, and behind 3 as well 5.
        var graph = new LockGraph([new(2, 1), new(3, 2), new(4, 2, IsQueued: true), new(5, 3, IsQueued: true)]);

        Assert.Equal([4], graph.FreedBy(2));
        Assert.Equal([new LockChain(1, 4, Gate: 2, BehindGate: 1)], graph.Chains(_ => true));

        var holdsOnly = new LockGraph([new(2, 1), new(3, 2), new(4, 2), new(5, 2)]);
        Assert.Empty(holdsOnly.FreedBy(2));
        Assert.Equal([new LockChain(1, 4, Gate: null, BehindGate: 0)], holdsOnly.Chains(_ => true));
    }

    [Fact]
    public void Who_stands_behind_in_a_queue_and_wants_what_is_held_as_well_is_not_freed()
    {
        var graph = new LockGraph([new(2, 1), new(3, 2, IsQueued: true), new(3, 2)]);

        Assert.Empty(graph.FreedBy(2));
    }

    [Fact]
    public void Only_sessions_count_and_only_sessions_are_gates()
    {
        var graph = new LockGraph([new(2, 1), new(3, 2, IsQueued: true), new(4, 3, IsQueued: true), new(5, -7)]);

        Assert.Equal([new LockChain(1, 2, Gate: 3, BehindGate: 1), new LockChain(-7, 1, null, 0)], graph.Chains(number => number is not 2).OrderBy(chain => -chain.Blocked));
    }
}

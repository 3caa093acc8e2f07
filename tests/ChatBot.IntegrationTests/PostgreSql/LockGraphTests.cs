using ChatBot.Databases.PostgreSql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>Needs no server; it is here beside those that do.</summary>
public sealed class LockGraphTests
{
    [Fact]
    public void A_long_queue_is_walked_once_and_not_along_every_path()
    {
        // Each waits for the root and for all ahead of it: more than 10^100 paths.
        var graph = new LockGraph(Enumerable.Range(2, 400).ToDictionary(
            number => (long)number, number => (IReadOnlyList<long>)[.. Enumerable.Range(1, number - 1).Select(ahead => (long)ahead)]));

        Assert.Equal([1], graph.Roots);
        Assert.Equal(400, graph.Behind(1).Count);
        Assert.Empty(graph.OnlyBehind(2)); // the others wait for the root too
    }

    [Fact]
    public void A_ring_has_no_root_and_ends()
    {
        var graph = new LockGraph(new Dictionary<long, IReadOnlyList<long>> { [1] = [2], [2] = [1], [3] = [1] });

        Assert.Empty(graph.Roots);
        Assert.Equal([1, 2, 3], graph.Behind(1).Order());
    }

    [Fact]
    public void Who_waits_for_two_gates_is_freed_by_neither()
    {
        var graph = new LockGraph(new Dictionary<long, IReadOnlyList<long>> { [2] = [1], [3] = [1], [4] = [2, 3], [5] = [3], [6] = [5] });

        Assert.Empty(graph.OnlyBehind(2));
        Assert.Equal([5, 6], graph.OnlyBehind(3).Order());
    }
}

using ChatBot.Databases;
using ChatBot.Databases.MySql;

namespace ChatBot.Tests.Databases.MySql;

public class LockWaitsTests
{
    // The session that holds the lock, and who waits for it.
    private const long Root = 1;
    private static readonly HashSet<long> Waiting = [2, 3, 4];

    /// <summary>Each waits for all before it, as the servers list it.</summary>
    private static readonly List<LockWait> All = [new(2, Root), new(3, Root), new(3, 2), new(4, Root), new(4, 2), new(4, 3)];

    public static readonly IEnumerable<TheoryDataRow<int[], int[]>> Cuts =
    [
        Row("nothing is missing",              [],        [0, 1, 2, 3, 4, 5]),
        Row("one who holds others up is loose", [0],       [1, 3, 5]),
        Row("what hangs on it is loose then",  [0, 1],    [3]), // 3 waits for 2 alone
        Row("nobody is known to hold it",      [0, 1, 3], []),
        Row("a wait at the end",               [5],       [0, 1, 2, 3, 4]),
    ];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Nobody_who_waits_looks_like_the_root_of_a_list_that_was_cut(int[] missing, int[] left)
    {
        var waits = LockWaits.WithoutLoose([.. All.Where((_, n) => !missing.Contains(n))], Waiting);

        Assert.Equal(left.Select(n => All[n]), waits);
        Assert.All(new LockGraph(waits).Roots, root => Assert.Equal(Root, root));
    }

    /// <summary>Nobody knows what a session waits for that isn't known to wait: it may hold the lock.</summary>
    [Fact]
    public void One_that_does_not_wait_stays_the_root() =>
        Assert.Equal([new LockWait(3, Root)], LockWaits.WithoutLoose([new LockWait(3, Root)], new HashSet<long> { 3 }));

    private static TheoryDataRow<int[], int[]> Row(string name, int[] missing, int[] left) => new(missing, left) { TestDisplayName = $"Cut [{name}]" };
}

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Tests.Findings;

public class PoolerRuleTests
{
    /// <summary>A pool of three, all lent, and four clients that wait: as measured.</summary>
    private static readonly PoolerPool Full = new(
        ForeignText.From("shop", 63), ForeignText.From("app", 63), 3, 4, 3, 0, 0, 0, 0, TimeSpan.FromSeconds(2), "transaction", 3, 0, null, 3, IsPaused: false);

    public static readonly IEnumerable<TheoryDataRow<PoolerPool, PoolerLimit?>> Limits =
    [
        Row("all lent, clients wait", Full, PoolerLimit.PoolSize),
        Row("all lent, nobody waits", Full with { ClientsWaiting = 0, MaxWait = TimeSpan.Zero }, null),
        Row("the wait has only begun, and as many wait as are served", Full with { ClientsWaiting = 3, MaxWait = TimeSpan.FromMilliseconds(1) }, PoolerLimit.PoolSize),
        Row("fewer wait than are served, for a moment", Full with { ClientsWaiting = 2, MaxWait = TimeSpan.FromMilliseconds(999) }, null),
        Row("fewer wait than are served, for long", Full with { ClientsWaiting = 1, MaxWait = PoolerRule.Passing }, PoolerLimit.PoolSize),
        Row("the reserve is lent, too", Full with { ServersActive = 4, ReserveSize = 1 }, PoolerLimit.PoolSize),
        Row("a reserve connection logs in", Full with { ServersLogin = 1, ReserveSize = 1 }, PoolerLimit.PoolSize),
        Row("one of them is being reset", Full with { ServersActive = 2, ServersOther = 1 }, PoolerLimit.PoolSize),
        Row("one came back this moment", Full with { ServersActive = 2, ServersIdle = 1, MaxWait = TimeSpan.FromMilliseconds(999) }, null),
        Row("some are free, and clients wait all the same", Full with { ServersActive = 2, ServersUsed = 1 }, PoolerLimit.Unknown),
        Row("the size is unknown", Full with { PoolSize = null }, PoolerLimit.PoolSize),
        Row("the size is unknown, and one logs in", Full with { PoolSize = null, ServersLogin = 1 }, PoolerLimit.ServerLogins),
        Row("the database's limit", Full with { PoolSize = 10, MaxDatabaseConnections = 3 }, PoolerLimit.DatabaseConnections),
        Row("one below the database's limit", Full with { PoolSize = 10, MaxDatabaseConnections = 4 }, PoolerLimit.ServerLogins),
        Row("both limits: raising the database's alone would not help", Full with { MaxDatabaseConnections = 3 }, PoolerLimit.PoolSize),
        Row("other pools have all of the database's", Full with { ServersActive = 0, PoolSize = 10, MaxDatabaseConnections = 20, CurrentDatabaseConnections = 20 }, PoolerLimit.DatabaseConnections),
        Row("a login that does not come through", Full with { PoolSize = 10, ServersLogin = 1 }, PoolerLimit.ServerLogins),
        Row("a full server behind, between two tries", Full with { PoolSize = 10, ServersActive = 0 }, PoolerLimit.ServerLogins),
        Row("exactly as long as may pass", Full with { PoolSize = 10, ServersLogin = 1, MaxWait = PoolerRule.Passing }, PoolerLimit.ServerLogins),
        Row("a pool that grows", Full with { PoolSize = 10, ServersLogin = 1, MaxWait = PoolerRule.Passing - TimeSpan.FromMicroseconds(1) }, null),
        Row("paused", Full with { ServersActive = 0, IsPaused = true }, PoolerLimit.Paused),
        Row("paused, and nobody minds", Full with { ClientsWaiting = 0, IsPaused = true }, null),
    ];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Names_the_limit_of_a_pool(PoolerPool pool, PoolerLimit? limit) => Assert.Equal(limit, PoolerRule.Examine(Pools(pool))?.Limit);

    public static readonly TheoryData<int, int?, bool> ClientLimits = new()
    {
        // connections  most  refused
        { 99, 100, false },
        { 100, 100, true },
        { 103, 100, true }, // the console has no limit
        { 100_000, null, false }, // PgBouncer does not say
    };

    [Theory]
    [MemberData(nameof(ClientLimits))]
    public void A_pooler_that_is_full_of_clients_turns_newcomers_away(int connections, int? most, bool refused)
    {
        var quiet = Pools(Full with { ClientsWaiting = 0 }) with { ClientConnections = connections, MaxClientConnections = most };

        Assert.Equal(
            refused ? new PoolerSaturation(PoolerLimit.ClientConnections, null, 0, 0, true, connections, most) : null,
            PoolerRule.Examine(quiet));
    }

    [Fact]
    public void A_full_pooler_is_the_effect_of_a_full_pool() => Assert.Equal(
        new PoolerSaturation(PoolerLimit.PoolSize, Full, 4, 1, true, 100, 100),
        PoolerRule.Examine(Pools(Full) with { ClientConnections = 100, MaxClientConnections = 100 }));

    [Fact]
    public void The_pool_that_keeps_most_waiting_speaks_for_all()
    {
        var longer = Full with { User = ForeignText.From("reports", 63), ClientsWaiting = 1, MaxWait = TimeSpan.FromMinutes(1) };
        var most = Full with { User = ForeignText.From("checkout", 63), ClientsWaiting = 9 };
        var quiet = Full with { ClientsWaiting = 0 };

        Assert.Equal(
            new PoolerSaturation(PoolerLimit.PoolSize, most, 14, 3, false, 7, 100),
            PoolerRule.Examine(Pools(longer, quiet, most, Full)));
    }

    [Fact]
    public void Nobody_there_is_no_saturation() => Assert.Null(PoolerRule.Examine(Pools()));

    private static PoolerPools Pools(params PoolerPool[] pools) => new(pools, [], 7, 100, "1.18.0");

    private static TheoryDataRow<PoolerPool, PoolerLimit?> Row(string label, PoolerPool pool, PoolerLimit? limit) => new(pool, limit) { Label = label };
}

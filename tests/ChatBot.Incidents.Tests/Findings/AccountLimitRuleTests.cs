using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;

namespace ChatBot.Incidents.Tests.Findings;

/// <summary>Whose connections are limited, and to how many.</summary>
public class AccountLimitRuleTests
{
    [Theory]
    [InlineData(61, 97, null, 50, 48)] // its share
    [InlineData(30, 97, null, 50, 30)] // no more than it has
    [InlineData(61, 97, null, 100, 61)]
    [InlineData(120, 97, null, 100, 97)]
    [InlineData(61, 97, 100, 50, 48)]
    [InlineData(61, 97, 49, 50, 48)]
    [InlineData(61, 97, 48, 50, null)] // low enough already
    [InlineData(61, 97, 10, 50, null)]
    [InlineData(61, 97, 0, 50, null)]
    [InlineData(12, 17, null, 50, 8)]
    [InlineData(1, 1, null, 1, 1)] // never nobody
    [InlineData(0, 97, null, 50, 1)]
    [InlineData(5_000, 2_000_000_000, null, 100, 5_000)]
    [InlineData(int.MaxValue, int.MaxValue, null, 100, int.MaxValue)]
    public void The_limit_is_what_it_has_and_at_most_its_share(int used, int capacity, int? limit, int percent, int? expected) =>
        Assert.Equal(expected, AccountLimitRule.NewLimit(used, capacity, limit, percent));

    [Theory]
    [InlineData(10, 97, true)]
    [InlineData(9, 97, false)]
    [InlineData(2, 17, true)]
    [InlineData(1, 5, false)]
    [InlineData(0, 0, false)]
    public void Who_holds_less_than_a_tenth_is_not_why_it_is_full(int used, int capacity, bool holdsMany) =>
        Assert.Equal(holdsMany, AccountLimitRule.HoldsMany(used, capacity));

    [Fact]
    public void All_of_an_account_count_together_and_the_largest_comes_first()
    {
        var consumers = new ConnectionConsumers(
            [Group("a", "reports", 30), Group("b", "shop", 20), Group("c", "shop", 15), Group("d", "", 60), Group("e", "zoo", 30)],
            Sessions: 155,
            TimeSpan.FromMinutes(30),
            Endable: 0);

        Assert.Equal([("shop", 35), ("reports", 30), ("zoo", 30)], AccountLimitRule.Candidates(consumers).Select(user => (user.User.Value, user.Sessions)));
    }

    private static ConsumerGroup Group(string application, string user, int count) => new(
        ForeignText.From(application, 63), ForeignText.From(user, 63), default, default, count, 0, 0, 0, 0, 0, null, TimeSpan.Zero);
}

using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Steps.AdvisePoolSize;

namespace ChatBot.Tests.Steps;

public sealed class PoolSizeViewTests
{
    [Fact]
    public void Pools_that_do_not_fit_are_shown_with_their_sum_and_the_sizes_that_would()
    {
        var text = Text(new PoolBudget(197, 157, [new ServicePools("checkout-api", 8, 10, 1, 20, 13), new ServicePools("worker", 2, 2, 4, 5, 5)], ["reports"]));

        Assert.StartsWith("*The pools don't fit:* at the busiest moment they take 240 of 197 slots; 157 is the most they should", text, StringComparison.Ordinal);
        Assert.Contains("• *checkout-api*: 10 pods at the busiest moment (8 now; autoscaler and rollout start more) x pool of 20 = 200; *13 would fit* (130).", text, StringComparison.Ordinal);
        Assert.Contains("• *worker*: 2 pods x 4 processes x pool of 5 = 40; stays.", text, StringComparison.Ordinal);
        Assert.EndsWith("because nobody knows the size of their pools: reports.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_size_it_says_what_to_set() =>
        Assert.Contains("Services:NAME:PoolSize", Text(new PoolBudget(197, 157, [], ["reports"])), StringComparison.Ordinal);

    [Fact]
    public void Pools_that_fit_are_left_alone() =>
        Assert.StartsWith("*All pools fit:* at the busiest moment they take 130 of 197 slots", Text(new PoolBudget(197, 157, [new ServicePools("a", 8, 10, 1, 13, 13)], [])), StringComparison.Ordinal);

    [Fact]
    public void Nobody_says_that_all_fit_while_some_are_unknown()
    {
        var budget = new PoolBudget(197, 157, [new ServicePools("a", 8, 10, 1, 13, 13)], ["reports"]);
        var text = string.Join('\n', PoolSizeView.Render(new PoolSizeAdvice(budget, [Sentence.Of($"There is no deployment reports.")])));

        Assert.StartsWith("*The pools that are known fit:*", text, StringComparison.Ordinal);
        Assert.EndsWith(":warning: There is no deployment reports.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_says_that_all_fit_while_autoscalers_are_unread()
    {
        var budget = new PoolBudget(197, 157, [new ServicePools("a", 1, 1, 1, 13, 13)], []);
        var text = string.Join('\n', PoolSizeView.Render(new PoolSizeAdvice(budget, [Sentence.Of($"Namespace shop has more than {2000} autoscalers; the others were not looked at.")])));

        Assert.StartsWith("*The pools that are known fit:*", text, StringComparison.Ordinal);
        Assert.Contains("*a*: 1 pod x pool of 13 = 13; stays.", text, StringComparison.Ordinal);
    }

    private static string Text(PoolBudget budget) => string.Join('\n', PoolSizeView.Render(new PoolSizeAdvice(budget, [])));
}

using ChatBot.Sandbox;
using ChatBot.Sandbox.Kubernetes;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Workloads;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>From the press to the cluster: a form with what is set, a choice, a plan of exactly that, another person's approval, the change; and the size is put back.</summary>
public sealed class PoolFormTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_pool_gets_the_size_that_was_chosen_and_its_own_back()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var world = await PracticeWorld.StartAsync(new WorldOptions(Slots: 60, Seed: 1), LeakingService.Scenario, stop);
        var (ana, boris) = (world.Slack.Workspace.As("ana"), world.Slack.Workspace.As("boris"));
        var before = PoolOf(world);
        await ana.TypeAsync(PracticeWorld.Channel, $"/runbook start {PracticeWorld.Target}", stop);

        var list = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("Short-term fixes") && message.Button("Change the pool size") is not null, stop);
        await ana.PressAsSeenAsync(list, "Change the pool size", cancellationToken: stop);
        var form = await ana.WaitForViewAsync(view => view.Title == "Pool size", stop);
        await ana.SubmitViewAsync(new Dictionary<string, string> { ["set.service"] = "checkout-api", ["set.size"] = "2", ["set.for"] = "2h" }, stop);

        var plan = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("set the pool size of checkout-api to 2"), stop);
        Assert.True(plan.Says($"{before} before, 2 after"));
        await boris.PressAsSeenAsync(plan, "Approve", cancellationToken: stop);
        await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("To be undone by"), stop);
        Assert.Equal("2", PoolOf(world));

        var back = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("Short-term fixes") && message.Button("Put the pool size back") is not null, stop);
        await ana.PressAsSeenAsync(back, "Put the pool size back", cancellationToken: stop);
        var undo = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says($"put the pool size of checkout-api back to {before}") && message.Button("Approve") is not null, stop);
        await boris.PressAsSeenAsync(undo, "Approve", cancellationToken: stop);
        await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says($"put the pool size of checkout-api back to {before}") && message.Says("Approved by"), stop);
        Assert.NotNull(form);
        Assert.Equal(before, PoolOf(world));
    }

    /// <summary>A quota leaves no room for the one pod that starts before another ends.</summary>
    [Fact(Timeout = 180_000)]
    public async Task Why_its_rollout_does_not_get_on_is_said_as_the_cluster_says_it()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var world = await PracticeWorld.StartAsync(new WorldOptions(Slots: 60, Seed: 1), LeakingService.Scenario, stop);
        var (ana, boris) = (world.Slack.Workspace.As("ana"), world.Slack.Workspace.As("boris"));
        world.Company!.Kubernetes.Cluster.Apply(
            $$"""{ "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "small", "namespace": "{{ClusterCompany.Namespace}}" }, "spec": { "hard": { "pods": "1" } } }""");
        await ana.TypeAsync(PracticeWorld.Channel, $"/runbook start {PracticeWorld.Target}", stop);
        var list = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("Short-term fixes") && message.Button("Change the pool size") is not null, stop);
        await ana.PressAsSeenAsync(list, "Change the pool size", cancellationToken: stop);
        await ana.WaitForViewAsync(view => view.Title == "Pool size", stop);
        await ana.SubmitViewAsync(new Dictionary<string, string> { ["set.service"] = "checkout-api", ["set.size"] = "2", ["set.for"] = "2h" }, stop);
        var plan = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("set the pool size of checkout-api to 2"), stop);
        await boris.PressAsSeenAsync(plan, "Approve", cancellationToken: stop);

        var card = await ana.WaitForAsync(PracticeWorld.Channel, message => message.Says("The rollout of checkout-api doesn't get on:"), stop);

        Assert.True(card.Says("No more pods can be made: the quota of the namespace is used up. 0 of"));
        Assert.True(card.Says("is forbidden: exceeded quota: small, requested: pods=1"));
    }

    private static string PoolOf(PracticeWorld world) => world.Company!.Kubernetes.Cluster.Get(ResourceCatalog.Deployments, ClusterCompany.Namespace, ClusterCompany.Checkout)
        ["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Single(one => one!["name"]!.GetValue<string>() == ClusterCompany.PoolVariable)!["value"]!.GetValue<string>();
}

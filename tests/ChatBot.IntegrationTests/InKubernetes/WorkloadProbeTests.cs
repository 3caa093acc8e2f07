using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>What the bot reads of a cluster with the rights that it ships with.</summary>
public sealed class WorkloadProbeTests
{
    [Fact]
    public async Task Tells_pods_owners_revisions_rollout_autoscaler_pool_and_whoever_puts_changes_back()
    {
        await using var shop = await ShopCluster.StartAsync();

        var look = await shop.LookAsync();

        Assert.Empty(look.Gaps);
        var workload = Assert.Single(look.Workloads);
        Assert.Equal(("checkout-api", "shop", "checkout-api", 3), (workload.Service, workload.Namespace, workload.Name, workload.Replicas));
        Assert.Equal(3, workload.Pods.Count);
        Assert.All(workload.Pods, pod => Assert.True(pod is { IsReady: true, Revision: 1, StartedAt: not null, Addresses.Count: 1, IsHostNetwork: false, IsTerminating: false }));
        Assert.Equal(3, workload.Pods.SelectMany(pod => pod.Addresses).Distinct().Count());
        Assert.Equal(new RolloutStrategy(Surge: 1, Unavailable: 0, IsRecreate: false), workload.Strategy);
        var revision = Assert.Single(workload.Revisions);
        Assert.Equal((1L, "shop/checkout:1.41", 3, null), (revision.Number, revision.Image.Value, revision.Pods, revision.Restart));
        Assert.Equal((3, 12), (workload.Autoscaler!.Minimum, workload.Autoscaler.Maximum));
        Assert.Equal(("env DB_POOL of container app", 10, "Rails", true), (workload.Pool!.Place.Value, workload.Pool.Size, workload.Pool.Library, workload.Pool.IsRecognised));
        Assert.Equal(("Argo CD", "shop-prod", true), (workload.Owner!.Tool, workload.Owner.Name.Value, workload.Owner.Reverts));
        Assert.False(workload.IsRollingOut);
        Assert.Equal("mailer", Assert.Single(look.Others).Owner.Value);
        Assert.Empty(shop.BotsChanges);
    }

    [Fact]
    public async Task Tells_a_rollout_that_is_under_way_and_what_came_before()
    {
        await using var shop = await ShopCluster.StartAsync();
        shop.Pods.TicksUntilReady = 1;
        shop.Simulator.Cluster.Change(ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "shop/checkout:1.42");

        var workload = Assert.Single((await shop.LookAsync()).Workloads);

        Assert.True(workload.IsRollingOut);
        Assert.Equal(["shop/checkout:1.42", "shop/checkout:1.41"], workload.Revisions.Select(revision => revision.Image.Value));
        Assert.Equal([1L, 2L], workload.Pods.Select(pod => pod.Revision!.Value).Distinct().Order());
    }

    [Fact]
    public async Task What_may_not_be_read_is_a_gap_with_the_rule_to_add()
    {
        await using var shop = await ShopCluster.StartAsync();
        shop.Simulator.Cluster.Change(ResourceCatalog.OfKind("rbac.authorization.k8s.io/v1", "Role")!, "shop", "chatbot", role =>
        {
            var rules = role["rules"]!.AsArray();
            rules.Remove(rules.Single(rule => rule!["apiGroups"]![0]!.GetValue<string>() == "autoscaling"));
        });

        var look = await shop.LookAsync();

        Assert.Null(Assert.Single(look.Workloads).Autoscaler);
        Assert.Equal(
            "The bot may not list horizontalpodautoscalers in namespace shop (403). Add to its Role: - { apiGroups: [\"autoscaling\"], resources: [\"horizontalpodautoscalers\"], verbs: [\"list\"] }",
            Assert.Single(look.Gaps).ToString());
    }

    [Fact]
    public async Task A_workload_that_is_not_there_is_named_and_a_token_that_ran_out_too()
    {
        await using var shop = await ShopCluster.StartAsync();

        var look = await shop.LookAsync(new ServiceOptions { Namespace = "shop", Workload = "checkout" });
        Assert.Empty(look.Workloads);
        Assert.NotEmpty(look.Gaps);

        shop.Simulator.Tokens.Rotate(ClusterUser.ServiceAccount("chatbot", "chatbot"));
        Assert.Equal(ClusterTrouble.Unknown, (await Assert.ThrowsAsync<ClusterUnavailableException>(() => shop.LookAsync())).Trouble);
    }
}

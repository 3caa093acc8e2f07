using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
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

    /// <summary>Where a quota is used up there is no pod, whose status could say anything.</summary>
    [Fact]
    public async Task What_keeps_new_pods_from_being_made_is_named_from_the_clusters_events()
    {
        await using var shop = await ShopCluster.StartAsync();
        shop.Simulator.Cluster.Apply("""{ "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "small", "namespace": "shop" }, "spec": { "hard": { "pods": "4" } } }""");
        shop.RestartByHand();

        var workload = await shop.WatchAsync();

        Assert.Equal((RolloutStage.Stuck, "No more pods can be made: the quota of the namespace is used up.", 1), Told(workload));
        var warning = RolloutRule.WarningOf(workload)!;
        Assert.True(warning.Pod.IsEmpty);
        Assert.EndsWith("is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4", warning.Words.Value, StringComparison.Ordinal);
        Assert.Empty((await shop.LookAsync()).Workloads[0].Warnings); // only who watches a rollout asks

        shop.Simulator.Cluster.Change(ResourceCatalog.Quotas, "shop", "small", quota => quota["spec"]!["hard"]!["pods"] = "9");
        Assert.Equal((RolloutStage.Done, "", 0), Told(await shop.WatchAsync()));
    }

    [Fact]
    public async Task What_keeps_a_new_pod_from_starting_is_named_from_the_clusters_events()
    {
        await using var shop = await ShopCluster.StartAsync();
        shop.Pods.Behaviour = pod => pod.ReportWarning("FailedMount", $"MountVolume.SetUp failed for \"tls\" <!channel> password=hunter22hunter {new string('x', 900)}");
        shop.Simulator.Cluster.Apply(Mailer);
        shop.RestartByHand();

        var workload = await shop.WatchAsync();

        Assert.Equal((RolloutStage.Running, "A volume of a pod can't be mounted.", 1), Told(workload));
        var warning = Assert.Single(workload.Warnings); // and not the mailer's
        Assert.Equal(workload.Pods.Single(pod => !pod.IsReady).Name, warning.Pod);
        Assert.DoesNotContain("hunter22", warning.Words.Value, StringComparison.Ordinal);
        Assert.Equal(300, warning.Words.Value.Length);

        shop.Simulator.Cluster.Change(ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["template"]!["spec"]!["nodeSelector"] = new System.Text.Json.Nodes.JsonObject { ["kubernetes.io/hostname"] = "gone" });
        Assert.Equal((RolloutStage.Running, "No node takes a pod.", 1), Told(await shop.WatchAsync()));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(0)] // never
    public async Task Without_events_a_rollout_is_watched_by_its_pods_alone(int status)
    {
        await using var shop = await ShopCluster.StartAsync(within: TimeSpan.FromSeconds(2));
        shop.Pods.Behaviour = pod => pod.ReportCrashed("app");
        shop.RestartByHand();
        Assert.NotEqual(0, RolloutRule.Of(await shop.WatchAsync()).Warned);

        shop.Simulator.Faults.Always(
            request => request.Is("list", "events"),
            status switch { 403 => KubernetesFault.Status(403, "Forbidden", "no"), 500 => KubernetesFault.InternalError(), _ => KubernetesFault.Hang() });

        Assert.Equal((RolloutStage.Running, "A pod crashes again and again; its log says why.", 0), Told(await shop.WatchAsync()));
    }

    private static (RolloutStage Stage, string Why, int Warned) Told(WorkloadLook workload) => RolloutRule.Of(workload) is var look ? (look.Stage, look.Why, look.Warned) : default;

    private const string Mailer =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: mailer, namespace: shop }
        spec:
          replicas: 1
          selector: { matchLabels: { app: mailer } }
          template:
            metadata: { labels: { app: mailer } }
            spec: { containers: [{ name: app, image: shop/mailer:2 }] }
        """;
}

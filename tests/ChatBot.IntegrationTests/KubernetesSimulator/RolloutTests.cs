using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>Deployments, their ReplicaSets and their pods.</summary>
public sealed class RolloutTests : IAsyncLifetime
{
    private const string Restart =
        """{"spec":{"template":{"metadata":{"annotations":{"chatbot/restart":"p1"}}}}}""";

    private readonly PlainPods _pods = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.Zero));
    private PracticeCluster _cluster = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions { Runtime = _pods, Time = _time });

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_deployment_makes_a_set_and_the_set_makes_pods_that_become_ready()
    {
        var shop = await _cluster.ShopAsync();
        Assert.Equal((2, 2, 2, 2, 1L), (shop.Status.Replicas, shop.Status.UpdatedReplicas, shop.Status.ReadyReplicas, shop.Status.AvailableReplicas, shop.Status.ObservedGeneration));
        Assert.Equal("1", shop.GetAnnotation("deployment.kubernetes.io/revision"));
        Assert.Equal("NewReplicaSetAvailable", Condition(shop, "Progressing").Reason);
        Assert.Equal("True", Condition(shop, "Available").Status);

        var set = Assert.Single(await SetsAsync());
        Assert.Equal(shop.Uid(), Assert.Single(set.OwnerReferences()).Uid);
        Assert.Equal(set.GetLabel("pod-template-hash"), set.Spec.Selector.MatchLabels["pod-template-hash"]);

        var pods = await PodsAsync();
        Assert.All(pods, pod =>
        {
            Assert.Equal(set.Uid(), Assert.Single(pod.OwnerReferences()).Uid);
            Assert.StartsWith(set.Name() + "-", pod.Name(), StringComparison.Ordinal);
            Assert.Equal("Running", pod.Status.Phase);
        });
        Assert.Equal(2, pods.Select(pod => pod.Status.PodIP).Distinct().Count());
        Assert.Equal(["node-1", "node-2"], pods.Select(pod => pod.Spec.NodeName).Order());
    }

    [Fact]
    public async Task A_rollout_adds_what_surge_allows_and_ends_an_old_pod_for_each_new_one_that_is_ready()
    {
        _pods.TicksUntilReady = 1;
        var before = await PodsAsync();
        await _cluster.PatchShopAsync(Restart, PatchType.StrategicMergePatch);

        var rolling = await _cluster.ShopAsync();
        Assert.Equal((3, 1, 2, 1), (rolling.Status.Replicas, rolling.Status.UpdatedReplicas, rolling.Status.AvailableReplicas, rolling.Status.UnavailableReplicas));
        Assert.Equal("ReplicaSetUpdated", Condition(rolling, "Progressing").Reason);

        _cluster.Simulator.Tick();
        rolling = await _cluster.ShopAsync();
        Assert.Equal((3, 2, 2), (rolling.Status.Replicas, rolling.Status.UpdatedReplicas, rolling.Status.AvailableReplicas));

        _cluster.Simulator.Tick();
        rolling = await _cluster.ShopAsync();
        Assert.Equal((2, 2, 2, null), (rolling.Status.Replicas, rolling.Status.UpdatedReplicas, rolling.Status.AvailableReplicas, rolling.Status.UnavailableReplicas));
        Assert.Equal("2", rolling.GetAnnotation("deployment.kubernetes.io/revision"));
        Assert.Equal("NewReplicaSetAvailable", Condition(rolling, "Progressing").Reason);
        Assert.Empty((await PodsAsync()).Select(pod => pod.Uid()).Intersect(before.Select(pod => pod.Uid())));
        Assert.Equal([0, 2], (await SetsAsync()).Select(set => set.Spec.Replicas!.Value).Order());
    }

    [Fact]
    public async Task Without_surge_a_pod_ends_before_the_next_one_starts()
    {
        await _cluster.PatchShopAsync("""{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}""", PatchType.MergePatch);
        _pods.TicksUntilReady = 1;
        await _cluster.PatchShopAsync(Restart, PatchType.StrategicMergePatch);

        var rolling = await _cluster.ShopAsync();
        Assert.Equal((2, 1, 1), (rolling.Status.Replicas, rolling.Status.UpdatedReplicas, rolling.Status.AvailableReplicas));
    }

    [Fact]
    public async Task Recreate_ends_all_pods_before_it_starts_one()
    {
        await _cluster.PatchShopAsync("""{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}""", PatchType.StrategicMergePatch);
        _pods.TicksUntilGone = 1;
        await _cluster.PatchShopAsync(Restart, PatchType.StrategicMergePatch);
        Assert.All(await PodsAsync(), pod => Assert.NotNull(pod.DeletionTimestamp()));
        Assert.Equal(2, (await PodsAsync()).Count);

        _cluster.Simulator.Tick();
        Assert.All(await PodsAsync(), pod => Assert.Equal("p1", pod.GetAnnotation("chatbot/restart")));
        Assert.Equal(2, (await PodsAsync()).Count);
    }

    [Fact]
    public async Task Going_back_to_an_old_template_uses_its_set_again_under_a_new_number()
    {
        var first = Assert.Single(await SetsAsync());
        await _cluster.PatchShopAsync("""{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"shop:2"}]}}}}""", PatchType.StrategicMergePatch);
        await _cluster.PatchShopAsync("""{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"shop:1"}]}}}}""", PatchType.StrategicMergePatch);

        var sets = await SetsAsync();
        Assert.Equal(2, sets.Count);
        var back = sets.Single(set => set.Uid() == first.Uid());
        Assert.Equal((2, "3", "1"), (back.Spec.Replicas, back.GetAnnotation("deployment.kubernetes.io/revision"), back.GetAnnotation("deployment.kubernetes.io/revision-history")));
        Assert.Equal("3", (await _cluster.ShopAsync()).GetAnnotation("deployment.kubernetes.io/revision"));
    }

    [Fact]
    public async Task A_rollout_whose_pods_never_become_ready_is_given_up_after_its_deadline()
    {
        _pods.Behaviour = pod => pod.ReportCrashed("web", exitCode: 137, reason: "OOMKilled");
        await _cluster.PatchShopAsync("""{"spec":{"progressDeadlineSeconds":60,"template":{"metadata":{"annotations":{"a":"b"}}}}}""", PatchType.MergePatch);
        Assert.NotEqual("ProgressDeadlineExceeded", Condition(await _cluster.ShopAsync(), "Progressing").Reason);

        _time.Advance(TimeSpan.FromSeconds(70));

        var stuck = Condition(await _cluster.ShopAsync(), "Progressing");
        Assert.Equal(("False", "ProgressDeadlineExceeded"), (stuck.Status, stuck.Reason));
        var crashed = (await PodsAsync()).Single(pod => pod.Status.ContainerStatuses[0].RestartCount == 1).Status.ContainerStatuses[0];
        Assert.Equal("CrashLoopBackOff", crashed.State.Waiting.Reason);
        Assert.Equal((137, "OOMKilled"), (crashed.LastState.Terminated.ExitCode, crashed.LastState.Terminated.Reason));
        Assert.Equal(2, (await _cluster.ShopAsync()).Status.AvailableReplicas);
        var events = await _cluster.Admin.CoreV1.ListNamespacedEventAsync("default", fieldSelector: "reason=BackOff", cancellationToken: Ended);
        Assert.Equal("Warning", Assert.Single(events.Items).Type);
    }

    [Fact]
    public async Task A_paused_deployment_stays_as_it_is_and_scales_all_the_same()
    {
        await _cluster.PatchShopAsync("""{"spec":{"paused":true}}""", PatchType.MergePatch);
        await _cluster.PatchShopAsync(Restart, PatchType.StrategicMergePatch);
        await _cluster.PatchShopAsync("""{"spec":{"replicas":3}}""", PatchType.MergePatch);

        var paused = await _cluster.ShopAsync();
        Assert.Equal("DeploymentPaused", Condition(paused, "Progressing").Reason);
        Assert.Equal((3, null), (paused.Status.AvailableReplicas, paused.Status.UpdatedReplicas));
        Assert.Single(await SetsAsync());

        await _cluster.PatchShopAsync("""{"spec":{"paused":null}}""", PatchType.MergePatch);
        Assert.Equal(3, (await _cluster.ShopAsync()).Status.UpdatedReplicas);
    }

    [Fact]
    public async Task The_controller_may_be_behind_and_observed_generation_says_so()
    {
        _cluster.Simulator.ControlPlane.IsHeld = true;
        await _cluster.PatchShopAsync(Restart, PatchType.StrategicMergePatch);
        var behind = await _cluster.ShopAsync();
        Assert.True(behind.Status.ObservedGeneration < behind.Metadata.Generation);

        _cluster.Simulator.ControlPlane.IsHeld = false;
        var caughtUp = await _cluster.ShopAsync();
        Assert.Equal(caughtUp.Metadata.Generation, caughtUp.Status.ObservedGeneration);
    }

    [Fact]
    public async Task A_deleted_deployment_takes_its_sets_and_pods_along()
    {
        await _cluster.Admin.AppsV1.DeleteNamespacedDeploymentAsync("shop", "default", cancellationToken: Ended);

        Assert.Empty(await SetsAsync());
        Assert.Empty(await PodsAsync());
    }

    [Fact]
    public async Task A_stateful_set_starts_and_renews_its_pods_one_after_the_other()
    {
        _pods.TicksUntilReady = 1;
        var manifest = PracticeCluster.Shop.Replace("kind: Deployment", "kind: StatefulSet", StringComparison.Ordinal).Replace("shop", "store", StringComparison.Ordinal);
        _cluster.Cluster.Apply(manifest);
        Assert.Equal(["store-0"], await StoreAsync());
        _cluster.Simulator.Tick();
        Assert.Equal(["store-0", "store-1"], await StoreAsync());
        _cluster.Simulator.Tick();

        _cluster.Cluster.Change(ResourceCatalog.StatefulSets, "default", "store", set => set.Under("spec", "template", "metadata", "annotations")["a"] = "b");
        _cluster.Simulator.Tick();
        _cluster.Simulator.Tick();
        var set = await _cluster.Admin.AppsV1.ReadNamespacedStatefulSetAsync("store", "default", cancellationToken: Ended);
        Assert.Equal((2, 2, set.Status.UpdateRevision), (set.Status.UpdatedReplicas, set.Status.ReadyReplicas, set.Status.CurrentRevision));

        async Task<IEnumerable<string>> StoreAsync() =>
            (await _cluster.Admin.CoreV1.ListNamespacedPodAsync("default", labelSelector: "app=store", cancellationToken: Ended)).Items.Select(pod => pod.Name());
    }

    [Fact]
    public async Task A_daemon_set_has_a_pod_on_each_node()
    {
        _cluster.Cluster.Apply(PracticeCluster.Shop
            .Replace("kind: Deployment", "kind: DaemonSet", StringComparison.Ordinal)
            .Replace("replicas: 2", "minReadySeconds: 0", StringComparison.Ordinal)
            .Replace("shop", "agent", StringComparison.Ordinal));

        var set = await _cluster.Admin.AppsV1.ReadNamespacedDaemonSetAsync("agent", "default", cancellationToken: Ended);
        Assert.Equal((2, 2, 2), (set.Status.DesiredNumberScheduled, set.Status.NumberReady, set.Status.UpdatedNumberScheduled));
    }

    private static V1DeploymentCondition Condition(V1Deployment of, string type) => of.Status.Conditions.Single(condition => condition.Type == type);

    private async Task<IList<V1ReplicaSet>> SetsAsync() =>
        (await _cluster.Admin.AppsV1.ListNamespacedReplicaSetAsync("default", labelSelector: "app=shop", cancellationToken: Ended)).Items;

    private async Task<IList<V1Pod>> PodsAsync() =>
        (await _cluster.Admin.CoreV1.ListNamespacedPodAsync("default", labelSelector: "app=shop", cancellationToken: Ended)).Items;
}

using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>Changes of a cluster: sent once, only if all is as approved, and told truthfully whatever the network does.</summary>
public sealed class ClusterChangeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_replaces_the_pods_once_however_often_it_is_sent()
    {
        await using var shop = await ShopCluster.StartAsync();
        var restarter = new DeploymentRestarter(shop.Changes);
        var pin = await shop.PinAsync();
        var before = Names(await shop.LookAsync());
        Assert.Equal(Outcome.NotApplied, (await restarter.ObserveAsync(pin, ShopCluster.Plan, Stop)).Outcome);

        Assert.Equal(Outcome.Applied, (await restarter.RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        var look = await shop.LookAsync();
        Assert.Equal(ShopCluster.Plan, look.Workloads[0].Revisions[0].Restart);
        Assert.Empty(Names(look).Intersect(before));

        Assert.Equal(Outcome.AlreadySatisfied, (await restarter.RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(Outcome.Applied, (await restarter.ObserveAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        var change = Assert.Single(shop.BotsChanges);
        Assert.Equal(("patch", "deployments", "chatbot"), (change.Verb, change.Resource, change.FieldManager));
        Assert.StartsWith("application/json-patch+json", change.ContentType, StringComparison.Ordinal);
    }

    /// <summary>Ours happened, a person restarted afterwards, and the bot recovers from a crash: writing ours again would restart again.</summary>
    [Fact]
    public async Task A_restart_is_known_again_after_a_persons_own()
    {
        await using var shop = await ShopCluster.StartAsync();
        var restarter = new DeploymentRestarter(shop.Changes);
        var pin = await shop.PinAsync();
        await restarter.RestartAsync(pin, ShopCluster.Plan, Stop);
        shop.RestartByHand();

        Assert.Equal(Outcome.Applied, (await restarter.ObserveAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, (await restarter.RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Single(shop.BotsChanges);
    }

    [Fact]
    public async Task A_deployment_that_somebody_changed_or_made_anew_is_left_alone()
    {
        await using var shop = await ShopCluster.StartAsync();
        var restarter = new DeploymentRestarter(shop.Changes);
        var pin = await shop.PinAsync();
        shop.RestartByHand();
        Assert.Equal(Outcome.Drift, (await restarter.RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);

        var now = await shop.PinAsync();
        Assert.Equal(Outcome.Superseded, (await restarter.RestartAsync(now with { Uid = "another" }, ShopCluster.Plan, Stop)).Outcome);
        shop.Simulator.Cluster.Delete(ResourceCatalog.Deployments, "shop", "checkout-api");
        Assert.Equal(Outcome.Superseded, (await restarter.RestartAsync(now, ShopCluster.Plan, Stop)).Outcome);
        Assert.Empty(shop.BotsChanges);
    }

    [Fact]
    public async Task Nothing_is_restarted_in_the_middle_of_a_rollout_or_while_it_is_paused()
    {
        await using var shop = await ShopCluster.StartAsync();
        var restarter = new DeploymentRestarter(shop.Changes);
        shop.Pods.TicksUntilReady = 1;
        shop.RestartByHand();
        Assert.Contains("under way", (await restarter.RestartAsync(await shop.PinAsync(), ShopCluster.Plan, Stop)).Detail, StringComparison.Ordinal);

        await new RolloutPause(shop.Changes).SetAsync(await shop.PinAsync(), pause: true, ShopCluster.OtherPlan, Stop);
        Assert.Contains("paused", (await restarter.RestartAsync(await shop.PinAsync(), ShopCluster.Plan, Stop)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_lost_after_the_effect_is_no_failure()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pin = await shop.PinAsync();
        shop.Simulator.Faults.Next("patch", "deployments", KubernetesFault.CutAfterEffect());

        Assert.Equal(Outcome.Applied, (await new DeploymentRestarter(shop.Changes).RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Single(shop.BotsChanges);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_no_success()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pin = await shop.PinAsync();
        shop.Simulator.Faults.Next("patch", "deployments", KubernetesFault.CutBeforeEffect());

        Assert.Equal(Outcome.Ambiguous, (await new DeploymentRestarter(shop.Changes).RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(Outcome.NotApplied, (await new DeploymentRestarter(shop.Changes).ObserveAsync(pin, ShopCluster.Plan, Stop)).Outcome);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_server_that_fails_is_not_asked_twice(int status)
    {
        await using var shop = await ShopCluster.StartAsync();
        var pin = await shop.PinAsync();
        shop.Simulator.Faults.Next("patch", "deployments", status == 429 ? KubernetesFault.Throttled(0) : KubernetesFault.InternalError());

        Assert.Equal(Outcome.NotApplied, (await new DeploymentRestarter(shop.Changes).RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Empty(shop.BotsChanges);
        Assert.Single(shop.Simulator.Ledger.Calls, call => call.Verb == "patch");
    }

    [Fact]
    public async Task A_rollout_is_paused_and_resumed_and_nothing_else_is_touched()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pause = new RolloutPause(shop.Changes);
        var pin = await shop.PinAsync();

        Assert.Equal(Outcome.Applied, (await pause.SetAsync(pin, pause: true, ShopCluster.Plan, Stop)).Outcome);
        Assert.True((await shop.LookAsync()).Workloads[0].IsPaused);
        Assert.Equal(Outcome.AlreadySatisfied, (await pause.SetAsync(pin, pause: true, ShopCluster.Plan, Stop)).Outcome);

        Assert.Equal(Outcome.Applied, (await pause.SetAsync(await shop.PinAsync(), pause: false, ShopCluster.OtherPlan, Stop)).Outcome);
        Assert.False((await shop.LookAsync()).Workloads[0].IsPaused);
        Assert.Equal(Outcome.Superseded, (await pause.ObserveAsync(pin, pause: true, ShopCluster.Plan, Stop)).Outcome);
        Assert.Single((await shop.LookAsync()).Workloads[0].Revisions);
    }

    [Fact]
    public async Task A_deployment_is_scaled_through_its_scale()
    {
        await using var shop = await ShopCluster.StartAsync();
        var scaler = new WorkloadScaler(shop.Changes);
        var pin = await shop.PinAsync();

        Assert.Equal(Outcome.Applied, (await scaler.ScaleAsync(pin, 3, 1, Stop)).Outcome);
        Assert.Equal(1, (await shop.LookAsync()).Workloads[0].Replicas);
        Assert.Equal("deployments/scale", Assert.Single(shop.BotsChanges).Resource);
        Assert.Equal(Outcome.Drift, (await scaler.ScaleAsync(pin, 3, 2, Stop)).Outcome);
    }

    [Theory]
    [InlineData("{ name: DB_POOL, value: \"10\" }", "env:DB_POOL", "20")]
    [InlineData("{ name: DB_POOL, value: \"postgres://u:canary@db/shop?pool=10&sslmode=require\" }", "env:DB_POOL?pool", "postgres://u:canary@db/shop?pool=20&sslmode=require")]
    public async Task A_pool_size_is_set_in_its_variable_and_put_back(string variable, string place, string written)
    {
        await using var shop = await ShopCluster.StartAsync(variable);
        var setting = new PoolSizeSetting(shop.Changes);
        var pin = await SettingAsync(shop, place, 10);

        Assert.Equal(Outcome.Applied, (await setting.ChangeAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(written, shop.Deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]![0]!["value"]!.GetValue<string>());
        Assert.Equal(Outcome.AlreadySatisfied, (await setting.ChangeAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(Outcome.Applied, (await setting.ObserveAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);

        Assert.Equal(Outcome.Applied, (await setting.ChangeAsync(await SettingAsync(shop, place, 20), 20, 10, ShopCluster.OtherPlan, Stop)).Outcome);
        Assert.Equal(2, shop.BotsChanges.Count);
    }

    [Fact]
    public async Task A_pool_size_that_a_person_set_is_never_overwritten()
    {
        await using var shop = await ShopCluster.StartAsync();
        var setting = new PoolSizeSetting(shop.Changes);
        var pin = await SettingAsync(shop, "env:DB_POOL", 10);
        shop.Simulator.Cluster.Change(ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]![0]!["value"] = "15");

        Assert.Equal(Outcome.Drift, (await setting.ChangeAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        Assert.Equal(Outcome.Superseded, (await setting.ObserveAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        Assert.Empty(shop.BotsChanges);
    }

    [Fact]
    public async Task A_pool_size_in_a_ConfigMap_is_set_in_the_version_that_was_read()
    {
        await using var shop = await ShopCluster.StartAsync("{ name: DB_POOL, valueFrom: { configMapKeyRef: { name: settings, key: pool } } }");
        shop.Simulator.Cluster.Apply("""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "settings", "namespace": "shop" }, "data": { "pool": "10", "motd": "hello" } }""");
        AllowConfigMap(shop);
        var setting = new PoolSizeSetting(shop.Changes);
        var stale = await SettingAsync(shop, "configmap:settings/pool", 10);
        shop.Simulator.Cluster.Change(ResourceCatalog.ConfigMaps, "shop", "settings", map => map["data"]!["motd"] = "hi");

        Assert.Equal(Outcome.Drift, (await setting.ChangeAsync(stale, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        var pin = await SettingAsync(shop, "configmap:settings/pool", 10);
        Assert.Equal(Outcome.Applied, (await setting.ChangeAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);

        var map = shop.Simulator.Cluster.Get(ResourceCatalog.ConfigMaps, "shop", "settings");
        Assert.Equal(("20", "hi", ShopCluster.Plan), (map["data"]!["pool"]!.GetValue<string>(), map["data"]!["motd"]!.GetValue<string>(), map["metadata"]!["annotations"]![Marks.PoolSize]!.GetValue<string>()));
        Assert.Equal(Outcome.Applied, (await setting.ObserveAsync(pin, 10, 20, ShopCluster.Plan, Stop)).Outcome);
        Assert.Single(shop.BotsChanges);
    }

    /// <summary>Between the bot's look and its change somebody else is faster: the server decides.</summary>
    [Fact]
    public async Task A_race_is_lost_and_not_won_by_force()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pin = await shop.PinAsync();
        shop.Simulator.Faults.Next(
            request =>
            {
                if (request.Is("patch", "deployments"))
                {
                    shop.RestartByHand();
                }

                return false;
            },
            KubernetesFault.InternalError());

        Assert.Equal(Outcome.Drift, (await new DeploymentRestarter(shop.Changes).RestartAsync(pin, ShopCluster.Plan, Stop)).Outcome);
        Assert.Empty(shop.BotsChanges);
    }

    [Fact]
    public async Task The_fence_holds_where_the_policy_does_and_not_without_it()
    {
        await using var shop = await ShopCluster.StartAsync();
        Assert.Null(await new KubernetesFence(shop.Clusters, TimeProvider.System).WhyNotAsync(ShopCluster.Target(), Stop));

        await using var open = await ShopCluster.StartAsync(fenced: false);
        Assert.Equal(
            "The cluster would let the bot change the image of deployment checkout-api, so the bot changes nothing there. Apply manifests/kubernetes/policy.yaml.",
            await new KubernetesFence(open.Clusters, TimeProvider.System).WhyNotAsync(ShopCluster.Target(), Stop));

        Assert.Empty(shop.BotsChanges.Concat(open.BotsChanges));
    }

    [Fact]
    public async Task Without_an_answer_the_fence_is_not_proven()
    {
        await using var shop = await ShopCluster.StartAsync();
        shop.Simulator.Faults.Next("patch", "deployments", KubernetesFault.InternalError());
        var fence = new KubernetesFence(shop.Clusters, TimeProvider.System);

        Assert.NotNull(await fence.WhyNotAsync(ShopCluster.Target(), Stop));
        Assert.Null(await fence.WhyNotAsync(ShopCluster.Target(), Stop));
    }

    private static void AllowConfigMap(ShopCluster shop) => shop.Simulator.Cluster.Change(
        ResourceCatalog.OfKind("rbac.authorization.k8s.io/v1", "Role")!,
        "shop",
        "chatbot",
        role => role["rules"]!.AsArray().Add(JsonNode.Parse("""{ "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["settings"], "verbs": ["get", "patch"] }""")));

    private static async Task<SettingPin> SettingAsync(ShopCluster shop, string place, int size)
    {
        Assert.True(PoolSizePlace.TryParse(place, out var parsed));
        var service = Assert.Single(ServiceWorkload.Of(ShopCluster.Target(new ServiceOptions { Namespace = "shop", PoolSize = parsed })));
        var cluster = await shop.Clusters.OfAsync("");
        var found = await PoolSizeProbe.FindAsync(cluster, service, await WorkloadObject.ReadAsync(cluster, service, Stop), Stop);
        Assert.Equal(size, found.Setting!.Size);
        return found.Pin!;
    }

    private static IReadOnlyList<string> Names(ClusterLook look) => [.. look.Workloads[0].Pods.Select(pod => pod.Name.Value)];
}

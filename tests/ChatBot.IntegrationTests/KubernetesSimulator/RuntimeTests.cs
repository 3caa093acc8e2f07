using System.Collections.Concurrent;
using ChatBot.Sandbox.Kubernetes;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>What really runs in pods, here from threads of its own.</summary>
public sealed class RuntimeTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_runtime_hears_of_each_pod_once_and_sees_what_it_is_to_run()
    {
        var threads = new Threads();
        await using var cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions { Runtime = threads, PodNetwork = "127.1" }, manifest: null);
        cluster.Cluster.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: pool}, data: {size: '7'}}");
        cluster.Cluster.Apply(PracticeCluster.Shop.Replace(
            "- { name: REGION, value: eu }",
            "- { name: REGION, valueFrom: { configMapKeyRef: { name: pool, key: size } } }",
            StringComparison.Ordinal).Replace("replicas: 2", "replicas: 20", StringComparison.Ordinal));
        await cluster.Cluster.WaitUntilAsync(IsRolledOut, Ended);

        await cluster.PatchShopAsync("""{"spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}""", PatchType.MergePatch);
        await cluster.Cluster.WaitUntilAsync(IsRolledOut, Ended);

        Assert.Equal(40, threads.Started.Count);
        Assert.All(threads.Started.Values, times => Assert.Equal(1, times));
        Assert.Equal(20, threads.Stopped.Count);
        Assert.All(threads.Stopped, stopped => Assert.True(threads.Started.ContainsKey(stopped.Key) && stopped.Value == 1));
        Assert.Equal(40, threads.Addresses.Distinct().Count());
        Assert.All(threads.Addresses, address => Assert.StartsWith("127.1.", address, StringComparison.Ordinal));
        Assert.All(threads.Settings, setting => Assert.Equal(("10", "7", null), setting));
    }

    private static bool IsRolledOut(Cluster cluster)
    {
        var shop = cluster.Find(ResourceCatalog.Deployments, "default", "shop");
        return shop.Number("status", "observedGeneration") == shop.Number("metadata", "generation")
            && shop.Number("status", "updatedReplicas") == 20
            && shop.Number("status", "availableReplicas") == 20
            && cluster.List(ResourceCatalog.Pods).Count == 20;
    }

    private sealed class Threads : IPodRuntime
    {
        public ConcurrentDictionary<string, int> Started { get; } = new();

        public ConcurrentDictionary<string, int> Stopped { get; } = new();

        public ConcurrentBag<string> Addresses { get; } = [];

        public ConcurrentBag<(string?, string?, string?)> Settings { get; } = [];

        public void Start(RunningPod pod)
        {
            Started.AddOrUpdate(pod.Uid, 1, (_, times) => times + 1);
            Addresses.Add(pod.Address);
            Settings.Add((pod.Variable("web", "DB_POOL_SIZE"), pod.Variable("web", "REGION"), pod.Variable("web", "OTHER")));
            Task.Run(pod.ReportReady);
        }

        public void Stop(RunningPod pod)
        {
            Stopped.AddOrUpdate(pod.Uid, 1, (_, times) => times + 1);
            Task.Run(pod.ReportGone);
        }
    }
}

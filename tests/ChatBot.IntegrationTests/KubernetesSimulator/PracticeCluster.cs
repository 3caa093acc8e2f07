using System.Text;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>A simulator with one small service in it, and the C# client on it.</summary>
internal sealed class PracticeCluster : IAsyncDisposable
{
    public const string Shop =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: shop
          labels: { app: shop }
        spec:
          replicas: 2
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec:
              containers:
              - name: web
                image: shop:1
                env:
                - { name: DB_POOL_SIZE, value: "10" }
                - { name: REGION, value: eu }
              - name: side
                image: side:1
        """;

    private PracticeCluster(KubernetesSimulator simulator)
    {
        Simulator = simulator;
        Admin = ClientOf(ClusterUser.Admin);
    }

    public KubernetesSimulator Simulator { get; }

    public Cluster Cluster => Simulator.Cluster;

    public IKubernetes Admin { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <param name="manifest">What is there from the start; null for nothing.</param>
    public static async Task<PracticeCluster> StartAsync(KubernetesSimulatorOptions? options = null, string? manifest = Shop)
    {
        var cluster = new PracticeCluster(await KubernetesSimulator.StartAsync(options, Ended));
        if (manifest is not null)
        {
            cluster.Cluster.Apply(manifest);
        }

        return cluster;
    }

    public IKubernetes ClientOf(ClusterUser user)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Simulator.KubeconfigFor(user)));
        return new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
    }

    public Task<V1Deployment> ShopAsync() => Admin.AppsV1.ReadNamespacedDeploymentAsync("shop", "default", cancellationToken: Ended);

    public Task<V1Deployment> PatchShopAsync(string patch, V1Patch.PatchType type, string? dryRun = null, IKubernetes? by = null) =>
        (by ?? Admin).AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(patch, type), "shop", "default", fieldManager: "tester", dryRun: dryRun, cancellationToken: Ended);

    /// <summary>The <c>Status</c> of a request that is refused.</summary>
    public static async Task<V1Status> RefusedAsync(Func<Task> request)
    {
        var refused = await Assert.ThrowsAsync<HttpOperationException>(request);
        var status = KubernetesJson.Deserialize<V1Status>(refused.Response.Content);
        Assert.Equal((int)refused.Response.StatusCode, status.Code);
        Assert.Equal("Failure", status.Status);
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Simulator.DisposeAsync();
    }
}

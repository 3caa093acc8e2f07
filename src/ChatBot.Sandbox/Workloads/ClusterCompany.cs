using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.Sandbox.Workloads;

/// <summary>The practice company on Kubernetes: a database server, and a cluster with deployments whose pods use it.</summary>
internal sealed class ClusterCompany : IAsyncDisposable
{
    public const string Namespace = "shop";

    public const string Checkout = "checkout-api";

    /// <summary>Where the size of a pod's pool stands; the shipped policy lists it as checkout-api's.</summary>
    public const string PoolVariable = "DB_POOL";

    private const string GoodImage = "shop/checkout-api:1.41";

    private const string LeakingImage = "shop/checkout-api:1.42";

    private const int CheckoutPods = 5;
    private const int WorkerPods = 2;
    private const int WorkerConnections = 3;

    private ClusterCompany(PostgreSqlServer server, DatabasePods pods, KubernetesSimulator kubernetes, string kubeconfigFile)
    {
        (Server, Pods, Kubernetes, KubeconfigFile) = (server, pods, kubernetes, kubeconfigFile);
    }

    public PostgreSqlServer Server { get; }

    public DatabasePods Pods { get; }

    public KubernetesSimulator Kubernetes { get; }

    /// <summary>With the bot's own token: the rights of manifests/kubernetes, and no others.</summary>
    public string KubeconfigFile { get; }

    /// <summary>Starts everything, and returns when all pods are ready.</summary>
    /// <param name="folder">For the bot's kubeconfig.</param>
    public static async Task<ClusterCompany> StartAsync(WorldOptions options, string folder, CancellationToken cancellationToken)
    {
        var manifests = Path.Combine(AppContext.BaseDirectory, "manifests");
        var server = await PostgreSqlServer.StartAsync(options.Slots, cancellationToken: cancellationToken);
        DatabasePods? pods = null;
        KubernetesSimulator? kubernetes = null;
        try
        {
            await Services.PrepareAsync(server, cancellationToken);
            await server.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(manifests, "postgresql.sql"), cancellationToken), Services.Database, cancellationToken);
            pods = new DatabasePods(server.Port, Services.Database, new Dictionary<string, double> { [LeakingImage] = options.LeakPerMinute / CheckoutPods });
            var rule = AdmissionRule.Of(await File.ReadAllTextAsync(Path.Combine(manifests, "policy.yaml"), cancellationToken));
            kubernetes = await KubernetesSimulator.StartAsync(
                new KubernetesSimulatorOptions { Runtime = pods, PodNetwork = "127.1", AdmissionRules = [rule] },
                cancellationToken);
            pods.Logs = kubernetes.Logs;
            kubernetes.Cluster.Apply(await File.ReadAllTextAsync(Path.Combine(manifests, "role.yaml"), cancellationToken));
            kubernetes.Cluster.Apply(Deployments(options.Ordinary));
            await kubernetes.Cluster.WaitUntilAsync(IsSettled, cancellationToken);
            var kubeconfig = Path.Combine(folder, "kubeconfig");
            await File.WriteAllTextAsync(kubeconfig, kubernetes.KubeconfigFor(ClusterUser.ServiceAccount("chatbot", "chatbot"), Namespace), cancellationToken);
            return new ClusterCompany(server, pods, kubernetes, kubeconfig);
        }
        catch
        {
            foreach (var part in new IAsyncDisposable?[] { kubernetes, pods, server })
            {
                await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            throw;
        }
    }

    /// <summary>Somebody rolls the release with the leak out.</summary>
    public Task DeployLeakAsync(CancellationToken cancellationToken) => DeployAsync(LeakingImage, cancellationToken);

    /// <summary>Somebody goes back to the release before it.</summary>
    public Task RollBackAsync(CancellationToken cancellationToken) => DeployAsync(GoodImage, cancellationToken);

    private Task DeployAsync(string image, CancellationToken cancellationToken)
    {
        Kubernetes.Cluster.Change(
            ResourceCatalog.Deployments,
            Namespace,
            Checkout,
            deployment => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image,
            "shop-pipeline");
        return Kubernetes.Cluster.WaitUntilAsync(IsSettled, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Kubernetes.DisposeAsync();
        await Pods.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static bool IsSettled(Cluster cluster) => cluster.List(ResourceCatalog.Deployments, Namespace).All(deployment =>
        deployment.Number("status", "observedGeneration") == deployment.Number("metadata", "generation")
        && deployment.Number("status", "updatedReplicas") == deployment.Number("spec", "replicas")
        && deployment.Number("status", "availableReplicas") == deployment.Number("spec", "replicas")
        && deployment.Number("status", "replicas") == deployment.Number("spec", "replicas"));

    /// <summary>checkout-api's pools together are more than the others leave of the server, so that its leak fills it.</summary>
    private static string Deployments(int ordinary) =>
        Deployment(Checkout, GoodImage, "checkout", CheckoutPods, ((ordinary - (WorkerPods * WorkerConnections)) / CheckoutPods) + 1, 2)
        + Deployment("orders-worker", "shop/orders-worker:7", "worker", WorkerPods, WorkerConnections, WorkerConnections)
        + Deployment("reporting", "shop/reporting:3", "reporting", 1, 0, 0);

    private static string Deployment(string name, string image, string user, int replicas, int pool, int minimum) =>
        $$"""
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{name}}, namespace: {{Namespace}}, labels: { app: {{name}} } }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: {{name}} } }
          strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
          template:
            metadata: { labels: { app: {{name}} } }
            spec:
              containers:
              - name: app
                image: {{image}}
                env:
                - { name: DB_USER, value: {{user}} }
                - { name: {{PoolVariable}}, value: "{{pool}}" }
                - { name: DB_POOL_MIN, value: "{{minimum}}" }

        """;
}

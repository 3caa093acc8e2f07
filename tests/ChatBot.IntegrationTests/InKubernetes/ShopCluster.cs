using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>A simulated cluster with one service, and the bot's room on it, over TLS, with the token and the rights that manifests/kubernetes gives.</summary>
internal sealed class ShopCluster : IAsyncDisposable
{
    public const string Plan = "0197a000000070008000000000000001";

    public const string OtherPlan = "0197a000000070008000000000000002";

    private static readonly ClusterUser Bot = ClusterUser.ServiceAccount("chatbot", "chatbot");

    private readonly string _kubeconfig = Path.GetTempFileName();

    private ShopCluster(KubernetesSimulator simulator, PlainPods pods, TimeSpan within)
    {
        (Simulator, Pods) = (simulator, pods);
        File.WriteAllText(_kubeconfig, simulator.KubeconfigFor(Bot, "shop"));
        Options = new KubernetesOptions { KubeconfigFile = _kubeconfig, CallTimeout = within };
        Clusters = new Clusters(Options, new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);
        Changes = new ClusterChanges(Clusters, TimeProvider.System);
    }

    public KubernetesSimulator Simulator { get; }

    public PlainPods Pods { get; }

    public KubernetesOptions Options { get; }

    public Clusters Clusters { get; }

    public ClusterChanges Changes { get; }

    /// <summary>What the bot changed, in order.</summary>
    public IReadOnlyList<ApiCall> BotsChanges => [.. Simulator.Ledger.Changes.Where(call => call.User == Bot.Name)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ShopCluster> StartAsync(string? poolVariable = null, bool fenced = true, TimeSpan? within = null)
    {
        var pods = new PlainPods();
        var simulator = await KubernetesSimulator.StartAsync(
            new KubernetesSimulatorOptions
            {
                Runtime = pods,
                AdmissionRules = fenced
                    ? [new AdmissionRule { User = Bot.Name, Annotations = new HashSet<string> { Marks.Restart }, PoolSizes = new HashSet<string> { "shop/checkout-api/app/DB_POOL" } }]
                    : [],
            },
            Stop);
        simulator.Cluster.Apply(await File.ReadAllTextAsync(Manifest("kubernetes", "shop", "role.yaml"), Stop));
        simulator.Cluster.Apply(Shop(poolVariable ?? "{ name: DB_POOL, value: \"10\" }"));
        return new ShopCluster(simulator, pods, within ?? TimeSpan.FromSeconds(30));
    }

    /// <summary>The target with the service <c>checkout-api</c>.</summary>
    public static TargetOptions Target(ServiceOptions? service = null) => new()
    {
        Name = "orders-db",
        Host = "db",
        User = "chatbot",
        Environment = "TEST",
        Mode = TargetMode.Act,
        Services = new Dictionary<string, ServiceOptions> { ["checkout-api"] = service ?? new ServiceOptions { Namespace = "shop" } },
    };

    public Task<ClusterLook> LookAsync(ServiceOptions? service = null) => new WorkloadProbe(Clusters, TimeProvider.System).LookAsync(Target(service), Stop);

    /// <summary>As a rollout is watched: with what the cluster warns of.</summary>
    public async Task<WorkloadLook> WatchAsync() => Assert.Single((await new WorkloadProbe(Clusters, TimeProvider.System).WatchAsync(ServiceWorkload.Of(Target()), Stop)).Workloads);

    /// <summary>The workload as it is now, for a plan.</summary>
    public async Task<WorkloadPin> PinAsync() => WorkloadPin.Of(Assert.Single((await LookAsync()).Workloads));

    public System.Text.Json.Nodes.JsonObject Deployment => Simulator.Cluster.Get(ResourceCatalog.Deployments, "shop", "checkout-api");

    /// <summary>What an autoscaler writes down after it changed the number of pods.</summary>
    public async Task AutoscaledAsync(int pods, DateTimeOffset at)
    {
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Simulator.KubeconfigFor(ClusterUser.Admin)));
        using var admin = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
        var patch = new V1Patch($$$"""{"status":{"currentReplicas":{{{pods}}},"desiredReplicas":{{{pods}}},"lastScaleTime":"{{{at:yyyy-MM-ddTHH:mm:ssZ}}}"}}""", V1Patch.PatchType.MergePatch);
        await admin.AutoscalingV1.PatchNamespacedHorizontalPodAutoscalerStatusAsync(patch, "checkout", "shop", cancellationToken: Stop);
    }

    /// <summary>As <c>kubectl rollout restart</c> does it.</summary>
    public void RestartByHand() => Simulator.Cluster.Change(
        ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["template"]!["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["kubectl.kubernetes.io/restartedAt"] = "2026-11-23T14:00:00Z" });

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    /// <summary>As it is shipped.</summary>
    /// <param name="path">Below manifests.</param>
    public static string Manifest(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine([folder.FullName, "manifests", .. path]);
    }

    private static string Shop(string variable) =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: checkout-api
          namespace: shop
          annotations: { argocd.argoproj.io/tracking-id: "shop-prod:apps/Deployment:shop/checkout-api" }
        spec:
          replicas: 3
          selector: { matchLabels: { app: checkout-api } }
          strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 25%, maxUnavailable: 0 } }
          template:
            metadata: { labels: { app: checkout-api } }
            spec:
              containers:
              - name: app
                image: shop/checkout:1.41
                env: [{{variable}}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: mailer, namespace: shop }
        spec:
          replicas: 1
          selector: { matchLabels: { app: mailer } }
          template:
            metadata: { labels: { app: mailer } }
            spec: { containers: [{ name: app, image: shop/mailer:1 }] }
        ---
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: { name: checkout, namespace: shop }
        spec:
          minReplicas: 3
          maxReplicas: 12
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout-api }
        """;
}

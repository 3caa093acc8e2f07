using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A Kubernetes API of our own on 127.0.0.1, with controllers that roll out and pods that run.</summary>
internal sealed class KubernetesSimulator : IAsyncDisposable
{
    /// <summary>How often deadlines are looked at when nothing happens: 1 s.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private readonly WebApplication _server;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, string> _tokens = [];
    private ITimer? _heartbeat;

    private KubernetesSimulator(WebApplication server, X509Certificate2? certificate, KubernetesSimulatorOptions options)
    {
        (_server, _certificate, Options) = (server, certificate, options);
        var time = options.Time;
        var store = new ObjectStore(time);
        var writes = new ObjectWrites(store, time) { AdmissionRules = options.AdmissionRules };
        var events = new ClusterEvents(store, time);
        Pods = new PodKeeper(store, events, options.Nodes, options.PodNetwork, time);
        ControlPlane = new ControlPlane(
            store,
            [
                new GarbageCollector(store, time),
                new DeploymentController(store, events, time),
                new ReplicaSetController(store, events, time),
                new StatefulSetController(store, events, time),
                new PodQuota(store),
                new DaemonSetController(store, events, options.Nodes, time),
                Pods,
            ],
            Pods,
            options.Runtime);
        Logs = new ClusterLogs(time);
        Pods.Reported += ControlPlane.Settle;
        Pods.ContainerEnded += Logs.Restart;
        store.Changing += change =>
        {
            if (change.Kind == ChangeKind.Deleted && ReferenceEquals(change.Type, ResourceCatalog.Pods))
            {
                Logs.Forget(change.Object);
            }
        };
        Cluster = new Cluster(store, writes, ControlPlane);
        foreach (var name in options.Namespaces)
        {
            Cluster.EnsureNamespace(name);
        }

        var rbac = new Rbac(store);
        var api = new ApiServer(
            new ObjectReads(store, time),
            writes,
            new LogEndpoint(store, Logs, Ledger, time),
            new WatchStream(store, Ledger, time),
            new AccessReviews(rbac),
            ControlPlane,
            Tokens,
            rbac,
            Faults,
            Ledger,
            time,
            _stopping.Token);
        server.Run(api.ServeAsync);
    }

    public KubernetesSimulatorOptions Options { get; }

    /// <summary><c>https://127.0.0.1:PORT/</c>.</summary>
    public Uri ApiUrl { get; private set; } = null!;

    /// <summary>What clients have to trust; empty without TLS.</summary>
    public string CertificateAuthorityPem => _certificate?.ExportCertificatePem() ?? "";

    public Cluster Cluster { get; }

    public ControlPlane ControlPlane { get; }

    public PodKeeper Pods { get; }

    public ClusterLogs Logs { get; }

    public Tokens Tokens { get; } = new();

    public KubernetesFaults Faults { get; } = new();

    public Ledger Ledger { get; } = new();

    /// <summary>Starts a simulator; it listens when this returns.</summary>
    public static async Task<KubernetesSimulator> StartAsync(
        KubernetesSimulatorOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new KubernetesSimulatorOptions();
        var certificate = options.UsesTls ? SimulatorCertificate.Create() : null;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear(); // nobody's appsettings.json or environment
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.Services.AddSingleton<IHostLifetime, Unattended>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = builder.Build();
        var simulator = new KubernetesSimulator(server, certificate, options);
        simulator._heartbeat = options.Time.CreateTimer(_ => simulator.ControlPlane.Settle(), null, Heartbeat, Heartbeat);
        await server.StartAsync(cancellationToken);
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        simulator.ApiUrl = new Uri(addresses.Addresses.First());
        return simulator;
    }

    /// <summary>A kubeconfig with one context, <c>practice</c>, and a token of that user.</summary>
    public string KubeconfigFor(ClusterUser user, string @namespace = "default", string context = "practice")
    {
        if (!_tokens.TryGetValue(user.Name, out var token))
        {
            _tokens[user.Name] = token = Tokens.Issue(user);
        }

        return Kubeconfig.Of(context, ApiUrl, _certificate?.ExportCertificatePem(), user.Name, token, @namespace);
    }

    /// <summary>One step of the runtime's made-up time, and all that follows from it.</summary>
    public void Tick()
    {
        Options.Runtime.Tick();
        ControlPlane.Settle();
    }

    public async ValueTask DisposeAsync()
    {
        await (_heartbeat?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Ctrl+C and SIGTERM belong to the program around the simulator.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

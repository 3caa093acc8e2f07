using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Kubernetes;
using ChatBot.Sandbox.Workloads;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>Whose the sessions are, end to end: a real server, real clients that come from their pods' own addresses, and a cluster that knows the pods.</summary>
public sealed class ClusterAttributionTests : IAsyncLifetime
{
    private const string Target = "orders-db";

    /// <summary>An image whose pods lose 10 connections a second.</summary>
    private const string Leaking = "shop/checkout-api:leaks";

    private readonly string _kubeconfig = Path.GetTempFileName();
    private PostgreSqlServer _server = null!;
    private DatabasePods _pods = null!;
    private KubernetesSimulator _simulator = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgreSqlServer.StartAsync(40, cancellationToken: Ended);
        await Services.PrepareAsync(_server, Ended);
        await _server.ExecuteAsync(await File.ReadAllTextAsync(ShopCluster.Manifest("databases", "postgresql.sql"), Ended), Services.Database, Ended);
        _pods = new DatabasePods(_server.Port, Services.Database, new Dictionary<string, double> { [Leaking] = 600 });
        _simulator = await KubernetesSimulator.StartAsync(new KubernetesSimulatorOptions { Runtime = _pods, PodNetwork = "127.2" }, Ended);
        _pods.Logs = _simulator.Logs;
        _simulator.Cluster.Apply(await File.ReadAllTextAsync(ShopCluster.Manifest("kubernetes", "shop", "role.yaml"), Ended));
        await File.WriteAllTextAsync(_kubeconfig, _simulator.KubeconfigFor(ClusterUser.ServiceAccount("chatbot", "chatbot"), "shop"), Ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _pods.DisposeAsync();
        await _server.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    [Fact]
    public async Task The_diagnosis_names_the_service_with_its_pods_and_revision_and_says_what_leads_back_to_none()
    {
        _simulator.Cluster.Apply(Deployment("checkout-api", "shop/checkout-api:1.41", "checkout", replicas: 2, pool: 4) + Deployment("orders-worker", "shop/orders-worker:7", "worker", replicas: 1, pool: 3));
        _simulator.Cluster.Change(
            ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "shop/checkout-api:1.42", "kubectl-set");
        await using var person = new NpgsqlConnection(_server.ConnectionString("postgres", Services.Database));
        await person.OpenAsync(Ended);
        await UntilAsync(person, "select (count(*) filter (where application_name = 'checkout-api'), count(*) filter (where application_name = 'orders-worker'))::text from pg_stat_activity", "(8,3)");
        await _simulator.Cluster.WaitUntilAsync(
            cluster => cluster.List(ResourceCatalog.Pods, "shop").Count == 3 && cluster.Get(ResourceCatalog.Deployments, "shop", "checkout-api").Number("status", "availableReplicas") == 2, Ended);

        var diagnosis = await DiagnoseAsync();

        var services = diagnosis.Services!;
        Assert.Equal([("checkout-api", 8, 2, 0)], services.Attribution.Services.Select(service => (service.Service, service.Sessions, service.Pods.Count, service.ByName)));
        var words = services.Words.Select(sentence => sentence.ToString()).ToArray();
        Assert.StartsWith("checkout-api holds 8 of 12 sessions in 2 pods, 0 idle in a transaction. Revision 2 (shop/checkout-api:1.42) was deployed ", words[0], StringComparison.Ordinal);
        Assert.EndsWith("If it is why, go back to shop/checkout-api:1.41 by hand: kubectl rollout undo deployment/checkout-api -n shop --to-revision=1", words[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "1 session comes from addresses that no pod has that was seen, most from 127.0.0.1: from outside of the cluster, or their pod is gone.",
                "3 sessions belong to pods whose service could not be told, most to orders-worker.",
            ],
            words[1..]);

        // The shipped role names checkout-api only.
        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString().StartsWith("The bot may not get deployments in namespace shop (403).", StringComparison.Ordinal));
    }

    /// <summary>Its pods lose every connection of their pools and write what HikariCP writes; the server has room for many more.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_service_whose_own_pool_ran_out_is_told_from_its_log_while_the_server_has_room()
    {
        _simulator.Cluster.Apply(Deployment("checkout-api", Leaking, "checkout", replicas: 2, pool: 2));
        var stop = TestContext.Current.CancellationToken;
        Verdict verdict;
        do
        {
            stop.ThrowIfCancellationRequested();
            verdict = (await DiagnoseAsync()).Verdict!;
        }
        while (verdict.Cause is Cause.NotExhausted); // until the first requests gave up, after 2 s

        Assert.Equal((Cause.ApplicationPool, "checkout-api"), (verdict.Cause, verdict.Culprit.Value));
        Assert.StartsWith("checkout-api waits for its own pool (of 2; ", verdict.Summary.ToString(), StringComparison.Ordinal);
    }

    /// <summary>As a step of the page asks, and as it comes back from the store.</summary>
    private async Task<Diagnosis> DiagnoseAsync()
    {
        var target = ShopCluster.Target() with
        {
            Services = new Dictionary<string, ServiceOptions> { ["checkout-api"] = new() { Namespace = "shop" }, ["orders-worker"] = new() { Namespace = "shop" } },
        };
        var cluster = new KubernetesOptions { KubeconfigFile = _kubeconfig };
        var clusters = new Clusters(cluster, new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);
        var place = new PostgreSqlTarget(Target, "127.0.0.1", _server.Port, Services.Database, "chatbot", null) { Tls = SslMode.Disable };
        await using var connections = new WarmConnections([place], TimeProvider.System, NullLoggerFactory.Instance);
        await connections.StartAsync(Ended);
        var reports = new TargetReports(
            new TargetServers([new PostgreSqlTargetServer(Target, connections, TimeProvider.System)]),
            new PgBouncerPoolsProbe([], TimeProvider.System),
            new ClusterQuestion(new WorkloadProbe(clusters, TimeProvider.System), new PodLogs(clusters, cluster), clusters, cluster, TimeProvider.System, NullLogger<ClusterQuestion>.Instance),
            new ChatBotOptions { Slack = null!, Targets = new Dictionary<string, TargetOptions> { [Target] = target }, Watch = new WatchOptions { LookApart = TimeSpan.FromMilliseconds(200) } },
            TimeProvider.System,
            NullLogger<TargetReports>.Instance);
        var incident = new Incident(new IncidentId(Guid.Empty), Target, "TEST", "C0INC", new Person("T0SHOP", "U0ANA"), TimeProvider.System.GetUtcNow());

        var report = await reports.ConsumersAsync(incident, ours: null, TimeSpan.FromMinutes(1), Ended);

        return EvidenceRows.ReadDiagnosis(Assert.Single(report.Evidence))!;
    }

    private static async Task UntilAsync(NpgsqlConnection watcher, string question, string answer)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await using var command = new NpgsqlCommand(question, watcher);
        while ((string?)await command.ExecuteScalarAsync(Ended) != answer)
        {
            await pace.WaitForNextTickAsync(Ended);
        }
    }

    private static string Deployment(string name, string image, string user, int replicas, int pool) =>
        $$"""
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{name}}, namespace: shop }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: {{name}} } }
          template:
            metadata: { labels: { app: {{name}} } }
            spec:
              containers:
              - name: app
                image: {{image}}
                env:
                - { name: DB_USER, value: {{user}} }
                - { name: DB_POOL, value: "{{pool}}" }

        """;
}

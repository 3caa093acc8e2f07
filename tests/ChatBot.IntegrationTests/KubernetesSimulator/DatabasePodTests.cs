using System.Text;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Kubernetes;
using ChatBot.Sandbox.Workloads;
using Npgsql;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>Pods that are real clients: the server itself says whose connections there are.</summary>
public sealed class DatabasePodTests : IAsyncLifetime
{
    private const string Leaking = "shop:leaks";

    private PostgreSqlServer _server = null!;
    private DatabasePods _pods = null!;
    private KubernetesSimulator _simulator = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgreSqlServer.StartAsync(40, cancellationToken: Ended);
        await Services.PrepareAsync(_server, Ended);
        _pods = new DatabasePods(_server.Port, Services.Database, new Dictionary<string, double> { [Leaking] = 600 });
        _simulator = await KubernetesSimulator.StartAsync(new KubernetesSimulatorOptions { Runtime = _pods, PodNetwork = "127.1" }, Ended);
        _pods.Logs = _simulator.Logs;
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _pods.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_pod_holds_its_pool_from_its_own_address_a_restart_opens_new_ones_and_a_larger_pool_more()
    {
        _simulator.Cluster.Apply(Shop("shop:1", pool: 3));
        await UntilRolledOutAsync();
        var before = await SessionsAsync(sessions => sessions.Count == 6);
        Assert.Equal(Addresses().Order(), before.Select(session => session.Address).Distinct().Order());
        Assert.All(before.GroupBy(session => session.Address), pod => Assert.Equal(3, pod.Count()));

        _simulator.Cluster.Change(ResourceCatalog.Deployments, "default", "shop", shop => shop["spec"]!["template"]!["metadata"]!["labels"]!["restarted"] = "once");
        await UntilRolledOutAsync();
        var after = await SessionsAsync(sessions => sessions.Count == 6);
        Assert.Empty(after.Select(session => session.ProcessId).Intersect(before.Select(session => session.ProcessId)));
        Assert.Empty(after.Select(session => session.Address).Intersect(before.Select(session => session.Address)));

        _simulator.Cluster.Change(ResourceCatalog.Deployments, "default", "shop", shop => shop["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]![1]!["value"] = "5");
        await UntilRolledOutAsync();
        await SessionsAsync(sessions => sessions.Count == 10);
    }

    [Fact]
    public async Task A_leak_takes_the_whole_pool_and_is_in_the_log_with_its_trace()
    {
        _simulator.Cluster.Apply(Shop(Leaking, pool: 4, minimum: 1));

        await SessionsAsync(sessions => sessions.Count == 8);
        var pod = _simulator.Cluster.List(ResourceCatalog.Pods)[0].Name();
        await LineAsync(pod, "Apparent connection leak detected");
        await LineAsync(pod, "com.shop.checkout.InvoiceExport.load(InvoiceExport.java:88)");
        await LineAsync(pod, "Connection is not available, request timed out after");
    }

    [Fact]
    public async Task A_pod_that_the_server_turns_away_is_not_ready_until_there_is_room()
    {
        await using var others = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_server.ConnectionString("worker", Services.Database)) { Pooling = true, MaxPoolSize = 50 }.ConnectionString);
        var taken = new List<NpgsqlConnection>();
        while (taken.Count < 35)
        {
            taken.Add(await others.OpenConnectionAsync(Ended));
        }

        _simulator.Cluster.Apply(Shop("shop:1", pool: 3));
        await _simulator.Cluster.WaitUntilAsync(cluster => cluster.List(ResourceCatalog.Events).Any(one => one.Text("reason") == "Unhealthy"), Ended);
        Assert.NotEqual(2, _simulator.Cluster.Get(ResourceCatalog.Deployments, "default", "shop").Number("status", "availableReplicas"));

        foreach (var connection in taken)
        {
            await connection.DisposeAsync();
        }

        others.Clear();
        await UntilRolledOutAsync();
        Assert.Contains(await Task.WhenAll(_simulator.Cluster.List(ResourceCatalog.Pods).Select(pod => LogAsync(pod.Name()))), log => log.Contains("FATAL: ", StringComparison.Ordinal));
    }

    private IEnumerable<string> Addresses() => _simulator.Cluster.List(ResourceCatalog.Pods).Select(pod => pod.Text("status", "podIP")!);

    private Task UntilRolledOutAsync() => _simulator.Cluster.WaitUntilAsync(
        cluster => cluster.Get(ResourceCatalog.Deployments, "default", "shop") is var shop
            && shop.Number("status", "observedGeneration") == shop.Number("metadata", "generation")
            && shop.Number("status", "updatedReplicas") == 2
            && shop.Number("status", "availableReplicas") == 2
            && cluster.List(ResourceCatalog.Pods).Count == 2,
        Ended);

    private async Task LineAsync(string pod, string words)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!(await LogAsync(pod)).Contains(words, StringComparison.Ordinal))
        {
            await pace.WaitForNextTickAsync(Ended);
        }
    }

    private Task<string> LogAsync(string pod)
    {
        var (lines, _) = _simulator.Logs.Find("default", pod, "app", isPrevious: false)!.From(0);
        return Task.FromResult(string.Concat(lines.Select(line => Encoding.UTF8.GetString(line.Text.Span))));
    }

    /// <summary>What the server says of the service's sessions, once it is so.</summary>
    private async Task<IReadOnlyList<(int ProcessId, string Address)>> SessionsAsync(Func<IReadOnlyList<(int ProcessId, string Address)>, bool> isSo)
    {
        await using var watcher = new NpgsqlConnection(_server.AdminConnectionString);
        await watcher.OpenAsync(Ended);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var sessions = new List<(int, string)>();
            await using var command = new NpgsqlCommand("select pid, host(client_addr) from pg_stat_activity where application_name = 'shop'", watcher);
            await using (var reader = await command.ExecuteReaderAsync(Ended))
            {
                while (await reader.ReadAsync(Ended))
                {
                    sessions.Add((reader.GetInt32(0), reader.GetString(1)));
                }
            }

            if (isSo(sessions))
            {
                return sessions;
            }

            await pace.WaitForNextTickAsync(Ended);
        }
    }

    private static string Shop(string image, int pool, int? minimum = null) =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, labels: { app: shop } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec:
              containers:
              - name: app
                image: {{image}}
                env:
                - { name: DB_USER, value: checkout }
                - { name: DB_POOL, value: "{{pool}}" }
                {{(minimum is null ? "" : $"- {{ name: DB_POOL_MIN, value: \"{minimum}\" }}")}}
        """;
}

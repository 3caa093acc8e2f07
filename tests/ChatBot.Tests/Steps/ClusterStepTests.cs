using System.Collections.Immutable;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Steps;
using ChatBot.Steps.AdvisePoolSize;
using ChatBot.Steps.LeakLogs;
using ChatBot.Tests.Kubernetes;

namespace ChatBot.Tests.Steps;

/// <summary>Steps that ask a cluster: what has to be configured, and what they hand out.</summary>
public sealed class ClusterStepTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private static readonly TargetOptions Target = new()
    {
        Name = "orders-db",
        Host = "db",
        User = "chatbot",
        Environment = "TEST",
        Services = new Dictionary<string, ServiceOptions> { ["checkout-api"] = new() { Namespace = "shop" }, ["reports"] = new() },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "I don't know which services use this database: set Targets:orders-db:Services:NAME:Namespace for each of them. Until then, do it by hand.")]
    [InlineData(true, "I know no cluster: set Kubernetes:KubeconfigFile, or run me in the cluster with a service account. Until then, do it by hand.")]
    public async Task Without_services_or_a_cluster_they_say_what_to_set(bool hasServices, string words)
    {
        var nowhere = new Clusters(new KubernetesOptions(), new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);
        var target = hasServices ? Target : Target with { Services = new Dictionary<string, ServiceOptions>() };

        foreach (var step in Steps(nowhere, new KubernetesOptions()))
        {
            var impossible = await Assert.ThrowsAsync<ImpossiblePlanException>(() => step.ReadAsync(Request(step, target), Stop));
            Assert.Equal(words, impossible.Message);
        }
    }

    [Fact]
    public async Task Logs_are_read_from_an_hour_before_the_incident_and_told_with_a_file()
    {
        await using var api = await ShopAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods/pod-a/log"] = ScriptedApi.Log("2026-11-26T11:02:17Z Apparent connection leak detected password=hunter22hunter\n");
        var step = Steps(api.Clusters(), api.Options())[0];

        var found = await step.ReadAsync(Request(step, Target), Stop);

        Assert.Contains(api.Requests, request => request.Contains("sinceTime=2026-11-26T11%3A00%3A00Z", StringComparison.Ordinal));
        Assert.Contains("*A leak, caught in the act:* 1 line.", string.Join('\n', step.Draw(found.Body)), StringComparison.Ordinal);
        var file = Assert.Single(found.Files);
        Assert.Equal("leak-logs.txt", file.Name);
        Assert.Contains("Apparent connection leak detected", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", file.Text + found.Body, StringComparison.Ordinal);
    }

    /// <summary>Else the step's own time would be up first, and what was read until then lost.</summary>
    [Fact]
    public async Task What_was_read_is_told_before_the_steps_own_time_is_up()
    {
        await using var api = await ShopAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods/pod-a/log"] = api.NeverAsync;
        var step = Steps(api.Clusters(), api.Options())[0];
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var found = await step.ReadAsync(Request(step, Target) with { Binding = Binding(step, "6s") }, timeout.Token);

        Assert.Contains("the time for logs was up", string.Join('\n', step.Draw(found.Body)), StringComparison.Ordinal);
        Assert.Empty(found.Files);
    }

    [Fact]
    public async Task Pools_are_added_up_against_the_slots_and_who_is_unknown_is_named()
    {
        await using var api = await ShopAsync();
        var step = Steps(api.Clusters(), api.Options())[1];

        var found = await step.ReadAsync(Request(step, Target), Stop);

        var text = string.Join('\n', step.Draw(found.Body));
        Assert.Contains("• *checkout-api*: 6 pods at the busiest moment (4 now; autoscaler and rollout start more) x pool of 30 = 180; *12 would fit* (72).", text, StringComparison.Ordinal);
        Assert.Contains("nobody knows the size of their pools: reports.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_measurement_nobody_knows_what_pools_have_to_fit()
    {
        await using var api = await ShopAsync();
        var step = Steps(api.Clusters(), api.Options())[1];
        var request = Request(step, Target);

        var impossible = await Assert.ThrowsAsync<ImpossiblePlanException>(() => step.ReadAsync(request with { Incident = request.Incident with { Samples = [] } }, Stop));

        Assert.StartsWith("The server was never measured in this incident", impossible.Message, StringComparison.Ordinal);
    }

    private static IReadingStep[] Steps(Clusters clusters, KubernetesOptions options) =>
        [new LeakLogsStep(new PodLogs(clusters, options), clusters, options), new PoolSizeStep(new WorkloadProbe(clusters, TimeProvider.System), clusters)];

    private static StepRequest Request(IReadingStep step, TargetOptions target)
    {
        var incident = new Incident(new IncidentId(Guid.Empty), "orders-db", "TEST", "C0ORDERSDB", new Person("T0SHOP0001", "U0ANA00001"), Noon)
        {
            Samples = [new UsageSample(Noon, new ConnectionUsage(93, 97, 100, 93, 0, 0, 0, 93, SeesEverything: true, RefusedLogins: 0))],
        };
        return new StepRequest(incident, null!, Binding(step), target, null);
    }

    private static StepBinding Binding(IReadingStep step, string? timeout = null) =>
        new(step.Type, timeout is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("timeout", timeout));

    private static async Task<ScriptedApi> ShopAsync()
    {
        var api = await ScriptedApi.StartAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = ScriptedApi.Json(
            200,
            """
            {"metadata":{"name":"checkout-api","uid":"d"},
             "spec":{"replicas":4,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":2}},
                     "template":{"spec":{"containers":[{"name":"app","env":[{"name":"SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE","value":"30"}]}]}}}}
            """);
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = ScriptedApi.Json(200, """{"items":[{"metadata":{"name":"rs","uid":"r","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout-api","uid":"d","controller":true}]}}]}""");
        api.Answers["GET /apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"] = ScriptedApi.Json(200, """{"items":[]}""");
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = ScriptedApi.Json(
            200,
            """
            {"items":[{"metadata":{"name":"pod-a","uid":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]},
             "status":{"phase":"Running","containerStatuses":[{"name":"app","image":"x","imageID":"x","ready":true,"restartCount":0,"state":{"running":{}}}]}}]}
            """);
        return api;
    }
}

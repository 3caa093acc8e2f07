using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Kubernetes;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Kubernetes;
using ChatBot.Tests.Steps;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.Tests.Dispatch;

/// <summary>Whose the sessions are, as the cluster tells beside the diagnosis; and a cluster that tells nothing.</summary>
public sealed class ClusterQuestionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sessions_are_led_back_to_services_and_kept_with_the_diagnosis()
    {
        await using var api = await ShopAsync();

        var diagnosis = await DiagnoseAsync(api);

        var services = diagnosis.Services!;
        Assert.Equal(("checkout-api", 61), Assert.Single(services.Attribution.Services) is var service ? (service.Service, service.Sessions) : default);
        Assert.StartsWith("checkout-api holds 61 of 61 sessions in 1 pod, 44 idle in a transaction. Revision 128 (shop/checkout:1.42) was deployed", services.Words[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.Verdict!.Unseen, unseen => unseen.ToString().Contains("pods", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(401, "Which pods hold the sessions isn't known: The API server doesn't take the bot's token (401).")]
    [InlineData(403, "Which pods hold the sessions isn't known: The bot may not list pods in namespace shop (403).")]
    [InlineData(200, "Which pods hold the sessions isn't known: The API server answered with something that is no answer of Kubernetes.")]
    public async Task A_cluster_that_tells_nothing_is_said_to_and_the_diagnosis_goes_on(int status, string words)
    {
        await using var api = await ShopAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = ScriptedApi.Json(status, "<canary>");

        var diagnosis = await DiagnoseAsync(api);

        Assert.Null(diagnosis.Services);
        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString().StartsWith(words, StringComparison.Ordinal));
        Assert.Single(diagnosis.Consumers.Groups);
    }

    [Fact]
    public async Task A_cluster_that_hangs_costs_no_more_than_its_own_time()
    {
        await using var api = await ShopAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = api.NeverAsync;

        var diagnosis = await DiagnoseAsync(api, within: TimeSpan.FromMilliseconds(200));

        Assert.Null(diagnosis.Services);
        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString().Contains("no answer within", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_that_hangs_never_takes_the_time_that_the_page_leaves_to_the_diagnosis()
    {
        await using var api = await ShopAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = api.NeverAsync;

        var diagnosis = await DiagnoseAsync(api, step: TimeSpan.FromSeconds(2));

        Assert.Single(diagnosis.Consumers.Groups);
        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString().Contains("no answer within 1 s", StringComparison.Ordinal));
    }

    /// <summary>Its pods would seem to be strangers'.</summary>
    [Fact]
    public async Task Without_the_right_to_list_ReplicaSets_no_pod_is_called_a_strangers()
    {
        await using var api = await ShopAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = ScriptedApi.Json(403, "{}");

        var diagnosis = await DiagnoseAsync(api);

        Assert.Equal("61 sessions belong to pods whose service could not be told, most to rs.", Assert.Single(diagnosis.Services!.Words).ToString());
        Assert.Equal(
            [
                "The bot may not list replicasets in namespace shop (403). Add to its Role: - { apiGroups: [\"apps\"], resources: [\"replicasets\"], verbs: [\"list\"] }",
                "Which pods of namespace shop are checkout-api's isn't known without its ReplicaSets.",
            ],
            diagnosis.Verdict!.Unseen.Select(unseen => unseen.ToString()).Where(unseen => unseen.Contains("shop", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("128", true)]
    [InlineData("129", false)] // its newest one is not among those that were read
    public async Task A_list_of_ReplicaSets_that_was_cut_is_said_and_counts_only_where_the_newest_one_was_in_it(string revision, bool known)
    {
        await using var api = await ShopAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = ScriptedApi.Json(
            200, $$$$$"""{"metadata":{"name":"checkout-api","uid":"d","annotations":{"deployment.kubernetes.io/revision":"{{{{{revision}}}}}"}},"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"app"}]}}}}""");
        Cut(api, "GET /apis/apps/v1/namespaces/shop/replicasets", ReplicaSet);

        var diagnosis = await DiagnoseAsync(api);

        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString() == "Namespace shop has more than 2000 ReplicaSets; the others were not looked at.");
        Assert.Equal(known ? 1 : 0, diagnosis.Services!.Attribution.Services.Count);
        Assert.True(diagnosis.Services.Attribution.IsPartial);
    }

    [Fact]
    public async Task A_list_of_autoscalers_that_was_cut_is_said()
    {
        await using var api = await ShopAsync();
        Cut(api, "GET /apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers", """{"metadata":{"name":"a"},"spec":{"maxReplicas":1,"scaleTargetRef":{"kind":"Deployment","name":"other"}}}""");

        var diagnosis = await DiagnoseAsync(api);

        Assert.Contains(diagnosis.Verdict!.Unseen, unseen => unseen.ToString() == "Namespace shop has more than 2000 autoscalers; the others were not looked at.");
    }

    /// <summary>Without the right to see addresses every session looks as if it came by a local socket.</summary>
    [Fact]
    public async Task Where_addresses_cannot_be_seen_nobody_is_named()
    {
        await using var api = await ShopAsync();

        Assert.Null((await DiagnoseAsync(api, seesEverything: false)).Services);
    }

    private const string OneLog = "GET /api/v1/namespaces/shop/pods/pod-a/log?";

    [Fact]
    public async Task On_a_server_with_room_a_service_that_waits_for_its_own_pool_is_told_from_its_log()
    {
        await using var api = await ShopAsync();
        api.Answers[OneLog] = ScriptedApi.Log("2026-12-01T10:00:00Z HikariPool-1 - Connection is not available, request timed out after 2000ms (total=10, active=10, idle=0, waiting=4)\n");

        var verdict = (await DiagnoseAsync(api)).Verdict!;

        Assert.Equal((Cause.ApplicationPool, "checkout-api"), (verdict.Cause, verdict.Culprit.Value));
        Assert.Single(api.Requests, request => request.StartsWith(OneLog, StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_full_server_nobody_reads_logs_for_that()
    {
        await using var api = await ShopAsync();

        Assert.NotEqual(Cause.NotExhausted, (await DiagnoseAsync(api, used: 97)).Verdict!.Cause);
        Assert.DoesNotContain(api.Requests, request => request.StartsWith(OneLog, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_that_cannot_be_read_are_said_to_be_missing()
    {
        await using var api = await ShopAsync();
        api.Answers[OneLog] = ScriptedApi.Json(403, "{}");

        var unseen = (await DiagnoseAsync(api)).Verdict!.Unseen.Select(one => one.ToString()).ToArray();

        Assert.Contains(unseen, one => one.StartsWith("Not every log of the services was read: ", StringComparison.Ordinal) && one.Contains("403", StringComparison.Ordinal));
    }

    /// <summary>One that waited before a change says nothing about how it is after it; and an API server is not asked at every look.</summary>
    [Fact]
    public async Task Logs_are_read_for_what_is_new_and_not_at_every_look()
    {
        await using var api = await ShopAsync();
        api.Answers[OneLog] = ScriptedApi.Log("");
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 12, 1, 10, 0, 0, TimeSpan.Zero));
        var question = Question(api, within: null, clock);
        var target = Options.Targets["orders-db"];

        await ReadAsync(after: null);
        clock.Advance(TimeSpan.FromSeconds(20));
        await ReadAsync(after: null);
        await ReadAsync(after: clock.GetUtcNow() - TimeSpan.FromSeconds(5)); // a change since
        clock.Advance(TimeSpan.FromSeconds(31));
        await ReadAsync(after: null);

        Assert.Equal(
            ["09:59:00", "10:00:15", "09:59:51"],
            api.Requests.Where(request => request.StartsWith(OneLog, StringComparison.Ordinal)).Select(request => Uri.UnescapeDataString(request).Split("sinceTime=2026-12-01T")[1][..8]));

        async Task ReadAsync(DateTimeOffset? after) => Assert.NotNull((await question.ReadLogsAsync(target, after, TimeSpan.FromMinutes(4), Stop)).Reading);
    }

    private static readonly ChatBotOptions Options = Given.Read(Given.Smallest().With("Targets:orders-db:Services:checkout-api:Namespace", "shop")).Options!;

    private static ClusterQuestion Question(ScriptedApi api, TimeSpan? within, TimeProvider clock) => new(
        new WorkloadProbe(api.Clusters(within), TimeProvider.System),
        new PodLogs(api.Clusters(within), api.Options(within)),
        api.Clusters(within),
        api.Options(within),
        clock,
        NullLogger<ClusterQuestion>.Instance);

    private static async Task<Diagnosis> DiagnoseAsync(ScriptedApi api, TimeSpan? within = null, bool seesEverything = true, TimeSpan? step = null, int used = 61)
    {
        var server = new ScriptedServer
        {
            Usage = Incidents.Tests.Given.Usage(used) with { SeesEverything = seesEverything },
            Consumers = [new ConsumerGroup(Text("checkout-api"), Text("app"), Text("shop"), Text("10.0.0.1"), 61, 17, 0, 44, 0, 0, null, TimeSpan.FromMinutes(1))],
        };
        var reports = new TargetReports(
            new TargetServers([server]),
            new PgBouncerPoolsProbe([], TimeProvider.System),
            Question(api, within, TimeProvider.System),
            Options with { Watch = Options.Watch with { LookApart = TimeSpan.Zero } },
            TimeProvider.System,
            NullLogger<TargetReports>.Instance);
        var incident = new Incident(new IncidentId(Guid.Empty), "orders-db", "PRODUCTION", "C0INC", new Person("T0SHOP", "U0ANA"), Incidents.Tests.Given.Noon);

        var report = await reports.ConsumersAsync(incident, ours: null, step ?? TimeSpan.FromMinutes(1), Stop);

        // As it comes back from the store.
        return EvidenceRows.ReadDiagnosis(Assert.Single(report.Evidence))!;
    }

    private const string ReplicaSet =
        """
        {"metadata":{"name":"rs","uid":"r","creationTimestamp":"2026-11-23T14:02:00Z","annotations":{"deployment.kubernetes.io/revision":"128"},
                     "ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout-api","uid":"d","controller":true}]},
         "spec":{"selector":{},"template":{"spec":{"containers":[{"name":"app","image":"shop/checkout:1.42"}]}}}}
        """;

    /// <summary>Pages without end, each with 500 of the same.</summary>
    private static void Cut(ScriptedApi api, string list, string item) => api.Answers[list] = ScriptedApi.Json(
        200, $$"""{"metadata":{"continue":"more"},"items":[{{string.Join(',', Enumerable.Repeat(item, 500))}}]}""");

    private static ForeignText Text(string text) => ForeignText.From(text, 63);

    private static async Task<ScriptedApi> ShopAsync()
    {
        var api = await ScriptedApi.StartAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = ScriptedApi.Json(
            200, """{"metadata":{"name":"checkout-api","uid":"d"},"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"app"}]}}}}""");
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = ScriptedApi.Json(
            200, $$"""{"items":[{{ReplicaSet}}]}""");
        api.Answers["GET /apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"] = ScriptedApi.Json(200, """{"items":[]}""");
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = ScriptedApi.Json(
            200,
            """
            {"items":[{"metadata":{"name":"pod-a","uid":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]},
             "status":{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[{"name":"app","image":"i","imageID":"","ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-12-01T08:00:00Z"}}}]}}]}
            """);
        return api;
    }
}

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Kubernetes;

namespace ChatBot.Tests.Kubernetes;

/// <summary>Events as servers tell them, the older way and the newer, and more of them than anybody reads.</summary>
public sealed class WorkloadWarningsTests
{
    private const string OfSet = "GET /api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid%3Dr%2Ctype%3DWarning";

    private const string OfPods = "GET /api/v1/namespaces/shop/events?fieldSelector=involvedObject.kind%3DPod%2Ctype%3DWarning";

    private const string NextPage = "GET /api/v1/namespaces/shop/events?continue=more&fieldSelector=involvedObject.kind%3DPod%2Ctype%3DWarning";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""  "count": 4, "firstTimestamp": "2026-11-26T11:00:00Z", "lastTimestamp": "2026-11-26T12:00:00Z", "eventTime": null """, 4)]
    [InlineData("""  "eventTime": "2026-11-26T11:00:00.123456Z", "firstTimestamp": null, "lastTimestamp": null, "series": { "count": 4, "lastObservedTime": "2026-11-26T12:00:00.000000Z" } """, 4)]
    [InlineData("""  "eventTime": "2026-11-26T12:00:00.000000Z", "firstTimestamp": null, "lastTimestamp": null """, 1)] // the first of a series
    public async Task A_warning_is_counted_and_dated_however_it_is_told(string how, int count)
    {
        await using var api = await ShopAsync();
        api.Answers[OfPods] = ScriptedApi.Json(200, $$"""{"items":[{{Event("a", how)}}, {{Event("strange", how)}}]}""");

        var warning = Assert.Single(await ReadAsync(api));

        Assert.Equal(
            new WorkloadWarning(Text("pod-a"), Text("FailedScheduling"), Text("0/3 nodes are available"), count, new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero)), warning);
    }

    /// <summary>In a namespace with thousands of them the set's own is asked for by itself, and the newest are kept.</summary>
    [Fact]
    public async Task Many_warnings_are_cut_and_what_makes_the_pods_is_not_lost_among_them()
    {
        await using var api = await ShopAsync();
        api.Answers[OfSet] = ScriptedApi.Json(200, """{"items":[{"metadata":{"name":"e"},"involvedObject":{"kind":"ReplicaSet","uid":"r"},"reason":"FailedCreate","message":"exceeded quota","count":2,"lastTimestamp":"2026-11-26T13:00:00Z"}]}""");
        api.Answers[OfPods] = api.Answers[NextPage] = ScriptedApi.Json(200, $$"""{"metadata":{"continue":"more"},"items":[{{string.Join(',', Enumerable.Repeat(Event("a", "\"count\": 1, \"lastTimestamp\": \"2026-11-26T12:00:00Z\""), 500))}}]}""");

        var warnings = await ReadAsync(api);

        Assert.Equal(20, warnings.Count);
        Assert.Equal("FailedCreate", warnings[0].Reason.Value);
        Assert.Equal(3, api.Requests.Count(request => request.StartsWith(NextPage, StringComparison.Ordinal)));

        api.Answers[NextPage] = ScriptedApi.Json(410, "{}");
        Assert.Equal("FailedCreate", Assert.Single(await ReadAsync(api)).Reason.Value);
    }

    [Fact]
    public async Task What_is_no_list_of_events_is_no_warning_and_no_failure()
    {
        await using var api = await ShopAsync();
        api.Answers[OfPods] = ScriptedApi.Json(200, "<canary>");
        Assert.Empty(await ReadAsync(api));

        api.Answers[OfPods] = ScriptedApi.Json(200, """{"items":[{"metadata":null,"involvedObject":null,"reason":null,"message":null},{"metadata":{},"involvedObject":{"uid":"a"}}]}""");
        Assert.Equal(new WorkloadWarning(Text("pod-a"), default, default, 1, default), Assert.Single(await ReadAsync(api)));
    }

    private static async Task<IReadOnlyList<WorkloadWarning>> ReadAsync(ScriptedApi api)
    {
        var service = new ServiceWorkload("checkout-api", "", "shop", WorkloadKind.Deployment, "checkout-api", null, null, null, 1);
        var look = await new WorkloadProbe(api.Clusters(), TimeProvider.System).WatchAsync([service], Stop);
        Assert.Empty(look.Gaps);
        Assert.NotNull(RolloutRule.Of(look.Workloads[0]));
        return look.Workloads[0].Warnings;
    }

    private static string Event(string pod, string how) =>
        $$"""{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","uid":"{{pod}}"},"reason":"FailedScheduling","message":"0/3 nodes are available","type":"Warning", {{how}} }""";

    private static ForeignText Text(string text) => ForeignText.From(text, 300);

    private static async Task<ScriptedApi> ShopAsync()
    {
        var api = await ScriptedApi.StartAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = ScriptedApi.Json(200, """{"metadata":{"name":"checkout-api","uid":"d"},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"app"}]}}}}""");
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = ScriptedApi.Json(200, """{"items":[{"metadata":{"name":"rs","uid":"r","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout-api","uid":"d","controller":true}]}}]}""");
        api.Answers["GET /apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"] = ScriptedApi.Json(200, """{"items":[]}""");
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = ScriptedApi.Json(200, """{"items":[{"metadata":{"name":"pod-a","uid":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]},"status":{"phase":"Pending"}}]}""");
        api.Answers[OfSet] = ScriptedApi.Json(200, """{"items":[]}""");
        return api;
    }
}

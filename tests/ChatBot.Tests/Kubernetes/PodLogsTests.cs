using System.Text;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Logs;
using ChatBot.Kubernetes;
using static ChatBot.Tests.Kubernetes.ScriptedApi;

namespace ChatBot.Tests.Kubernetes;

/// <summary>Logs that end, break off, hang or are no text: what was read counts, and what is missing is named.</summary>
public sealed class PodLogsTests
{
    private const string Leak = "2026-11-23T14:02:17.123456789Z Apparent connection leak detected\n";

    private static readonly DateTimeOffset Since = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_every_container_that_has_run_and_what_ran_before_a_restart()
    {
        await using var api = await WithPodsAsync(("pod-a", 0), ("pod-b", 2));
        api.Answers[LogOf("pod-a")] = Log(Leak);
        api.Answers[LogOf("pod-b")] = context => Log(context.Request.Query["previous"] == "true" ? Leak + Leak : "2026-11-23T14:03:00Z hello\n")(context);

        var reading = await ReadAsync(api);

        Assert.Empty(reading.Gaps);
        Assert.Equal(3, reading.Containers);
        var group = Assert.Single(reading.Groups);
        Assert.Equal((LogSign.Leak, 3L), (group.Sign, group.Count));
        Assert.Equal([("pod-b", 2L), ("pod-a", 1L)], group.Pods.Select(pod => (pod.Pod.Value, pod.Lines)));
        Assert.Contains(reading.Matches, match => match is { IsPrevious: true, Pod.Value: "pod-b" });
        Assert.Contains(api.Requests, request => request.Contains("sinceTime=2026-11-23T14%3A00%3A00Z&timestamps=true&limitBytes=536870912", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_vanishes_leaves_a_gap_with_its_name()
    {
        await using var api = await WithPodsAsync(("pod-a", 0), ("pod-b", 0));
        api.Answers[LogOf("pod-a")] = Log(Leak);

        var reading = await ReadAsync(api);

        Assert.Equal(1, Assert.Single(reading.Groups).Count);
        Assert.Equal("Pod pod-b is gone, and its log with it.", Assert.Single(reading.Gaps).ToString());
    }

    [Theory]
    [InlineData(400, "Container app of pod pod-b has no log (yet).")]
    [InlineData(403, "The bot may not get pods/log in namespace shop (403). Add to its Role: - { apiGroups: [\"\"], resources: [\"pods/log\"], verbs: [\"get\"] }")]
    [InlineData(429, "The log of pod pod-b was not read: the API server asks the bot to slow down (429).")]
    [InlineData(500, "The log of pod pod-b was not read: The API server answered with an error (500).")]
    public async Task A_refused_log_leaves_a_gap(int status, string words)
    {
        await using var api = await WithPodsAsync(("pod-a", 0), ("pod-b", 0));
        api.Answers[LogOf("pod-a")] = Log(Leak);
        api.Answers[LogOf("pod-b")] = context =>
        {
            context.Response.Headers.RetryAfter = "0";
            return Json(status, """{"message":"canary"}""")(context);
        };

        var reading = await ReadAsync(api);

        Assert.Equal((1, 1), (Assert.Single(reading.Groups).Pods.Count, reading.Containers));
        Assert.Equal(words, Assert.Single(reading.Gaps).ToString());
    }

    [Theory]
    [InlineData(true, "The log of container app of pod pod-b broke off; what came before was looked at.")]
    [InlineData(false, "The log of container app of pod pod-b stopped coming for 0 s; what came before was looked at.")]
    public async Task What_came_before_a_log_stopped_counts(bool cut, string words)
    {
        await using var api = await WithPodsAsync(("pod-a", 0), ("pod-b", 0));
        api.Answers[LogOf("pod-a")] = Log(Leak);
        api.Answers[LogOf("pod-b")] = async context =>
        {
            context.Response.ContentLength = 2 * Leak.Length;
            await Log(Leak)(context);
            await context.Response.Body.FlushAsync(Stop);
            await (cut ? Task.CompletedTask : api.NeverAsync(context)); // the second half never comes
        };

        var reading = await ReadAsync(api, cut ? null : TimeSpan.FromMilliseconds(500));

        Assert.Equal(words, Assert.Single(reading.Gaps).ToString());
        Assert.Equal(2, Assert.Single(reading.Groups).Count);
    }

    [Fact]
    public async Task A_line_of_50_megabytes_and_bytes_that_are_no_text_are_read_over()
    {
        await using var api = await WithPodsAsync(("pod-a", 0));
        api.Answers[LogOf("pod-a")] = async context =>
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Leak), Stop);
            var piece = Encoding.UTF8.GetBytes(new string('x', 1024 * 1024));
            for (var i = 0; i < 50; i++)
            {
                await context.Response.Body.WriteAsync(piece, Stop);
            }

            await context.Response.Body.WriteAsync(new byte[] { (byte)'\n', 0xFF, 0xFE, 0xC3, (byte)'\n', 0xE2, 0x82 }, Stop);
            await context.Response.Body.FlushAsync(Stop);
            await context.Response.Body.WriteAsync(new byte[] { 0xAC, (byte)'\n' }, Stop); // a euro sign in two pieces
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Leak), Stop);
        };

        var reading = await ReadAsync(api);

        Assert.Empty(reading.Gaps);
        Assert.Equal(2, Assert.Single(reading.Groups).Count);
        Assert.Equal(1, reading.LongLines);
    }

    [Fact]
    public async Task When_the_time_is_up_the_rest_is_left_out_and_said_to_be()
    {
        await using var api = await WithPodsAsync([.. Enumerable.Range(0, 20).Select(number => ($"pod-{number}", 0))]);
        foreach (var number in Enumerable.Range(0, 20))
        {
            api.Answers[$"{LogOf($"pod-{number}")}?"] = api.NeverAsync;
        }

        var reading = await new PodLogs(api.Clusters(), api.Options()).ReadAsync(Target, Since, TimeSpan.FromMilliseconds(300), Stop);

        Assert.Equal(0, reading.Containers);
        Assert.Contains(reading.Gaps, gap => gap.ToString().EndsWith("logs were not read: the time for logs was up (Kubernetes:LogsWithin).", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_any_answer_there_is_no_reading()
    {
        await using var api = await StartAsync();
        api.Answers["GET "] = Json(401, "{}");

        var unavailable = await Assert.ThrowsAsync<ClusterUnavailableException>(() => ReadAsync(api));

        Assert.Equal(ClusterTrouble.Unknown, unavailable.Trouble);
    }

    /// <summary>One that is missing or forbidden says nothing about its neighbours.</summary>
    [Theory]
    [InlineData(404, "There is no deployment billing in namespace shop.")]
    [InlineData(403, "The bot may not get deployments in namespace shop (403).")]
    public async Task What_is_missing_of_one_service_leaves_its_neighbours_readable(int status, string words)
    {
        await using var api = await WithPodsAsync(("pod-a", 0));
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/billing"] = Json(status, "{}");
        api.Answers[LogOf("pod-a")] = Log(Leak);
        var target = Target with { Services = new Dictionary<string, ServiceOptions>(Target.Services) { ["billing"] = new() { Namespace = "shop" } } };

        var reading = await new PodLogs(api.Clusters(), api.Options()).ReadAsync(target, Since, TimeSpan.FromMinutes(1), Stop);

        Assert.StartsWith(words, Assert.Single(reading.Gaps).ToString(), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(reading.Groups).Count);
    }

    [Fact]
    public async Task Listing_is_part_of_the_time_for_logs()
    {
        await using var api = await WithPodsAsync(("pod-a", 0));
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = api.NeverAsync;

        var unavailable = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => new PodLogs(api.Clusters(), api.Options()).ReadAsync(Target, Since, TimeSpan.FromMilliseconds(300), Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop));

        Assert.Equal("Which logs there are in namespace shop was not told in time (Kubernetes:LogsWithin).", unavailable.Message);
    }

    [Fact]
    public async Task Without_the_right_to_list_ReplicaSets_nobody_says_that_all_was_read()
    {
        await using var api = await WithPodsAsync(("pod-a", 0));
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = Json(403, "{}");

        var unavailable = await Assert.ThrowsAsync<ClusterUnavailableException>(() => ReadAsync(api));

        Assert.Equal("Which pods of namespace shop are checkout-api's isn't known without its ReplicaSets.", unavailable.Message);
    }

    [Fact]
    public async Task A_list_of_pods_that_was_cut_is_said()
    {
        await using var api = await WithPodsAsync();
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = Json(200, """{"metadata":{"continue":"more"},"items":[""" + string.Join(',', Enumerable.Repeat("""{"metadata":{"name":"x","uid":"x"}}""", 500)) + "]}");

        var reading = await ReadAsync(api);

        Assert.Equal("Namespace shop has more than 2000 pods; the others were not looked at.", Assert.Single(reading.Gaps).ToString());
    }

    private static readonly TargetOptions Target = new()
    {
        Name = "orders-db",
        Host = "db",
        User = "chatbot",
        Environment = "TEST",
        Services = new Dictionary<string, ServiceOptions> { ["checkout-api"] = new() { Namespace = "shop" } },
    };

    private static Task<LogReading> ReadAsync(ScriptedApi api, TimeSpan? within = null) =>
        new PodLogs(api.Clusters(within), api.Options(within)).ReadAsync(Target, Since, TimeSpan.FromMinutes(1), Stop);

    private static string LogOf(string pod) => $"GET /api/v1/namespaces/shop/pods/{pod}/log";

    private static async Task<ScriptedApi> WithPodsAsync(params (string Name, int Restarts)[] pods)
    {
        var api = await StartAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = Json(200, """{"metadata":{"name":"checkout-api","uid":"d"},"spec":{"template":{"spec":{"containers":[{"name":"app"}]}}}}""");
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = Json(200, """{"items":[{"metadata":{"name":"rs","uid":"r","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout-api","uid":"d","controller":true}]}}]}""");
        var items = pods.Select(pod =>
            $$$$"""
            {"metadata":{"name":"{{{{pod.Name}}}}","uid":"{{{{pod.Name}}}}","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"r","controller":true}]},
             "status":{"phase":"Running","containerStatuses":[{"name":"app","image":"x","imageID":"x","ready":true,"restartCount":{{{{pod.Restarts}}}},"state":{"running":{}}}]}}
            """);
        api.Answers["GET /api/v1/namespaces/shop/pods?"] = Json(200, $$"""{"items":[{{string.Join(',', items)}}]}""");
        return api;
    }
}

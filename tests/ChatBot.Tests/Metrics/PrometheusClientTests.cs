using System.Collections.Concurrent;
using System.Text;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Metrics;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Kubernetes;

namespace ChatBot.Tests.Metrics;

/// <summary>What Prometheus is asked, and what comes of each thing that it, or something else in its place, may answer.</summary>
public sealed class PrometheusClientTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Labels_of_the_settings_select_and_can_not_leave_their_quotes()
    {
        var target = Target(("Prometheus:instance", "db\"} or vector(1) #\\"));
        var queries = MetricQueries.Of(target);

        Assert.All(queries, query => Assert.Contains("""instance="db\"} or vector(1) #\\",""", query.PromQl, StringComparison.Ordinal));
        Assert.All(queries, query => Assert.DoesNotContain("$sel", query.PromQl, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => PromQl.Fill("up{$sel,}", new Dictionary<string, string> { ["a=\"b\",c"] = "d" }));
        Assert.Empty(MetricQueries.Of(Target()));
    }

    [Fact]
    public async Task Curves_come_at_the_same_moments_with_gaps_where_nothing_was_scraped()
    {
        await using var api = await ScriptedApi.StartAsync();
        api.Answers["POST /api/v1/query_range"] = ScriptedApi.Json(200, $$$"""
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"state":"idle"},"values":[[{{{At(0)}}},"10"],[{{{At(2)}}},"NaN"],[{{{At(3)}}},"12"]]},
              {"metric":{"state":"active"},"values":[[{{{At(0)}}},"3"],[{{{At(3)}}},"4"]]}]}}
            """);

        var reading = await Probe(api).ReadAsync(Target(("Prometheus:instance", "db:9187")), Noon, Noon.AddSeconds(3), Stop);

        var slots = reading.Graphs.Single(graph => graph.Kind is GraphKind.Slots);
        Assert.Equal((TimeSpan.FromSeconds(1), Noon), (reading.Step, reading.From));
        var idle = slots.Curves.First(curve => curve.Name.Value == "idle");
        Assert.Equal([10, null, null, 12], idle.Values);
        Assert.Empty(reading.Gaps);
    }

    [Theory]
    [InlineData(401, "{}", "doesn't take the bot's token (401). Check Prometheus:TokenFile.")]
    [InlineData(404, "", "answers as Prometheus does (404)")]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"canary"}""", "can't compute a query (400)")]
    [InlineData(503, "", "is overloaded or still starting (503)")]
    [InlineData(302, "", "answered with status 302")]
    [InlineData(200, "<html>canary</html>", "is no Prometheus. Check Prometheus:Url.")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["canary"]]}]}}""", "is no Prometheus. Check Prometheus:Url.")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[]}}""", "gave no series for a query.")]
    public async Task What_is_no_answer_is_said_in_words_of_our_own(int status, string body, string words)
    {
        await using var api = await ScriptedApi.StartAsync();
        api.Answers["POST /api/v1/query_range"] = ScriptedApi.Text(status, "application/json", body);

        var unavailable = await Assert.ThrowsAsync<MetricsUnavailableException>(() => Probe(api).ReadAsync(Target(("Prometheus:job", "db")), Noon, Noon.AddMinutes(1), Stop));

        Assert.Contains(words, unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_or_never_ends_or_is_not_there_costs_its_time_and_no_more()
    {
        await using var api = await ScriptedApi.StartAsync();
        api.Answers["POST /api/v1/query_range"] = api.NeverAsync;
        await FailsAsync(Probe(api, within: TimeSpan.FromMilliseconds(200)), "gave no answer within 200ms (Prometheus:CallTimeout).");

        api.Answers["POST /api/v1/query_range"] = async context =>
        {
            var piece = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            for (var sent = 0L; sent < 9L * 1024 * 1024; sent += piece.Length)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        };
        await FailsAsync(Probe(api), "answered with more than 8 MiB. Narrow the labels");
        await FailsAsync(new MetricsProbe(new PrometheusClient(new PrometheusOptions { Url = new Uri("http://127.0.0.1:1/") })), "can't be reached. Check Prometheus:Url");
        await FailsAsync(new MetricsProbe(new PrometheusClient(new PrometheusOptions())), "No Prometheus is configured");

        static async Task FailsAsync(MetricsProbe probe, string words) => Assert.Contains(
            words,
            (await Assert.ThrowsAsync<MetricsUnavailableException>(() => probe.ReadAsync(Target(("Prometheus:job", "db")), Noon, Noon.AddMinutes(1), Stop))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_some_queries_give_is_shown_and_what_others_lack_is_said()
    {
        await using var api = await ScriptedApi.StartAsync();
        var asked = new ConcurrentQueue<string>();
        api.Answers["POST /api/v1/query_range"] = async context =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            asked.Enqueue(form["query"].ToString());
            await (form["query"].ToString().StartsWith("sum(rate(http", StringComparison.Ordinal)
                ? ScriptedApi.Json(422, "{}")
                : ScriptedApi.Json(200, $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"state":"idle"},"values":[[{{{At(0)}}},"10"]]}]}}"""))(context);
        };

        var reading = await Probe(api).ReadAsync(
            Target(("Prometheus:job", "db"), ("Impact:errors", "sum(rate(http_errors_total[1m]))"), ("Services:checkout-api:Prometheus:job", "checkout")), Noon, Noon.AddMinutes(1), Stop);

        Assert.Equal([GraphKind.Slots, GraphKind.ServicePool, GraphKind.ServiceWaiting, GraphKind.AcquireTime, GraphKind.CreateTime], reading.Graphs.Select(graph => graph.Kind));
        Assert.Equal("Prometheus at 127.0.0.1 can't compute a query (422). One of Targets:...:Impact may be no PromQL.", Assert.Single(reading.Gaps).ToString());
        Assert.Contains(asked, query => query.Contains("hikaricp_connections_active{job=\"checkout\",}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task States_that_nobody_could_tell_apart_are_added_up_so_that_the_stack_is_whole()
    {
        await using var api = await ScriptedApi.StartAsync();
        api.Answers["POST /api/v1/query_range"] = ScriptedApi.Json(200, $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{string.Join(',', Enumerable.Range(1, 200).Select(one => $$"""{"metric":{"state":"s{{one}}"},"values":[[{{At(0)}},"{{one}}"]]}"""))}}}]}}""");

        var reading = await Probe(api).ReadAsync(Target(("Prometheus:job", "db")), Noon, Noon.AddMinutes(1), Stop);

        var slots = reading.Graphs[0];
        Assert.Equal((MetricGraph.CurvesAtMost, "194 others", 200 * 201 / 2), (slots.Curves.Count(curve => !curve.IsLimit), slots.Curves[6].Name.Value, (int)slots.Curves.Where(curve => !curve.IsLimit).Sum(curve => curve.Values[0])!.Value));
    }

    private static string At(int second) => $"{Noon.AddSeconds(second).ToUnixTimeSeconds()}";

    private static MetricsProbe Probe(ScriptedApi api, TimeSpan? within = null) =>
        new(new PrometheusClient(new PrometheusOptions { Url = new Uri($"{api.Url}/"), Token = new Secret("canary-token"), CallTimeout = within ?? TimeSpan.FromSeconds(30) }));

    private static TargetOptions Target(params (string Key, string Value)[] settings) =>
        Given.Read(settings.Aggregate(Given.Smallest(), (all, one) => all.With($"Targets:orders-db:{one.Key}", one.Value))).Options!.Targets["orders-db"];
}

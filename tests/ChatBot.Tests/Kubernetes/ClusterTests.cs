using System.Globalization;
using ChatBot.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using static ChatBot.Tests.Kubernetes.ScriptedApi;

namespace ChatBot.Tests.Kubernetes;

/// <summary>What an API server can do to a call, and what people read then.</summary>
public sealed class ClusterTests
{
    private const string Path = "/apis/apps/v1/namespaces/shop/deployments/checkout-api";

    private const string Status = """{"kind":"Status","message":"secret-canary-words"}""";

    private static readonly Access Reading = new("get", "apps", "deployments", "shop", "checkout-api");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "Unknown", "The API server doesn't take the bot's token (401). Renew it, or the certificate, in the kubeconfig or for the service account.")]
    [InlineData(403, "Forbidden", "The bot may not get deployments in namespace shop (403). Add to its Role: - { apiGroups: [\"apps\"], resources: [\"deployments\"], resourceNames: [\"checkout-api\"], verbs: [\"get\"] }")]
    [InlineData(404, "Missing", "There is no deployment checkout-api in namespace shop.")]
    [InlineData(410, "Confused", "The API server answered with an error (410).")]
    [InlineData(302, "Confused", "The API server answered with an error (302).")]
    public async Task A_refusal_is_a_sentence_of_our_own(int status, string trouble, string words)
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = Json(status, Status);

        var unavailable = await UnavailableAsync(api);

        Assert.Equal((trouble, words), (unavailable.Trouble.ToString(), unavailable.Message));
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_busy_server_is_asked_again_when_it_says(int status)
    {
        await using var api = await StartAsync();
        var asked = 0;
        api.Answers[$"GET {Path}"] = context =>
        {
            context.Response.Headers.RetryAfter = "0";
            return (++asked < 3 ? Json(status, Status) : Json(200, """{"metadata":{"name":"checkout-api"}}"""))(context);
        };

        Assert.Equal("checkout-api", (await ReadAsync(api)).Metadata.Name);
        Assert.Equal(3, api.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_left_alone()
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = context =>
        {
            context.Response.Headers.RetryAfter = "0";
            return Json(429, Status)(context);
        };

        Assert.Equal(ClusterTrouble.Throttled, (await UnavailableAsync(api)).Trouble);
        Assert.Equal(3, api.Requests.Count);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_call_may_take()
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = context =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return Json(429, Status)(context);
        };

        Assert.Equal(ClusterTrouble.Throttled, (await UnavailableAsync(api)).Trouble);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_hangs_is_given_up(bool midway)
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = async context =>
        {
            if (midway)
            {
                await context.Response.WriteAsync("{\"metadata\":", Stop);
                await context.Response.Body.FlushAsync(Stop);
            }

            await api.NeverAsync(context);
        };

        var unavailable = await UnavailableAsync(api, TimeSpan.FromMilliseconds(200));

        Assert.Equal((ClusterTrouble.TimedOut, "The API server gave no answer within 200ms."), (unavailable.Trouble, unavailable.Message));
    }

    [Theory]
    [InlineData("<html>a login page</html>")]
    [InlineData("")]
    [InlineData("{\"metadata\":[]}")]
    public async Task Whoever_is_no_API_server_is_said_to_be_none(string body)
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = Json(200, body);

        Assert.Equal(ClusterTrouble.Confused, (await UnavailableAsync(api)).Trouble);
    }

    [Fact]
    public async Task No_answer_is_read_without_end()
    {
        await using var api = await StartAsync();
        api.Answers[$"GET {Path}"] = async context =>
        {
            var piece = new byte[1024 * 1024];
            Array.Fill(piece, (byte)' ');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        };

        Assert.Equal(ClusterTrouble.Confused, (await UnavailableAsync(api)).Trouble);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var api = await StartAsync();
        var clusters = api.Clusters();
        var cluster = await clusters.OfAsync("");
        await api.DisposeAsync();

        var unavailable = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.ReadAsync(Reading, AskAsync, Stop));

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Nobody answers at 127.0.0.1:"), unavailable.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "Done")]
    [InlineData(401, "Refused")]
    [InlineData(403, "Refused")]
    [InlineData(404, "Refused")]
    [InlineData(409, "Unfit")]
    [InlineData(422, "Unfit")]
    [InlineData(429, "Refused")]
    [InlineData(500, "Failed")]
    [InlineData(503, "Failed")]
    [InlineData(504, "Unanswered")]
    public async Task A_change_is_sent_once_whatever_comes_back(int status, string fate)
    {
        await using var api = await StartAsync();
        api.Answers[$"PATCH {Path}"] = context =>
        {
            context.Response.Headers.RetryAfter = "0";
            return Json(status, status == 200 ? """{"metadata":{"name":"checkout-api"}}""" : Status)(context);
        };

        var answer = await (await api.Clusters().OfAsync("")).WriteAsync(Reading, PatchAsync, Stop);

        Assert.Equal(fate, answer.Fate.ToString());
        Assert.DoesNotContain("canary", answer.Words, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_change_without_an_answer_may_have_happened()
    {
        await using var api = await StartAsync();
        api.Answers[$"PATCH {Path}"] = api.NeverAsync;
        var hanging = await (await api.Clusters(TimeSpan.FromMilliseconds(200)).OfAsync("")).WriteAsync(Reading, PatchAsync, Stop);

        api.Answers[$"PATCH {Path}"] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var cut = await (await api.Clusters().OfAsync("")).WriteAsync(Reading, PatchAsync, Stop);

        Assert.Equal((WriteFate.Unanswered, WriteFate.Unanswered), (hanging.Fate, cut.Fate));
    }

    [Fact]
    public async Task A_kubeconfig_that_was_written_anew_is_read_anew()
    {
        await using var api = await StartAsync();
        var tokens = new List<string>();
        api.Answers[$"GET {Path}"] = context =>
        {
            tokens.Add(context.Request.Headers.Authorization.ToString());
            return Json(200, """{"metadata":{"name":"checkout-api"}}""")(context);
        };
        var clusters = api.Clusters();
        await (await clusters.OfAsync("")).ReadAsync(Reading, AskAsync, Stop);
        var file = api.Options().KubeconfigFile;

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Stop)).Replace("secret-canary-token", "another", StringComparison.Ordinal), Stop);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await (await clusters.OfAsync("")).ReadAsync(Reading, AskAsync, Stop);

        Assert.Equal(["Bearer secret-canary-token", "Bearer another"], tokens);
    }

    private static async Task<V1Deployment> ReadAsync(ScriptedApi api, TimeSpan? within = null) =>
        await (await api.Clusters(within).OfAsync("")).ReadAsync(Reading, AskAsync, Stop);

    private static Task<ClusterUnavailableException> UnavailableAsync(ScriptedApi api, TimeSpan? within = null) =>
        Assert.ThrowsAsync<ClusterUnavailableException>(() => ReadAsync(api, within));

    private static Task<V1Deployment> AskAsync(IKubernetes client, CancellationToken cancellationToken) =>
        client.AppsV1.ReadNamespacedDeploymentAsync("checkout-api", "shop", cancellationToken: cancellationToken);

    private static Task PatchAsync(IKubernetes client, CancellationToken cancellationToken) => client.AppsV1.PatchNamespacedDeploymentAsync(
        new JsonPatch().Test("/metadata/uid", "u").ToPatch(), "checkout-api", "shop", cancellationToken: cancellationToken);
}

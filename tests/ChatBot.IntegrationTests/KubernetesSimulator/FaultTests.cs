using System.Net;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>What goes wrong on demand, and what the ledger says of it.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Pause = """{"spec":{"paused":true}}""";

    private PracticeCluster _cluster = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private KubernetesFaults Faults => _cluster.Simulator.Faults;

    public async ValueTask InitializeAsync() => _cluster = await PracticeCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_throttled_request_says_when_to_come_again_and_the_next_is_fine()
    {
        Faults.Next("get", "deployments", KubernetesFault.Throttled(retryAfterSeconds: 7));

        var refused = await Assert.ThrowsAsync<HttpOperationException>(_cluster.ShopAsync);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Response.StatusCode);
        Assert.Equal("7", Assert.Single(refused.Response.Headers["Retry-After"]));
        Assert.Equal(7, KubernetesJson.Deserialize<V1Status>(refused.Response.Content).Details.RetryAfterSeconds);
        Assert.Equal("shop", (await _cluster.ShopAsync()).Name());
    }

    [Fact]
    public async Task An_error_before_the_effect_changes_nothing()
    {
        Faults.Next("patch", "deployments", KubernetesFault.InternalError());
        Assert.Equal(500, (await PracticeCluster.RefusedAsync(PauseAsync)).Code);
        Faults.Next("patch", "deployments", KubernetesFault.CutBeforeEffect());
        await Assert.ThrowsAnyAsync<HttpRequestException>(PauseAsync);

        Assert.Null((await _cluster.ShopAsync()).Spec.Paused);
        Assert.Empty(_cluster.Simulator.Ledger.Changes);
        Assert.Equal([500, 0], _cluster.Simulator.Ledger.Calls.Where(call => call.Verb == "patch").Select(call => call.Code));
    }

    [Fact]
    public async Task An_answer_that_is_lost_leaves_the_change_in_the_ledger()
    {
        Faults.Next("patch", "deployments", KubernetesFault.CutAfterEffect());

        await Assert.ThrowsAnyAsync<HttpRequestException>(PauseAsync);

        Assert.True((await _cluster.ShopAsync()).Spec.Paused);
        var change = Assert.Single(_cluster.Simulator.Ledger.Changes);
        Assert.Equal(("kubernetes-admin", "patch", Pause, "tester", 0), (change.User, change.Verb, change.Body, change.FieldManager, change.Code));
    }

    [Fact]
    public async Task A_hanging_request_goes_on_when_it_is_released()
    {
        Faults.Next("patch", "deployments", KubernetesFault.Hang());
        var patching = PauseAsync();
        await Faults.WaitForHangingAsync(1, Ended);
        Assert.False(patching.IsCompleted);

        Faults.ReleaseHung();

        Assert.True((await patching).Spec.Paused);
    }

    [Fact]
    public async Task A_log_may_end_in_the_middle_of_a_line()
    {
        var pod = _cluster.Cluster.List(ResourceCatalog.Pods)[0].Name();
        _cluster.Simulator.Logs.Append("default", pod, "web", "a whole line");
        _cluster.Simulator.Logs.Append("default", pod, "web", "half of a line");
        Faults.Next("get", "pods/log", KubernetesFault.StallAfter(20));

        await using var stream = await _cluster.Admin.CoreV1.ReadNamespacedPodLogAsync(pod, "default", container: "web", cancellationToken: Ended);
        using var reader = new StreamReader(stream);
        Assert.Equal("a whole line", await reader.ReadLineAsync(Ended));
        var half = reader.ReadLineAsync(Ended).AsTask();
        await Faults.WaitForHangingAsync(1, Ended);
        Assert.False(half.IsCompleted);

        Faults.CutHung();

        await Assert.ThrowsAnyAsync<IOException>(() => half);
    }

    [Fact]
    public async Task An_answer_may_be_cut_short()
    {
        Faults.Next("get", "deployments", KubernetesFault.CutAfter(20));

        var broken = await Record.ExceptionAsync(_cluster.ShopAsync);

        Assert.True(broken is HttpRequestException or IOException, $"{broken}"); // as far as the answer's head came, or not

        Assert.Equal(0, _cluster.Simulator.Ledger.Calls.Single(call => call.Verb == "get").Code);
    }

    [Fact]
    public async Task A_proxy_may_answer_with_a_page()
    {
        Faults.Next("get", "deployments", KubernetesFault.HtmlPage(502));

        var refused = await Assert.ThrowsAsync<HttpOperationException>(_cluster.ShopAsync);

        Assert.Equal((HttpStatusCode.BadGateway, '<'), (refused.Response.StatusCode, refused.Response.Content[0]));
    }

    private Task<V1Deployment> PauseAsync() => _cluster.PatchShopAsync(Pause, PatchType.MergePatch);
}

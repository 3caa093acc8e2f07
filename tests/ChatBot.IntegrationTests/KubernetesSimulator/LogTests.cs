using System.Runtime.CompilerServices;
using System.Text;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>What containers wrote, as the C# client reads it.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private readonly PlainPods _pods = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.Zero));
    private PracticeCluster _cluster = null!;
    private string _pod = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions { Runtime = _pods, Time = _time });
        _pod = _cluster.Cluster.List(ResourceCatalog.Pods)[0].Name();
        for (var minute = 0; minute < 4; minute++)
        {
            _cluster.Simulator.Logs.Append("default", _pod, "web", $"minute {minute}");
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_log_can_be_asked_for_from_a_time_on_for_its_last_lines_and_with_times()
    {
        Assert.Equal("minute 0\nminute 1\nminute 2\nminute 3\n", await ReadAsync());
        Assert.Equal("minute 3\n", await ReadAsync(sinceSeconds: 90));
        Assert.Equal("minute 2\nminute 3\n", await ReadAsync(tailLines: 2));
        Assert.Equal("2026-03-01T14:03:00.000000000Z minute 3\n", await ReadAsync(tailLines: 1, timestamps: true));
        Assert.Equal("minute 0\nmin", await ReadAsync(limitBytes: 12));
        Assert.Equal("", await ReadAsync(container: "side"));
    }

    [Fact]
    public async Task A_followed_log_goes_on_until_its_container_ends()
    {
        await using var stream = await _cluster.Admin.CoreV1.ReadNamespacedPodLogAsync(
            _pod, "default", container: "web", follow: true, tailLines: 1, cancellationToken: Ended);
        using var reader = new StreamReader(stream);
        Assert.Equal("minute 3", await reader.ReadLineAsync(Ended));

        _cluster.Simulator.Logs.Append("default", _pod, "web", "and on");
        Assert.Equal("and on", await reader.ReadLineAsync(Ended));

        _cluster.Cluster.Delete(ResourceCatalog.Pods, "default", _pod);
        Assert.Null(await reader.ReadLineAsync(Ended));
    }

    [Fact]
    public async Task A_restart_makes_the_log_the_previous_one()
    {
        var none = await PracticeCluster.RefusedAsync(() => ReadAsync(previous: true));
        Assert.Equal((400, $"previous terminated container \"web\" in pod \"{_pod}\" not found"), (none.Code, none.Message));

        _cluster.Simulator.Pods.Find("default", _pod)!.ReportRestarted("web", 137, "OOMKilled");
        _cluster.Simulator.Logs.Append("default", _pod, "web", "again");

        Assert.Equal("again\n", await ReadAsync());
        Assert.Equal("minute 3\n", await ReadAsync(previous: true, tailLines: 1));
        var status = (await _cluster.Admin.CoreV1.ReadNamespacedPodAsync(_pod, "default", cancellationToken: Ended)).Status.ContainerStatuses.Single(one => one.Name == "web");
        Assert.Equal((1, "OOMKilled"), (status.RestartCount, status.LastState.Terminated.Reason));
    }

    [Fact]
    public async Task A_container_that_waits_has_no_log_and_says_what_it_waits_for()
    {
        _pods.Behaviour = pod => pod.ReportWaiting("web", "ImagePullBackOff", "Back-off pulling image \"shop:1\"");
        _cluster.Cluster.Delete(ResourceCatalog.Pods, "default", _pod);
        var fresh = _cluster.Cluster.List(ResourceCatalog.Pods).Single(pod => pod.Text("status", "phase") == "Pending").Name();

        var waiting = await PracticeCluster.RefusedAsync(() => ReadAsync(pod: fresh));
        Assert.Equal(
            (400, $"container \"web\" in pod \"{fresh}\" is waiting to start: trying and failing to pull image"), (waiting.Code, waiting.Message));
        Assert.Equal(404, (await PracticeCluster.RefusedAsync(() => ReadAsync())).Code);
    }

    [Fact]
    public async Task Questions_that_make_no_sense_are_refused()
    {
        var unnamed = await PracticeCluster.RefusedAsync(() => ReadAsync(container: null));
        Assert.Equal((400, $"a container name must be specified for pod {_pod}, choose one of: [web side]"), (unnamed.Code, unnamed.Message));
        var strange = await PracticeCluster.RefusedAsync(() => ReadAsync(container: "nope"));
        Assert.Equal((400, $"container nope is not valid for pod {_pod}"), (strange.Code, strange.Message));
        Assert.Equal(422, (await PracticeCluster.RefusedAsync(() => ReadAsync(limitBytes: 0))).Code);
    }

    [Fact]
    public async Task A_log_may_be_any_bytes()
    {
        byte[] odd = [0xff, 0xfe, (byte)'\r', 0x1b, (byte)'[', (byte)'\n', 0xc3];
        _cluster.Simulator.Logs.Serve("default", _pod, "web", BytesAsync);
        await using var stream = await _cluster.Admin.CoreV1.ReadNamespacedPodLogAsync(_pod, "default", container: "web", cancellationToken: Ended);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Ended);
        Assert.Equal([.. odd, .. odd], read.ToArray());

        async IAsyncEnumerable<ReadOnlyMemory<byte>> BytesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return odd;
            await Task.Yield();
            yield return odd;
        }
    }

    private async Task<string> ReadAsync(
        string? container = "web",
        string? pod = null,
        int? sinceSeconds = null,
        int? tailLines = null,
        int? limitBytes = null,
        bool? timestamps = null,
        bool? previous = null)
    {
        await using var stream = await _cluster.Admin.CoreV1.ReadNamespacedPodLogAsync(
            pod ?? _pod,
            "default",
            container: container,
            sinceSeconds: sinceSeconds,
            tailLines: tailLines,
            limitBytes: limitBytes,
            timestamps: timestamps,
            previous: previous,
            cancellationToken: Ended);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Ended);
    }
}

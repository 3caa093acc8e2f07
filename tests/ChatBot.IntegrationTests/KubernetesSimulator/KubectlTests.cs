using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>The simulator is believed as far as somebody else's client agrees with it. What a real control plane can answer, too, is in <c>KubectlContract</c>.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly PlainPods _pods = new();
    private PracticeCluster _cluster = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions { Runtime = _pods });
        _kubectl = new Kubectl(_cluster.Simulator, ClusterUser.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        _kubectl.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task It_watches_a_rollout_to_its_end()
    {
        _pods.TicksUntilReady = 1;
        await _kubectl.RunAsync("rollout", "restart", "deploy/shop");
        var watching = _kubectl.RunAsync("rollout", "status", "deploy/shop", "--timeout=60s");
        await _cluster.Simulator.Ledger.WaitForAsync(call => call.Verb == "watch", TestContext.Current.CancellationToken);

        _cluster.Simulator.Tick();
        _cluster.Simulator.Tick();

        var seen = await watching;
        Assert.Contains("1 out of 2 new replicas have been updated", seen, StringComparison.Ordinal);
        Assert.Contains("successfully rolled out", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_reads_the_logs_of_all_containers_of_all_pods()
    {
        foreach (var pod in _cluster.Cluster.List(ResourceCatalog.Pods))
        {
            _cluster.Simulator.Logs.Append("default", pod.Name(), "web", $"web of {pod.Name()}");
            _cluster.Simulator.Logs.Append("default", pod.Name(), "side", $"side of {pod.Name()}");
        }

        var logs = await _kubectl.RunAsync("logs", "-l", "app=shop", "--all-containers", "--prefix", "--since=1h", "--tail=5");
        foreach (var pod in _cluster.Cluster.List(ResourceCatalog.Pods))
        {
            Assert.Contains($"[pod/{pod.Name()}/web] web of {pod.Name()}\n", logs, StringComparison.Ordinal);
            Assert.Contains($"[pod/{pod.Name()}/side] side of {pod.Name()}\n", logs, StringComparison.Ordinal);
        }

        Assert.StartsWith("web of shop-", await _kubectl.RunAsync("logs", "deploy/shop", "-c", "web", "--tail=1"), StringComparison.Ordinal);
    }
}

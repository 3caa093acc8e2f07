using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>The simulator is believed as far as somebody else's client agrees with it.</summary>
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
    public async Task It_lists_and_reads()
    {
        Assert.Matches(@"NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nshop +2/2 +2 +2 +\d+s", await _kubectl.RunAsync("get", "deploy"));
        Assert.Matches(@"(?s)shop-\w+-\w+ +2/2 +Running +0 +\d+s.*shop-\w+-\w+ +2/2", await _kubectl.RunAsync("get", "pods", "-l", "app=shop"));
        Assert.Contains("replicaset.apps/shop-", await _kubectl.RunAsync("get", "all"), StringComparison.Ordinal);
        Assert.Equal("10", await _kubectl.RunAsync("get", "deploy", "shop", "-o", "jsonpath={.spec.template.spec.containers[0].env[0].value}"));
        Assert.Contains("ScalingReplicaSet", await _kubectl.RunAsync("get", "events"), StringComparison.Ordinal);

        var (code, _, error) = await _kubectl.TryAsync("get", "deploy", "nope");
        Assert.Equal((1, "Error from server (NotFound): deployments.apps \"nope\" not found\n"), (code, error));
    }

    [Fact]
    public async Task It_restarts_waits_and_goes_back()
    {
        Assert.Equal("deployment.apps/shop restarted\n", await _kubectl.RunAsync("rollout", "restart", "deploy/shop"));
        Assert.Contains("deployment \"shop\" successfully rolled out", await _kubectl.RunAsync("rollout", "status", "deploy/shop", "--timeout=60s"), StringComparison.Ordinal);
        Assert.Matches(@"(?s)REVISION.*\n1 .*\n2 ", await _kubectl.RunAsync("rollout", "history", "deploy/shop"));

        await _kubectl.RunAsync("rollout", "undo", "deploy/shop");
        var shop = _cluster.Cluster.Get(ResourceCatalog.Deployments, "default", "shop");
        Assert.Null(shop.At("spec", "template", "metadata", "annotations"));
        Assert.Equal("3", shop.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal(2, _cluster.Cluster.List(ResourceCatalog.ReplicaSets).Count);
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

    [Fact]
    public async Task It_changes_what_people_change()
    {
        await _kubectl.RunAsync("set", "env", "deploy/shop", "DB_POOL_SIZE=20", "-c", "web");
        await _kubectl.RunAsync("scale", "deploy/shop", "--replicas=3");
        await _kubectl.RunAsync("annotate", "deploy/shop", "note=hello");
        await _kubectl.RunAsync("patch", "deploy", "shop", "--type=json", "-p", """[{"op":"add","path":"/spec/minReadySeconds","value":1}]""");
        await _kubectl.RunAsync("patch", "deploy", "shop", "--type=merge", "-p", """{"spec":{"revisionHistoryLimit":3}}""");

        var shop = _cluster.Cluster.Get(ResourceCatalog.Deployments, "default", "shop");
        Assert.Equal(["20", "eu"], shop["spec"]!["template"]!["spec"]!["containers"]![0].Items("env").Select(variable => variable.Text("value")));
        Assert.Equal((3L, 3L, "hello"), (shop.Number("spec", "replicas"), shop.Number("spec", "revisionHistoryLimit"), shop.Text("metadata", "annotations", "note")));
        Assert.Equal(3, _cluster.Cluster.List(ResourceCatalog.Pods).Count);

        var (code, _, error) = await _kubectl.TryAsync("patch", "deploy", "shop", "--type=json", "-p", """[{"op":"test","path":"/metadata/generation","value":1}]""");
        Assert.Equal(1, code);
        Assert.StartsWith("The request is invalid", error, StringComparison.Ordinal); // older ones leave out the rest
    }

    [Fact]
    public async Task It_asks_what_it_may_do()
    {
        _cluster.Cluster.Apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: { name: looks }
            rules:
            - { apiGroups: [apps], resources: [deployments], verbs: [get, list] }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: { name: looks }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: looks }
            subjects: [{ kind: User, name: ana, apiGroup: rbac.authorization.k8s.io }]
            """);
        using var ana = new Kubectl(_cluster.Simulator, ClusterUser.Person("ana"));

        Assert.Equal("yes\n", await ana.RunAsync("auth", "can-i", "list", "deployments"));
        var (code, output, _) = await ana.TryAsync("auth", "can-i", "patch", "deployments");
        Assert.Equal((1, "no"), (code, output.Trim()));
        Assert.Matches(@"deployments\.apps +\[\] +\[\] +\[get list\]", await ana.RunAsync("auth", "can-i", "--list"));

        var (refused, _, error) = await ana.TryAsync("rollout", "restart", "deploy/shop");
        Assert.Equal(1, refused);
        Assert.Contains("User \"ana\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"default\"", error, StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;
using ChatBot.IntegrationTests.KubernetesSimulation;

namespace ChatBot.IntegrationTests.InKubernetes.Contract;

/// <summary>
/// What people do with the real kubectl, in one suite: the same against the simulator and against the real control plane.
/// What differs is listed in src/ChatBot.Sandbox/Kubernetes/README.md.
/// </summary>
public abstract class KubectlContract : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubectl-contract-").FullName;

    // A namespace of its own for each test: they share a control plane.
    private readonly string _shop = "shop-" + Guid.NewGuid().ToString("n")[..8];
    private IControlPlane _plane = null!;
    private Kubectl _admin = null!;

    private protected abstract Task<IControlPlane> PlaneAsync();

    public async ValueTask InitializeAsync()
    {
        _plane = await PlaneAsync();
        _admin = new Kubectl(_plane.AdminKubeconfig);
        await ApplyAsync($$"""{ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "{{_shop}}" } }""");
        await ApplyAsync(Checkout);
        await RolledOutAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this); // tests derive from it
        _admin?.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (_plane is SimulatedControlPlane)
        {
            await _plane.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_lists_and_reads()
    {
        Assert.Matches(@"NAME +READY +UP-TO-DATE +AVAILABLE +AGE\ncheckout-api +2/2 +2 +2 +\d+s", await RunAsync("get", "deploy"));
        Assert.Matches(@"(?s)checkout-api-\w+-\w+ +2/2 +Running +0 .*checkout-api-\w+-\w+ +2/2 +Running", await RunAsync("get", "pods", "-l", "app=checkout-api"));
        Assert.Equal(2, Regex.Count(await RunAsync("get", "all"), @"(?m)^pod/checkout-api-\S+ |^replicaset\.apps/checkout-api-\S+ ") - 1);
        Assert.Matches(@"checkout-api +Deployment/checkout-api .* 2 +12 ", await RunAsync("get", "hpa"));
        Assert.Equal("10", await FieldAsync("{.spec.template.spec.containers[0].env[0].value}"));
        Assert.Matches(@"ScalingReplicaSet +deployment/checkout-api +Scaled up replica set checkout-api-\w+ .*2", await RunAsync("get", "events"));
        Assert.Equal("No resources found in " + _shop + " namespace.\n", (await TryAsync("get", "pods", "-l", "app=none")).Error);

        var (code, _, error) = await TryAsync("get", "deploy", "nope");
        Assert.Equal((1, "Error from server (NotFound): deployments.apps \"nope\" not found\n"), (code, error));
    }

    [Fact]
    public async Task It_restarts_waits_and_goes_back()
    {
        Assert.Equal("deployment.apps/checkout-api restarted\n", await RunAsync("rollout", "restart", "deploy/checkout-api"));
        Assert.Contains("deployment \"checkout-api\" successfully rolled out", await RolledOutAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(await FieldAsync(RestartedAt));
        Assert.Matches(@"(?s)REVISION.*\n1 .*\n2 ", await RunAsync("rollout", "history", "deploy/checkout-api"));

        Assert.Equal("deployment.apps/checkout-api rolled back\n", await RunAsync("rollout", "undo", "deploy/checkout-api"));
        await RolledOutAsync();
        Assert.Equal("", await FieldAsync(RestartedAt));
        Assert.Equal("3", await FieldAsync(@"{.metadata.annotations.deployment\.kubernetes\.io/revision}"));
        Assert.Matches(@"(?s)REVISION.*\n2 .*\n3 ", await RunAsync("rollout", "history", "deploy/checkout-api"));
        Assert.Equal(2, (await RunAsync("get", "rs", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        await RunAsync("rollout", "undo", "deploy/checkout-api", "--to-revision=2");
        await RolledOutAsync();
        Assert.NotEmpty(await FieldAsync(RestartedAt));
    }

    [Fact]
    public async Task It_waits_for_a_rollout_that_does_not_come_forward_and_takes_it_back()
    {
        await RunAsync("set", "image", "deploy/checkout-api", "app=shop/never-ready:1");
        var (code, output, error) = await TryAsync("rollout", "status", "deploy/checkout-api", "--timeout=2s");
        Assert.Equal((1, "error: timed out waiting for the condition\n"), (code, error));
        Assert.Contains("1 out of 2 new replicas have been updated", output, StringComparison.Ordinal);

        await RunAsync("rollout", "undo", "deploy/checkout-api");
        await RolledOutAsync();
        Assert.Equal("shop/checkout:1", await FieldAsync("{.spec.template.spec.containers[0].image}"));
    }

    [Fact]
    public async Task It_pauses_and_resumes()
    {
        Assert.Equal("deployment.apps/checkout-api paused\n", await RunAsync("rollout", "pause", "deploy/checkout-api"));
        Assert.StartsWith("error: deployments.apps \"checkout-api\" is already paused", (await TryAsync("rollout", "pause", "deploy/checkout-api")).Error, StringComparison.Ordinal);
        Assert.Contains("can't restart paused deployment", (await TryAsync("rollout", "restart", "deploy/checkout-api")).Error, StringComparison.Ordinal);
        await RunAsync("set", "image", "deploy/checkout-api", "app=shop/checkout:2");
        Assert.Single((await RunAsync("get", "rs", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal("deployment.apps/checkout-api resumed\n", await RunAsync("rollout", "resume", "deploy/checkout-api"));
        await RolledOutAsync();
        Assert.Equal(2, (await RunAsync("get", "rs", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task It_changes_what_people_change()
    {
        await RunAsync("set", "env", "deploy/checkout-api", "DB_POOL=20", "-c", "app");
        await RunAsync("scale", "deploy/checkout-api", "--replicas=3");
        await RunAsync("annotate", "deploy/checkout-api", "note=hello");
        await RunAsync("patch", "deploy", "checkout-api", "--type=json", "-p", """[{"op":"add","path":"/spec/minReadySeconds","value":1}]""");
        await RunAsync("patch", "deploy", "checkout-api", "--type=merge", "-p", """{"spec":{"revisionHistoryLimit":3}}""");
        await RunAsync("patch", "deploy", "checkout-api", "-p", """{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:2"}]}}}}""");
        await RolledOutAsync();

        Assert.Equal("20 eu", await FieldAsync("{.spec.template.spec.containers[0].env[*].value}"));
        Assert.Equal("shop/checkout:1 side:2", await FieldAsync("{.spec.template.spec.containers[*].image}"));
        Assert.Equal("3 1 3 hello", await FieldAsync("{.spec.replicas} {.spec.minReadySeconds} {.spec.revisionHistoryLimit} {.metadata.annotations.note}"));

        var (code, _, error) = await TryAsync("patch", "deploy", "checkout-api", "--type=json", "-p", """[{"op":"test","path":"/metadata/generation","value":1}]""");
        Assert.Equal(1, code);
        Assert.StartsWith("The request is invalid", error, StringComparison.Ordinal); // older ones leave out the rest
    }

    /// <summary>With the hint of the bot's advice: an autoscaler that may not go on.</summary>
    [Fact]
    public async Task It_lowers_the_maximum_of_an_autoscaler()
    {
        await RunAsync("patch", "hpa", "checkout-api", "--type=merge", "-p", """{"spec":{"maxReplicas":4}}""");

        Assert.Equal("4", await RunAsync("get", "hpa", "checkout-api", "-o", "jsonpath={.spec.maxReplicas}"));
    }

    [Fact]
    public async Task It_applies_a_file_again_and_deletes_with_all_that_belongs_to_it()
    {
        await ApplyAsync(Checkout.Replace("shop/checkout:1", "shop/checkout:2", StringComparison.Ordinal));
        await RolledOutAsync();
        Assert.Equal("shop/checkout:2", await FieldAsync("{.spec.template.spec.containers[0].image}"));

        Assert.StartsWith("deployment.apps \"checkout-api\" deleted", await RunAsync("delete", "deploy", "checkout-api"), StringComparison.Ordinal);
        while ((await RunAsync("get", "rs,pods", "-o", "name")).Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task It_asks_what_it_may_do_and_is_told_what_it_may_not()
    {
        await ApplyAsync(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: { name: looks }
            rules:
            - { apiGroups: [apps], resources: [deployments], verbs: [get, list] }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: looks }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: looks }
            subjects: [{ kind: ServiceAccount, name: chatbot, namespace: chatbot }]
            """);
        using var bot = new Kubectl(_plane.BotKubeconfig);

        Assert.Equal("yes\n", await bot.RunAsync("auth", "can-i", "list", "deployments", "-n", _shop));
        var (code, output, _) = await bot.TryAsync("auth", "can-i", "patch", "deployments", "-n", _shop);
        Assert.Equal((1, "no"), (code, output.Trim()));
        Assert.Matches(@"deployments\.apps +\[\] +\[\] +\[get list\]", await bot.RunAsync("auth", "can-i", "--list", "-n", _shop));

        var (refused, _, error) = await bot.TryAsync("rollout", "restart", "deploy/checkout-api", "-n", _shop);
        Assert.Equal(1, refused);
        Assert.Contains(
            $"User \"system:serviceaccount:chatbot:chatbot\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"{_shop}\"", error, StringComparison.Ordinal);

        using var stranger = new Kubectl(_plane.StrangerKubeconfig);
        Assert.Contains("You must be logged in to the server", (await stranger.TryAsync("get", "pods", "-n", _shop)).Error, StringComparison.Ordinal);
    }

    private const string RestartedAt = @"{.spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt}";

    private Task<string> RolledOutAsync() => RunAsync("rollout", "status", "deploy/checkout-api", "--timeout=60s");

    private Task<string> FieldAsync(string path) => RunAsync("get", "deploy", "checkout-api", "-o", $"jsonpath={path}");

    private Task<string> RunAsync(params string[] arguments) => _admin.RunAsync([.. arguments, "-n", _shop]);

    private Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments) => _admin.TryAsync([.. arguments, "-n", _shop]);

    private async Task ApplyAsync(string manifest)
    {
        var file = Path.Combine(_folder, "manifest.yaml");
        await File.WriteAllTextAsync(file, manifest, TestContext.Current.CancellationToken);
        await RunAsync("apply", "--validate=false", "-f", file);
    }

    private const string Checkout =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: checkout-api }
        spec:
          replicas: 2
          selector: { matchLabels: { app: checkout-api } }
          strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
          template:
            metadata: { labels: { app: checkout-api } }
            spec:
              containers:
              - { name: app, image: "shop/checkout:1", env: [{ name: DB_POOL, value: "10" }, { name: REGION, value: eu }] }
              - { name: side, image: "side:1" }
        ---
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: { name: checkout-api }
        spec:
          minReplicas: 2
          maxReplicas: 12
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout-api }
        """;
}

/// <summary>Against the simulator, in every run.</summary>
public sealed class SimulatorKubectlTests : KubectlContract
{
    private protected override async Task<IControlPlane> PlaneAsync() => await SimulatedControlPlane.StartAsync();
}

/// <summary>Against the real control plane, in <c>tests/run deep</c>.</summary>
[Collection(RealControlPlanes.Name)]
public sealed class RealControlPlaneKubectlTests(RealControlPlaneFixture real) : KubectlContract
{
    private protected override Task<IControlPlane> PlaneAsync() => real.PlaneAsync();
}

using System.Text;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.IntegrationTests.KubernetesSimulation;
using ChatBot.Kubernetes;
using k8s;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.InKubernetes.Contract;

/// <summary>
/// What the bot asks and changes, and every answer that it has to understand: the same of the simulator and of the real control
/// plane. What differs is listed in src/ChatBot.Sandbox/Kubernetes/README.md.
/// </summary>
public abstract class ControlPlaneContract : IAsyncLifetime
{
    private readonly string _kubeconfig = Path.GetTempFileName();

    // A namespace of its own for each test: they share a control plane.
    private readonly string _shop = "shop-" + Guid.NewGuid().ToString("n")[..8];
    private IControlPlane _plane = null!;
    private k8s.Kubernetes _admin = null!;
    private k8s.Kubernetes _bot = null!;
    private Clusters _clusters = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private ClusterChanges Changes => new(_clusters, TimeProvider.System);

    private protected abstract Task<IControlPlane> PlaneAsync();

    public async ValueTask InitializeAsync()
    {
        _plane = await PlaneAsync();
        (_admin, _bot) = (ClientOf(_plane.AdminKubeconfig), ClientOf(_plane.BotKubeconfig));
        await File.WriteAllTextAsync(_kubeconfig, _plane.BotKubeconfig, Ended);
        _clusters = new Clusters(new KubernetesOptions { KubeconfigFile = _kubeconfig }, new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);
        await _admin.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _shop } }, cancellationToken: Ended);
        foreach (var one in KubernetesYaml.LoadAllFromString(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "manifests", "role.yaml"), Ended)))
        {
            await (one switch
            {
                V1Role role => _admin.RbacAuthorizationV1.CreateNamespacedRoleAsync(In(role), _shop, cancellationToken: Ended),
                V1RoleBinding binding => (Task)_admin.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(In(binding), _shop, cancellationToken: Ended),
                _ => throw new InvalidOperationException($"role.yaml has a {one.GetType()}."),
            });
        }

        await _admin.AppsV1.CreateNamespacedDeploymentAsync(KubernetesYaml.Deserialize<V1Deployment>(Checkout), _shop, cancellationToken: Ended);
        await _admin.AutoscalingV1.CreateNamespacedHorizontalPodAutoscalerAsync(KubernetesYaml.Deserialize<V1HorizontalPodAutoscaler>(Autoscaler), _shop, cancellationToken: Ended);
        await UntilRolledOutAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this); // tests derive from it
        File.Delete(_kubeconfig);
        _admin?.Dispose();
        _bot?.Dispose();
        if (_plane is SimulatedControlPlane)
        {
            await _plane.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_bot_reads_pods_owners_revisions_autoscaler_and_pool()
    {
        var workload = await LookAsync();

        Assert.Equal((2, 2, false, false), (workload.Replicas, workload.Pods.Count, workload.IsRollingOut, workload.IsPaused));
        Assert.All(workload.Pods, pod => Assert.True(pod is { IsReady: true, Revision: 1, StartedAt: not null, IsTerminating: false }));
        Assert.Equal(new RolloutStrategy(Surge: 1, Unavailable: 0, IsRecreate: false), workload.Strategy);
        Assert.Equal((1L, "shop/checkout:1", 2), (workload.Revisions[0].Number, workload.Revisions[0].Image.Value, workload.Revisions[0].Pods));
        Assert.Equal((2, 12), (workload.Autoscaler!.Minimum, workload.Autoscaler.Maximum));
        Assert.Equal(10, workload.Pool!.Size);
    }

    [Fact]
    public async Task A_restart_is_applied_once_and_its_pods_are_new()
    {
        var pin = WorkloadPin.Of(await LookAsync());
        var restarter = new DeploymentRestarter(Changes);

        Assert.Equal(Outcome.NotApplied, (await restarter.ObserveAsync(pin, ShopCluster.Plan, Ended)).Outcome);
        Assert.Equal(Outcome.Applied, (await restarter.RestartAsync(pin, ShopCluster.Plan, Ended)).Outcome);
        await UntilRolledOutAsync();
        Assert.Equal(Outcome.AlreadySatisfied, (await restarter.RestartAsync(pin, ShopCluster.Plan, Ended)).Outcome);
        Assert.Equal(Outcome.Drift, (await restarter.RestartAsync(pin, ShopCluster.OtherPlan, Ended)).Outcome);

        var after = await LookAsync();
        Assert.Equal((2L, ShopCluster.Plan), (after.Revisions[0].Number, after.Revisions[0].Restart));
        Assert.All(after.Pods, pod => Assert.Equal(2, pod.Revision));
        var deployment = await DeploymentAsync();
        Assert.Contains(deployment.Metadata.ManagedFields, field => field.Manager == "chatbot" && field.Operation == "Update");
        Assert.Equal(2, deployment.Metadata.Generation);
        Assert.Equal(("True", "NewReplicaSetAvailable"), Condition(deployment, "Progressing"));
        Assert.Equal(("True", "MinimumReplicasAvailable"), Condition(deployment, "Available"));
    }

    [Fact]
    public async Task A_pool_size_is_set_and_put_back()
    {
        var setting = new PoolSizeSetting(Changes);
        Assert.Equal(Outcome.Applied, (await setting.ChangeAsync(await SettingAsync(), 10, 20, ShopCluster.Plan, Ended)).Outcome);
        await UntilRolledOutAsync();
        Assert.Equal(20, (await LookAsync()).Pool!.Size);
        Assert.Equal(Outcome.Applied, (await setting.ChangeAsync(await SettingAsync(), 20, 10, ShopCluster.OtherPlan, Ended)).Outcome);
        await UntilRolledOutAsync();
        Assert.Equal(10, (await LookAsync()).Pool!.Size);
    }

    [Fact]
    public async Task A_pause_holds_a_rollout_back_and_resuming_lets_it_go_on()
    {
        var pause = new RolloutPause(Changes);
        Assert.Equal(Outcome.Applied, (await pause.SetAsync(WorkloadPin.Of(await LookAsync()), pause: true, ShopCluster.Plan, Ended)).Outcome);
        await PatchAsync(_admin, """{"spec":{"template":{"metadata":{"labels":{"release":"2"}}}}}""", PatchType.MergePatch);
        await UntilAsync(deployment => deployment.Status.ObservedGeneration == deployment.Metadata.Generation && Condition(deployment, "Progressing").Reason == "DeploymentPaused");
        Assert.Equal("Unknown", Condition(await DeploymentAsync(), "Progressing").Status);
        Assert.Single((await LookAsync()).Revisions);

        Assert.Equal(Outcome.Applied, (await pause.SetAsync(WorkloadPin.Of(await LookAsync()), pause: false, ShopCluster.OtherPlan, Ended)).Outcome);
        await UntilRolledOutAsync();
        Assert.Equal(2, (await LookAsync()).Revisions.Count);
    }

    [Fact]
    public async Task A_deployment_is_scaled_by_its_scale()
    {
        var scaler = new WorkloadScaler(Changes);
        var pin = WorkloadPin.Of(await LookAsync());
        Assert.Equal(Outcome.Applied, (await scaler.ScaleAsync(pin, 2, 1, Ended)).Outcome);
        await UntilRolledOutAsync();
        Assert.Equal(1, (await LookAsync()).Replicas);
        Assert.Equal(Outcome.Drift, (await scaler.ScaleAsync(pin, 2, 3, Ended)).Outcome);
    }

    /// <summary>No autoscaler runs here: the test does what one does, and the deployment's controller tells of it.</summary>
    [Fact]
    public async Task That_an_autoscaler_raised_it_and_from_where_is_told()
    {
        Assert.Empty((await LookAsync()).Autoscaler!.Scalings);
        var began = DateTimeOffset.UtcNow;
        await PatchAsync(_admin, """{"spec":{"replicas":4}}""", PatchType.MergePatch);
        await _admin.AutoscalingV1.PatchNamespacedHorizontalPodAutoscalerStatusAsync(
            new V1Patch($$$"""{"status":{"currentReplicas":4,"desiredReplicas":4,"lastScaleTime":"{{{began:yyyy-MM-ddTHH:mm:ssZ}}}"}}""", PatchType.MergePatch), "checkout-api", _shop, cancellationToken: Ended);
        await UntilRolledOutAsync();
        WorkloadLook? seen = null;
        await UntilAsync(async () => (seen = await LookAsync()).Autoscaler!.Scalings is [{ To: 4 }, ..]);

        var raised = AutoscalerRule.Of(seen!, began)!;
        Assert.Equal((2, 4, 12, true), (raised.From, raised.Now, raised.Most, raised.IsCertain));
        Assert.InRange(raised.At, began.AddSeconds(-1), began);
        Assert.Equal("checkout-api", seen!.Autoscaler!.Name.Value);
    }

    [Fact]
    public async Task A_rollout_that_does_not_come_forward_says_so()
    {
        await PatchAsync(_admin, """{"spec":{"progressDeadlineSeconds":1,"template":{"spec":{"containers":[{"name":"app","image":"shop/never-ready:1"}]}}}}""", PatchType.StrategicMergePatch);
        await UntilAsync(deployment => Condition(deployment, "Progressing").Reason == "ProgressDeadlineExceeded" && deployment.Status.Replicas == 3); // on a busy machine a second is over before the new pod is counted

        var deployment = await DeploymentAsync();
        Assert.Equal(("False", "ProgressDeadlineExceeded"), Condition(deployment, "Progressing"));
        Assert.Equal((3, 1, 2, 1), (deployment.Status.Replicas, deployment.Status.UpdatedReplicas, deployment.Status.AvailableReplicas, deployment.Status.UnavailableReplicas));
        Assert.True((await LookAsync()).IsRollingOut);
    }

    /// <summary>Where no pod may be made there is none whose status could say why.</summary>
    [Fact]
    public async Task Why_no_pod_is_made_is_told_by_an_event()
    {
        var quota = new V1ResourceQuota { Metadata = new V1ObjectMeta { Name = "small" }, Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new("2") } } };
        await _admin.CoreV1.CreateNamespacedResourceQuotaAsync(quota, _shop, cancellationToken: Ended);
        await UntilAsync(async () => (await _admin.CoreV1.ReadNamespacedResourceQuotaAsync("small", _shop, cancellationToken: Ended)).Status?.Used?.ContainsKey("pods") is true);
        await PatchAsync(_admin, """{"spec":{"template":{"metadata":{"labels":{"release":"2"}}}}}""", PatchType.MergePatch);
        await UntilAsync(deployment => Condition(deployment, "ReplicaFailure") == ("True", "FailedCreate"));
        WorkloadLook? seen = null;
        await UntilAsync(async () => (seen = Assert.Single((await new WorkloadProbe(_clusters, TimeProvider.System).WatchAsync(ServiceWorkload.Of(Target), Ended)).Workloads)).Warnings.Count > 0);

        Assert.Equal((RolloutStage.Stuck, "No more pods can be made: the quota of the namespace is used up."), RolloutRule.Of(seen!) is var look ? (look.Stage, look.Why) : default);
        var warning = RolloutRule.WarningOf(seen!)!;
        Assert.Equal(("FailedCreate", true), (warning.Reason.Value, warning.Pod.IsEmpty));
        Assert.Matches(@"\AError creating: pods ""checkout-api-\S+"" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2\z", warning.Words.Value);
        Assert.InRange(warning.At, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));

        var others = await _bot.CoreV1.ListNamespacedEventAsync(_shop, fieldSelector: "involvedObject.kind=ReplicaSet,type=Normal", limit: 500, cancellationToken: Ended);
        Assert.NotEmpty(others.Items);
        Assert.All(others.Items, told => Assert.Equal("SuccessfulCreate", told.Reason));
    }

    [Theory]
    [InlineData(PatchType.JsonPatch, """[{"op":"add","path":"/spec/paused","value":true},{"op":"test","path":"/metadata/name","value":"checkout-api"}]""")]
    [InlineData(PatchType.MergePatch, """{"spec":{"paused":true}}""")]
    [InlineData(PatchType.StrategicMergePatch, """{"spec":{"paused":true}}""")]
    public async Task All_three_patches_can_be_tried_without_an_effect(PatchType type, string patch)
    {
        Assert.True((await PatchAsync(_bot, patch, type, dryRun: "All")).Spec.Paused);
        Assert.NotEqual(true, (await DeploymentAsync()).Spec.Paused);
    }

    /// <summary>Each with its code, its reason, and the words that the bot or a person goes by.</summary>
    [Theory]
    [InlineData(PatchType.JsonPatch, """[{"op":"test","path":"/metadata/uid","value":"another"}]""", 422, "Invalid", "the server rejected our request due to an error in our request")]
    [InlineData(PatchType.JsonPatch, """[{"op":"add","path":"/nowhere/at/all","value":1}]""", 422, "Invalid", "the server rejected our request due to an error in our request")]
    [InlineData(PatchType.JsonPatch, """{"op":"test"}""", 400, "BadRequest", "")]
    [InlineData(PatchType.MergePatch, """{"metadata":{"resourceVersion":"1"},"spec":{"paused":true}}""", 409, "Conflict", "Operation cannot be fulfilled on deployments.apps \"checkout-api\": the object has been modified; please apply your changes to the latest version and try again")]
    [InlineData(PatchType.MergePatch, """{"metadata":{"uid":"another"},"spec":{"paused":true}}""", 422, "Invalid", "Deployment.apps \"checkout-api\" is invalid: ")]
    [InlineData(PatchType.StrategicMergePatch, """{"spec":{"replicas":-1}}""", 422, "Invalid", "Deployment.apps \"checkout-api\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData(PatchType.StrategicMergePatch, """{"spec":{"selector":{"matchLabels":{"app":"other"}}}}""", 422, "Invalid", "Deployment.apps \"checkout-api\" is invalid: ")]
    public async Task A_patch_that_does_not_fit_is_refused(PatchType type, string patch, int code, string reason, string words)
    {
        var refused = await PracticeCluster.RefusedAsync(() => PatchAsync(_bot, patch, type));

        Assert.Equal((code, reason), (refused.Code, refused.Reason));
        Assert.StartsWith(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await DeploymentAsync()).Metadata.Generation);
    }

    [Fact]
    public async Task What_is_not_allowed_not_there_or_not_known_is_told_apart()
    {
        var secret = await PracticeCluster.RefusedAsync(() => _bot.CoreV1.ReadNamespacedSecretAsync("password", _shop, cancellationToken: Ended));
        Assert.Equal(
            (403, "Forbidden", $"secrets \"password\" is forbidden: User \"system:serviceaccount:chatbot:chatbot\" cannot get resource \"secrets\" in API group \"\" in the namespace \"{_shop}\""),
            (secret.Code, secret.Reason, secret.Message));
        var other = await PracticeCluster.RefusedAsync(() => _bot.AppsV1.ReadNamespacedDeploymentAsync("other", _shop, cancellationToken: Ended));
        Assert.Equal((403, "Forbidden"), (other.Code, other.Reason));
        var everywhere = await PracticeCluster.RefusedAsync(() => _bot.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: Ended));
        Assert.EndsWith("cannot list resource \"pods\" in API group \"\" at the cluster scope", everywhere.Message, StringComparison.Ordinal);

        var missing = await PracticeCluster.RefusedAsync(() => _admin.AppsV1.ReadNamespacedDeploymentAsync("nope", _shop, cancellationToken: Ended));
        Assert.Equal((404, "NotFound", "deployments.apps \"nope\" not found"), (missing.Code, missing.Reason, missing.Message));
        var twice = await PracticeCluster.RefusedAsync(() => _admin.AppsV1.CreateNamespacedDeploymentAsync(KubernetesYaml.Deserialize<V1Deployment>(Checkout), _shop, cancellationToken: Ended));
        Assert.Equal((409, "AlreadyExists", "deployments.apps \"checkout-api\" already exists"), (twice.Code, twice.Reason, twice.Message));

        using var stranger = ClientOf(_plane.StrangerKubeconfig);
        var unknown = await PracticeCluster.RefusedAsync(() => stranger.CoreV1.ListNamespacedPodAsync(_shop, cancellationToken: Ended));
        Assert.Equal((401, "Unauthorized", "Unauthorized"), (unknown.Code, unknown.Reason, unknown.Message));
    }

    [Theory]
    [InlineData("patch", "apps", "deployments", "", "checkout-api", true)]
    [InlineData("patch", "apps", "deployments", "scale", "checkout-api", true)]
    [InlineData("patch", "apps", "deployments", "", "other", false)]
    [InlineData("get", "", "pods", "log", "", true)]
    [InlineData("list", "", "events", "", "", true)]
    [InlineData("delete", "", "pods", "", "", false)]
    [InlineData("get", "", "secrets", "", "", false)]
    public async Task The_bot_may_ask_for_each_of_its_rights(string verb, string group, string resource, string sub, string name, bool isAllowed)
    {
        var attributes = new V1ResourceAttributes { Verb = verb, Group = group, Resource = resource, Subresource = sub, Name = name, NamespaceProperty = _shop };
        var review = await _bot.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(
            new V1SelfSubjectAccessReview { Spec = new V1SelfSubjectAccessReviewSpec { ResourceAttributes = attributes } }, cancellationToken: Ended);

        Assert.Equal(isAllowed, review.Status.Allowed);
        Assert.Equal(isAllowed ? $"RBAC: allowed by RoleBinding \"chatbot/{_shop}\" of Role \"chatbot\" to ServiceAccount \"chatbot/chatbot\"" : null, review.Status.Reason);
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        var first = await _bot.CoreV1.ListNamespacedPodAsync(_shop, limit: 1, cancellationToken: Ended);
        var second = await _bot.CoreV1.ListNamespacedPodAsync(_shop, limit: 1, continueParameter: first.Metadata.ContinueProperty, cancellationToken: Ended);

        Assert.Equal(1, first.Metadata.RemainingItemCount);
        Assert.Null(second.Metadata.ContinueProperty);
        Assert.NotEqual(Assert.Single(first.Items).Name(), Assert.Single(second.Items).Name());
    }

    private TargetOptions Target => ShopCluster.Target(new ServiceOptions { Namespace = _shop });

    private async Task<WorkloadLook> LookAsync() => Assert.Single((await new WorkloadProbe(_clusters, TimeProvider.System).LookAsync(Target, Ended)).Workloads);

    private async Task<SettingPin> SettingAsync()
    {
        var service = Assert.Single(ServiceWorkload.Of(Target));
        var cluster = await _clusters.OfAsync("");
        return (await PoolSizeProbe.FindAsync(cluster, service, await WorkloadObject.ReadAsync(cluster, service, Ended), Ended)).Pin!;
    }

    private Task<V1Deployment> DeploymentAsync() => _admin.AppsV1.ReadNamespacedDeploymentAsync("checkout-api", _shop, cancellationToken: Ended);

    private Task<V1Deployment> PatchAsync(k8s.Kubernetes by, string patch, PatchType type, string? dryRun = null) =>
        by.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(patch, type), "checkout-api", _shop, dryRun: dryRun, fieldManager: "chatbot", cancellationToken: Ended);

    private Task UntilRolledOutAsync() => UntilAsync(deployment =>
        deployment.Status.ObservedGeneration == deployment.Metadata.Generation
        && deployment.Status.Replicas == deployment.Spec.Replicas
        && deployment.Status.UpdatedReplicas == deployment.Spec.Replicas
        && deployment.Status.AvailableReplicas == deployment.Spec.Replicas
        && Condition(deployment, "Progressing").Reason == "NewReplicaSetAvailable",
        andPods: true);

    private async Task UntilAsync(Func<V1Deployment, bool> isSo, bool andPods = false)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var deployment = await DeploymentAsync();
            // A pod that is to end is there for a moment longer than the deployment counts it.
            if (isSo(deployment) && (!andPods || (await _admin.CoreV1.ListNamespacedPodAsync(_shop, cancellationToken: Ended)).Items.Count == deployment.Spec.Replicas))
            {
                return;
            }

            await pace.WaitForNextTickAsync(Ended);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await isSo())
        {
            await pace.WaitForNextTickAsync(Ended);
        }
    }

    private static (string? Status, string? Reason) Condition(V1Deployment deployment, string type) =>
        deployment.Status.Conditions?.FirstOrDefault(condition => condition.Type == type) is { } found ? (found.Status, found.Reason) : (null, null);

    private T In<T>(T one)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        one.Metadata.NamespaceProperty = _shop;
        return one;
    }

    private static k8s.Kubernetes ClientOf(string kubeconfig)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        return new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
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
              - { name: app, image: "shop/checkout:1", env: [{ name: DB_POOL, value: "10" }] }
        """;

    private const string Autoscaler =
        """
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
public sealed class SimulatorContractTests : ControlPlaneContract
{
    private protected override async Task<IControlPlane> PlaneAsync() => await SimulatedControlPlane.StartAsync();
}

/// <summary>Against the real control plane, in <c>tests/run deep</c>.</summary>
[Collection(RealControlPlanes.Name)]
public sealed class RealControlPlaneContractTests(RealControlPlaneFixture real) : ControlPlaneContract
{
    private protected override Task<IControlPlane> PlaneAsync() => real.PlaneAsync();
}

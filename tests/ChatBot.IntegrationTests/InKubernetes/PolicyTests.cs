using System.Text.Json;
using System.Text.RegularExpressions;
using Cel;
using ChatBot.IntegrationTests.KubernetesSimulation;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>The shipped policy's expressions, evaluated by somebody else's CEL engine, and the simulator's rule say the same.</summary>
public sealed partial class PolicyTests : IAsyncLifetime
{
    private const string Deployments =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: checkout-api, namespace: shop }
        spec: &spec
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              initContainers: [{ name: first, image: first:1, env: [{ name: DB_POOL, value: "10" }] }]
              containers:
              - { name: app, image: "shop:1", env: [{ name: DB_POOL, value: "10" }, { name: REGION, value: eu }] }
              - { name: side, image: "side:1", env: [{ name: DB_POOL, value: "10" }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: other, namespace: shop }
        spec: SPEC
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: checkout-api, namespace: test }
        spec: SPEC
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: all }
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: all }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all }
        subjects: [{ kind: ServiceAccount, name: chatbot, namespace: chatbot }]
        """;

    private static readonly string Policy = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifests", "policy.yaml"));

    private PracticeCluster _cluster = null!;
    private IKubernetes _bot = null!;

    /// <summary>All roles allow everything here: only the policy decides.</summary>
    public static TheoryData<string, string, string, bool> Changes => new()
    {
        { "shop", "checkout-api", """{"spec":{"template":{"metadata":{"annotations":{"chatbot.example/restart-approval":"p1"}}}}}""", true },
        { "test", "other-namespace", """{"spec":{"template":{"metadata":{"annotations":{"chatbot.example/restart-approval":"p1"}}}}}""", true },
        { "shop", "checkout-api", """{"spec":{"paused":true}}""", true },
        { "shop", "checkout-api", """{"metadata":{"annotations":{"chatbot.example/pause-approval":"p1"}}}""", true },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", true },
        { "shop", "other", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", false },
        { "test", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"side","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"initContainers":[{"name":"first","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"REGION","value":"us"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"EXTRA","value":"x"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL","$patch":"delete"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL","value":null}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"evil:1"}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","command":["sh"]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"more","image":"more:1"}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"evil:1","env":[{"name":"DB_POOL","value":"5"}]}]}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"hostNetwork":true}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"spec":{"serviceAccountName":"admin"}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"replicas":9}}""", false },
        { "shop", "checkout-api", """{"spec":{"strategy":{"rollingUpdate":{"maxSurge":5}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"minReadySeconds":5}}""", false },
        { "shop", "checkout-api", """{"spec":{"progressDeadlineSeconds":5}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"metadata":{"annotations":{"other":"p1"}}}}}""", false },
        { "shop", "checkout-api", """{"spec":{"template":{"metadata":{"labels":{"tier":"x"}}}}}""", false },
    };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var rule = AdmissionRule.Of(Policy);
        _cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions { AdmissionRules = [rule] }, manifest: null);
        var spec = Deployments[Deployments.IndexOf("  replicas", StringComparison.Ordinal)..Deployments.IndexOf("---", StringComparison.Ordinal)];
        _cluster.Cluster.Apply(Deployments.Replace(" &spec", "", StringComparison.Ordinal).Replace(" SPEC", "\n" + spec.TrimEnd(), StringComparison.Ordinal));
        _bot = _cluster.ClientOf(ClusterUser.ServiceAccount("chatbot", "chatbot"));
        Assert.Equal("system:serviceaccount:chatbot:chatbot", rule.User);
    }

    public async ValueTask DisposeAsync()
    {
        _bot.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task The_policy_and_the_simulator_allow_and_forbid_the_same(string @namespace, string name, string patch, bool isAllowed)
    {
        name = name == "other-namespace" ? "checkout-api" : name;
        var before = await _cluster.Admin.AppsV1.ReadNamespacedDeploymentAsync(name, @namespace, cancellationToken: Ended);
        var after = await PatchAsync(_cluster.Admin);
        Assert.NotEqual(KubernetesJson.Serialize(Bare(before)), KubernetesJson.Serialize(Bare(after)));

        Assert.Equal(isAllowed ? [] : [(false, "Forbidden")], Denials(before, after).Take(1));

        if (isAllowed)
        {
            await PatchAsync(_bot);
        }
        else
        {
            var status = await PracticeCluster.RefusedAsync(() => PatchAsync(_bot));
            Assert.Equal(403, status.Code);
            Assert.EndsWith($"denied request: {Messages(before, after).First()}", status.Message, StringComparison.Ordinal);
        }

        Task<V1Deployment> PatchAsync(IKubernetes by) => by.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(patch, PatchType.StrategicMergePatch), name, @namespace, dryRun: "All", cancellationToken: Ended);
    }

    private static V1Deployment Bare(V1Deployment one) => new() { Metadata = new V1ObjectMeta { Annotations = one.Metadata.Annotations }, Spec = one.Spec };

    private static IEnumerable<(bool, string)> Denials(V1Deployment before, V1Deployment after) => Evaluate(before, after).Where(one => !one.Holds).Select(one => (false, one.Reason));

    private static IEnumerable<string> Messages(V1Deployment before, V1Deployment after) => Evaluate(before, after).Where(one => !one.Holds).Select(one => one.Message);

    /// <summary>As the API server does it: the variables in order, then each validation.</summary>
    private static IEnumerable<(bool Holds, string Reason, string Message)> Evaluate(V1Deployment before, V1Deployment after)
    {
        var policy = KubernetesYaml.LoadAllFromString(Policy).OfType<V1ValidatingAdmissionPolicy>().Single().Spec;
        var cel = new CelEnvironment([], "");
        var variables = new Dictionary<string, object?>();
        var all = new Dictionary<string, object?>
        {
            ["oldObject"] = ToCel(before),
            ["object"] = ToCel(after),
            ["request"] = new Dictionary<string, object?>
            {
                ["operation"] = "UPDATE",
                ["userInfo"] = new Dictionary<string, object?> { ["username"] = "system:serviceaccount:chatbot:chatbot" },
            },
            ["variables"] = variables,
        };
        Assert.All(policy.MatchConditions, condition => Assert.Equal(true, cel.Program(condition.Expression, all)));
        foreach (var variable in policy.Variables)
        {
            variables[variable.Name] = cel.Program(WithoutOptionals(variable.Expression), all);
        }

        return policy.Validations.Select(validation => ((bool)cel.Program(WithoutOptionals(validation.Expression), all)!, validation.Reason, validation.Message));
    }

    /// <summary>
    /// The engine has no optional fields (<c>a.?b</c>), which Kubernetes has: one that is there becomes a list of it, one that isn't an empty list.
    /// </summary>
    private static string WithoutOptionals(string expression) => Optional().Replace(
        OptionalOr().Replace(expression, "(has(${of}.${field}) ? ${of}.${field} : ${otherwise})"),
        "(has(${of}.${field}) ? [${of}.${field}] : [])");

    private static object? ToCel(V1Deployment deployment) => ToCel(JsonDocument.Parse(KubernetesJson.Serialize(deployment)).RootElement);

    private static object? ToCel(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(property => property.Name, property => ToCel(property.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(ToCel).ToArray(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetInt64(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    [GeneratedRegex(@"(?<of>[A-Za-z][\w.]*)\.\?(?<field>\w+)\.orValue\((?<otherwise>\{\}|\[\])\)")]
    private static partial Regex OptionalOr();

    [GeneratedRegex(@"(?<of>[A-Za-z][\w.]*)\.\?(?<field>\w+)")]
    private static partial Regex Optional();
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>Who may do what: tokens, roles, and the rule on the bot's account.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Roles =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: chatbot, namespace: default }
        rules:
        - { apiGroups: [apps], resources: [deployments], resourceNames: [shop], verbs: [get, list, watch, patch] }
        - { apiGroups: [""], resources: [pods, pods/log], verbs: [get, list] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: chatbot, namespace: default }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: chatbot }
        subjects:
        - { kind: ServiceAccount, name: chatbot, namespace: tools }
        """;

    private static readonly ClusterUser Bot = ClusterUser.ServiceAccount("tools", "chatbot");

    private PracticeCluster _cluster = null!;
    private IKubernetes _bot = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PracticeCluster.StartAsync(new KubernetesSimulatorOptions
        {
            AdmissionRules =
            [
                new AdmissionRule
                {
                    User = Bot.Name,
                    Annotations = new HashSet<string> { "chatbot/restart" },
                    PoolSizes = new HashSet<string> { "default/shop/web/DB_POOL_SIZE" },
                },
            ],
        });
        _cluster.Cluster.Apply(Roles);
        _bot = _cluster.ClientOf(Bot);
    }

    public async ValueTask DisposeAsync()
    {
        _bot.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task What_no_role_allows_is_forbidden_and_the_answer_names_it()
    {
        Assert.Equal("shop", (await _bot.AppsV1.ReadNamespacedDeploymentAsync("shop", "default", cancellationToken: Ended)).Name());

        var secret = await PracticeCluster.RefusedAsync(() => _bot.CoreV1.ReadNamespacedSecretAsync("password", "default", cancellationToken: Ended));
        Assert.Equal((403, "Forbidden"), (secret.Code, secret.Reason));
        Assert.Equal(
            "secrets \"password\" is forbidden: User \"system:serviceaccount:tools:chatbot\" cannot get resource \"secrets\" in API group \"\" in the namespace \"default\"",
            secret.Message);

        var all = await PracticeCluster.RefusedAsync(() => _bot.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: Ended));
        Assert.EndsWith("cannot list resource \"deployments\" in API group \"apps\" at the cluster scope", all.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_one_named_object_needs_only_the_right_to_that_one()
    {
        var named = await _bot.AppsV1.ListNamespacedDeploymentAsync("default", fieldSelector: "metadata.name=shop", cancellationToken: Ended);
        Assert.Single(named.Items);
        Assert.Equal(403, (await PracticeCluster.RefusedAsync(() => _bot.AppsV1.ListNamespacedDeploymentAsync("default", cancellationToken: Ended))).Code);
    }

    [Theory]
    [InlineData("patch", "apps", "deployments", "", "shop", true)]
    [InlineData("patch", "apps", "deployments", "", "other", false)]
    [InlineData("patch", "apps", "deployments", "scale", "shop", false)]
    [InlineData("get", "", "pods", "log", "", true)]
    [InlineData("get", "", "secrets", "", "", false)]
    public async Task Everybody_may_ask_what_he_may_do(string verb, string group, string resource, string sub, string name, bool isAllowed)
    {
        var review = await _bot.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(
            new V1SelfSubjectAccessReview
            {
                Spec = new V1SelfSubjectAccessReviewSpec
                {
                    ResourceAttributes = new V1ResourceAttributes
                    {
                        Verb = verb,
                        Group = group,
                        Resource = resource,
                        Subresource = sub,
                        Name = name,
                        NamespaceProperty = "default",
                    },
                },
            },
            cancellationToken: Ended);

        Assert.Equal(isAllowed, review.Status.Allowed);
        Assert.Equal(
            isAllowed ? "RBAC: allowed by RoleBinding \"chatbot/default\" of Role \"chatbot\" to ServiceAccount \"chatbot/tools\"" : null,
            review.Status.Reason);
    }

    [Theory]
    [InlineData("""{"spec":{"template":{"metadata":{"annotations":{"chatbot/restart":"p1"}}}}}""")]
    [InlineData("""{"spec":{"paused":true}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"DB_POOL_SIZE","value":"5"}]}]}}}}""")]
    [InlineData("""{"metadata":{"annotations":{"chatbot/plan":"p1"}}}""")]
    public async Task The_bot_may_change_what_its_rule_names(string patch) =>
        await _cluster.PatchShopAsync(patch, PatchType.StrategicMergePatch, dryRun: "All", by: _bot);

    [Theory]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"evil:1"}]}}}}""")]
    [InlineData("""{"spec":{"replicas":9}}""")]
    [InlineData("""{"spec":{"template":{"metadata":{"annotations":{"other":"p1"}}}}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"REGION","value":"us"}]}]}}}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"EXTRA","value":"x"}]}]}}}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"side","env":[{"name":"DB_POOL_SIZE","value":"5"}]}]}}}}""")]
    [InlineData("""{"spec":{"strategy":{"rollingUpdate":{"maxSurge":5}}}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"DB_POOL_SIZE","$patch":"delete"}]}]}}}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"DB_POOL_SIZE","value":null}]}]}}}}""")]
    [InlineData("""{"spec":{"template":{"metadata":{"labels":{"tier":"x"}}}}}""")]
    public async Task The_bot_may_change_nothing_else_not_even_as_a_dry_run(string patch)
    {
        var status = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync(patch, PatchType.StrategicMergePatch, dryRun: "All", by: _bot));

        Assert.Equal((403, "Forbidden"), (status.Code, status.Reason));
        Assert.StartsWith(
            "deployments.apps \"shop\" is forbidden: ValidatingAdmissionPolicy 'chatbot' with binding 'chatbot' denied request: ",
            status.Message,
            StringComparison.Ordinal);
        await _cluster.PatchShopAsync(patch, PatchType.StrategicMergePatch, dryRun: "All"); // anybody else may
    }

    [Fact]
    public async Task A_token_that_was_replaced_is_good_no_more()
    {
        _cluster.Simulator.Tokens.Rotate(Bot);

        var status = await PracticeCluster.RefusedAsync(() => _bot.AppsV1.ReadNamespacedDeploymentAsync("shop", "default", cancellationToken: Ended));

        Assert.Equal((401, "Unauthorized", "Unauthorized"), (status.Code, status.Reason, status.Message));
    }

    [Fact]
    public async Task Without_a_token_one_is_nobody_and_the_certificate_has_to_be_known()
    {
        var url = new Uri(_cluster.Simulator.ApiUrl, "/apis/apps/v1/namespaces/default/deployments");
        using var careful = new HttpClient();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => careful.GetAsync(url, Ended));
        Assert.Equal(HttpRequestError.SecureConnectionError, refused.HttpRequestError);

        using var authority = X509Certificate2.CreateFromPem(_cluster.Simulator.CertificateAuthorityPem);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(authority);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = trust;
        using var told = new HttpClient(handler);
        var answer = await told.GetAsync(url, Ended);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("User \\u0022system:anonymous\\u0022 cannot list", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }
}

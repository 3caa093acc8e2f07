using ChatBot.Incidents;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>The doctor asks the cluster for each right, and prints the rule that is missing.</summary>
public sealed class KubernetesDoctorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_is_well_with_the_rights_that_the_bot_ships_with()
    {
        await using var shop = await ShopCluster.StartAsync();

        Assert.Equal(
            [
                (ClusterFindingLevel.Works, "The bot sees pods, owners, logs, events and autoscalers in namespace shop."),
                (ClusterFindingLevel.Works, "The cluster refuses other changes of deployment checkout-api than the bot's own."),
            ],
            (await CheckAsync(shop)).Select(finding => (finding.Level, finding.Words)));
        Assert.Empty(shop.BotsChanges);
    }

    [Theory]
    [InlineData("pods/log", "The bot may not get pods/log in namespace shop. Add to its Role:", "- { apiGroups: [\"\"], resources: [\"pods/log\"], verbs: [\"get\"] }")]
    [InlineData("events", "The bot may not list events in namespace shop. Add to its Role:", "- { apiGroups: [\"\"], resources: [\"events\"], verbs: [\"list\"] }")]
    [InlineData("replicasets", "The bot may not list replicasets in namespace shop. Add to its Role:", "- { apiGroups: [\"apps\"], resources: [\"replicasets\"], verbs: [\"list\"] }")]
    public async Task A_missing_right_comes_with_its_rule(string resource, string words, string rule)
    {
        await using var shop = await ShopCluster.StartAsync();
        ChangeRole(shop, rules => rules.Remove(rules.Single(one => one!["resources"]!.AsArray().Any(name => name!.GetValue<string>() == resource))));

        var finding = Assert.Single(await CheckAsync(shop), finding => finding.Level is ClusterFindingLevel.Missing);

        Assert.Equal((words, rule), (finding.Words, finding.Rule));
    }

    [Fact]
    public async Task Where_nothing_is_changed_rights_to_change_are_advice()
    {
        await using var shop = await ShopCluster.StartAsync();
        ChangeRole(shop, rules => rules.Remove(rules.Single(one => one!["verbs"]!.AsArray().Any(verb => verb!.GetValue<string>() == "patch"))));

        var acting = await CheckAsync(shop);
        var watching = await CheckAsync(shop, TargetMode.Observe);

        Assert.Equal(2, acting.Count(finding => finding.Level is ClusterFindingLevel.Missing));
        Assert.Equal(0, watching.Count(finding => finding.Level is ClusterFindingLevel.Missing));
        Assert.Contains(watching, finding => finding.Words.StartsWith("Not needed while the target's Mode is Observe:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rights_that_nobody_needs_are_to_be_taken_away()
    {
        await using var shop = await ShopCluster.StartAsync(fenced: false);
        ChangeRole(shop, rules => rules.Add(System.Text.Json.Nodes.JsonNode.Parse("""{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }""")));

        var findings = await CheckAsync(shop);

        Assert.Contains(findings, finding => finding.Words == "The bot may read Secrets in namespace shop, and never does. Take that right away.");
        Assert.Contains(findings, finding => finding is { Level: ClusterFindingLevel.Missing } && finding.Words.EndsWith("Apply manifests/kubernetes/policy.yaml.", StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<ClusterFinding>> CheckAsync(ShopCluster shop, TargetMode mode = TargetMode.Act) =>
        new KubernetesDoctor(shop.Clusters, new KubernetesFence(shop.Clusters, TimeProvider.System)).CheckAsync(ShopCluster.Target() with { Mode = mode }, Stop);

    private static void ChangeRole(ShopCluster shop, Action<System.Text.Json.Nodes.JsonArray> change) =>
        shop.Simulator.Cluster.Change(ResourceCatalog.OfKind("rbac.authorization.k8s.io/v1", "Role")!, "shop", "chatbot", role => change(role["rules"]!.AsArray()));
}

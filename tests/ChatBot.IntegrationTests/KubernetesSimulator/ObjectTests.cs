using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>Objects as the C# client sees them: identity, versions, conflicts, refusals.</summary>
public sealed class ObjectTests : IAsyncLifetime
{
    private PracticeCluster _cluster = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await PracticeCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task An_object_that_is_made_again_under_its_name_is_another_one()
    {
        var first = await _cluster.ShopAsync();
        await _cluster.Admin.AppsV1.DeleteNamespacedDeploymentAsync("shop", "default", cancellationToken: Ended);
        _cluster.Cluster.Apply(PracticeCluster.Shop);
        var second = await _cluster.ShopAsync();

        Assert.NotEqual(first.Uid(), second.Uid());
        Assert.Equal(1, second.Metadata.Generation);
        Assert.True(long.Parse(second.ResourceVersion(), null) > long.Parse(first.ResourceVersion(), null));
    }

    [Fact]
    public async Task Only_a_change_of_the_spec_counts_as_a_generation_and_no_change_counts_as_nothing()
    {
        var before = await _cluster.ShopAsync();
        var noted = await _cluster.PatchShopAsync("""{"metadata":{"annotations":{"note":"a"}}}""", PatchType.MergePatch);
        Assert.Equal(before.Metadata.Generation, noted.Metadata.Generation);
        Assert.NotEqual(before.ResourceVersion(), noted.ResourceVersion());

        var same = await _cluster.PatchShopAsync("""{"metadata":{"annotations":{"note":"a"}}}""", PatchType.MergePatch);
        Assert.Equal(noted.ResourceVersion(), same.ResourceVersion());

        var changed = await _cluster.PatchShopAsync("""{"spec":{"minReadySeconds":1}}""", PatchType.MergePatch);
        Assert.Equal(before.Metadata.Generation + 1, changed.Metadata.Generation);
    }

    [Fact]
    public async Task A_change_of_an_older_version_is_a_conflict()
    {
        var old = (await _cluster.ShopAsync()).ResourceVersion();
        await _cluster.PatchShopAsync("""{"metadata":{"annotations":{"note":"a"}}}""", PatchType.MergePatch);

        var status = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync(
            $$$$"""{"metadata":{"resourceVersion":"{{{{old}}}}","annotations":{"note":"b"}}}""", PatchType.MergePatch));

        Assert.Equal((409, "Conflict"), (status.Code, status.Reason));
        Assert.Equal(
            "Operation cannot be fulfilled on deployments.apps \"shop\": the object has been modified; please apply your changes to the latest version and try again",
            status.Message);
        Assert.Equal("a", (await _cluster.ShopAsync()).GetAnnotation("note"));
    }

    [Fact]
    public async Task A_json_patch_whose_test_fails_changes_nothing_and_is_invalid()
    {
        var shop = await _cluster.ShopAsync();
        string Patch(long generation) =>
            $$$"""
            [{"op":"test","path":"/metadata/uid","value":"{{{shop.Uid()}}}"},
             {"op":"test","path":"/metadata/generation","value":{{{generation}}}},
             {"op":"add","path":"/spec/template/metadata/annotations","value":{"chatbot/restart":"p1"}}]
            """;

        var status = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync(Patch(shop.Metadata.Generation.GetValueOrDefault() + 1), PatchType.JsonPatch));
        Assert.Equal((422, "Invalid"), (status.Code, status.Reason));
        Assert.Equal("the server rejected our request due to an error in our request", status.Message);
        Assert.Equal(shop.ResourceVersion(), (await _cluster.ShopAsync()).ResourceVersion());

        var restarted = await _cluster.PatchShopAsync(Patch(shop.Metadata.Generation.GetValueOrDefault()), PatchType.JsonPatch);
        Assert.Equal("p1", restarted.Spec.Template.Metadata.Annotations["chatbot/restart"]);
    }

    [Fact]
    public async Task An_annotation_cannot_be_added_to_a_map_that_is_not_there()
    {
        var status = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync(
            """[{"op":"add","path":"/spec/template/metadata/annotations/note","value":"a"}]""", PatchType.JsonPatch));

        Assert.Equal(422, status.Code);
    }

    [Fact]
    public async Task A_strategic_patch_merges_containers_and_variables_by_name()
    {
        var patched = await _cluster.PatchShopAsync(
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"DB_POOL_SIZE","value":"20"},{"name":"REGION","$patch":"delete"}]}]}}}}""",
            PatchType.StrategicMergePatch);

        Assert.Equal(["web", "side"], patched.Spec.Template.Spec.Containers.Select(container => container.Name));
        var variable = Assert.Single(patched.Spec.Template.Spec.Containers[0].Env);
        Assert.Equal(("DB_POOL_SIZE", "20"), (variable.Name, variable.Value));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_changes_nothing()
    {
        var before = await _cluster.ShopAsync();
        var answer = await _cluster.PatchShopAsync("""{"spec":{"paused":true}}""", PatchType.MergePatch, dryRun: "All");

        Assert.True(answer.Spec.Paused);
        Assert.Equal(before.ResourceVersion(), (await _cluster.ShopAsync()).ResourceVersion());
        Assert.True(_cluster.Simulator.Ledger.Calls.Single(call => call.Verb == "patch").IsDryRun);
        Assert.Empty(_cluster.Simulator.Ledger.Changes);
    }

    [Fact]
    public async Task Whoever_changes_a_field_last_owns_it()
    {
        await _cluster.PatchShopAsync("""{"spec":{"replicas":3}}""", PatchType.MergePatch);
        var owners = (await _cluster.ShopAsync()).Metadata.ManagedFields.Where(entry => entry.Subresource is null).ToList();

        var replicas = owners.Single(entry => entry.FieldsV1.ToString()!.Contains("f:replicas", StringComparison.Ordinal));
        Assert.Equal(("tester", "Update"), (replicas.Manager, replicas.Operation));
        var first = owners.Single(entry => entry.Manager == "kubectl-client-side-apply").FieldsV1.ToString()!;
        Assert.Contains("""k:{\"name\":\"DB_POOL_SIZE\"}""", first.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_or_makes_no_sense_is_refused_in_the_words_of_the_real_api()
    {
        var missing = await PracticeCluster.RefusedAsync(() =>
            _cluster.Admin.AppsV1.ReadNamespacedDeploymentAsync("nope", "default", cancellationToken: Ended));
        Assert.Equal((404, "NotFound", "deployments.apps \"nope\" not found"), (missing.Code, missing.Reason, missing.Message));
        Assert.Equal(("nope", "apps", "deployments"), (missing.Details.Name, missing.Details.Group, missing.Details.Kind));

        var twice = await PracticeCluster.RefusedAsync(async () => await _cluster.Admin.AppsV1.CreateNamespacedDeploymentAsync(
            Plain(await _cluster.ShopAsync()), "default", cancellationToken: Ended));
        Assert.Equal((409, "AlreadyExists"), (twice.Code, twice.Reason));

        var invalid = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync("""{"spec":{"replicas":-1}}""", PatchType.MergePatch));
        Assert.Equal(422, invalid.Code);
        Assert.Equal(
            "Deployment.apps \"shop\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0", invalid.Message);
        Assert.Equal("spec.replicas", Assert.Single(invalid.Details.Causes).Field);

        var strange = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync("""{"spec":{"replicas":"many"}}""", PatchType.MergePatch));
        Assert.Equal(422, strange.Code);
        Assert.Contains("cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32", strange.Message, StringComparison.Ordinal);

        var applied = await PracticeCluster.RefusedAsync(() => _cluster.PatchShopAsync("{}", PatchType.ApplyPatch));
        Assert.Equal((415, "UnsupportedMediaType"), (applied.Code, applied.Reason));
    }

    [Fact]
    public async Task A_list_comes_in_pages_and_its_items_do_not_say_what_they_are()
    {
        for (var i = 0; i < 5; i++)
        {
            _cluster.Cluster.Apply($"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c{i}, labels: {{odd: '{i % 2}'}}}}, data: {{a: b}}}}");
        }

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await _cluster.Admin.CoreV1.ListNamespacedConfigMapAsync("default", limit: 2, continueParameter: next, cancellationToken: Ended);
            Assert.All(page.Items, item => Assert.Null(item.Kind));
            names.AddRange(page.Items.Select(item => item.Name()));
            next = page.Continue();
        }
        while (!string.IsNullOrEmpty(next));

        Assert.Equal(["c0", "c1", "c2", "c3", "c4"], names);
        var odd = await _cluster.Admin.CoreV1.ListNamespacedConfigMapAsync("default", labelSelector: "odd in (1),odd!=2", cancellationToken: Ended);
        Assert.Equal(["c1", "c3"], odd.Items.Select(item => item.Name()));
    }

    [Fact]
    public async Task The_replicas_have_an_object_of_their_own()
    {
        var scaled = await _cluster.Admin.AppsV1.PatchNamespacedDeploymentScaleAsync(
            new V1Patch("""{"spec":{"replicas":4}}""", PatchType.MergePatch), "shop", "default", cancellationToken: Ended);

        Assert.Equal((4, "app=shop"), (scaled.Spec.Replicas, scaled.Status.Selector));
        Assert.Equal(4, (await _cluster.ShopAsync()).Spec.Replicas);
        var change = Assert.Single(_cluster.Simulator.Ledger.Changes);
        Assert.Equal(("patch", "deployments/scale", "shop", """{"spec":{"replicas":4}}"""), (change.Verb, change.Resource, change.Name, change.Body));
        Assert.NotEqual(change.VersionBefore, change.VersionAfter);
    }

    private static V1Deployment Plain(V1Deployment of) => new()
    {
        Metadata = new V1ObjectMeta { Name = of.Name() },
        Spec = of.Spec,
    };
}

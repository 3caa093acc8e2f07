using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Kubernetes;
using k8s.Models;

namespace ChatBot.Tests.Kubernetes;

/// <summary>Before a change: whether it may be sent. Afterwards: what became of it. Both as the object shows.</summary>
public sealed class ChangeVerdictTests
{
    private const string Plan = "0197a000000070008000000000000001";
    private const string OtherPlan = "0197a000000070008000000000000002";

    private static readonly WorkloadPin Pin = new("", "shop", WorkloadKind.Deployment, "checkout-api", "uid-1", 7);

    [Fact]
    public void A_deployment_as_approved_is_restarted() => Assert.Null(new Restart(Pin, Plan).WhyNot(Templates(Deployment())));

    [Fact]
    public void Nothing_is_restarted_that_is_not_what_was_approved()
    {
        var restart = new Restart(Pin, Plan);

        Assert.Equal(Outcome.Superseded, restart.WhyNot(null)!.Outcome);
        Assert.Equal(Outcome.Superseded, restart.WhyNot(Templates(Deployment(uid: "uid-2")))!.Outcome);
        Assert.Equal(Outcome.Drift, restart.WhyNot(Templates(Deployment(generation: 8)))!.Outcome);
        Assert.Equal(Outcome.NotApplied, restart.WhyNot(Templates(Deployment(paused: true)))!.Outcome);
        Assert.Equal(Outcome.NotApplied, restart.WhyNot(Templates(Deployment(updated: 2)))!.Outcome);
        Assert.Equal(Outcome.NotApplied, restart.WhyNot(Templates(Deployment(observed: 6)))!.Outcome);
    }

    [Fact]
    public void Pods_that_are_not_ready_are_no_rollout() =>
        Assert.Null(new Restart(Pin, Plan).WhyNot(Templates(Deployment(ready: 0))));

    [Fact]
    public void A_restart_shows_in_the_template_or_in_any_ReplicaSet_of_the_deployment()
    {
        var restart = new Restart(Pin, Plan);

        Assert.Equal(Outcome.Applied, restart.Became(Templates(Deployment(generation: 8, restart: Plan))).Outcome);

        // Somebody restarted once more, and ours is history: writing it anew would restart again.
        var history = Templates(Deployment(generation: 9, restart: OtherPlan), OtherPlan, Plan);
        Assert.Equal(Outcome.Applied, restart.Became(history).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, restart.WhyNot(history)!.Outcome);
    }

    [Fact]
    public void Without_a_sign_of_it_only_an_untouched_deployment_proves_that_it_did_not_happen()
    {
        var restart = new Restart(Pin, Plan);

        Assert.Equal(Outcome.NotApplied, restart.Became(Templates(Deployment())).Outcome);
        Assert.Equal(Outcome.Superseded, restart.Became(Templates(Deployment(generation: 8))).Outcome);
        Assert.Equal(Outcome.Superseded, restart.Became(Templates(Deployment(uid: "uid-2"))).Outcome);
        Assert.Equal(Outcome.Superseded, restart.Became(null).Outcome);
    }

    /// <summary>The ReplicaSet that bears the plan may be one of those that were not read.</summary>
    [Fact]
    public async Task Where_not_all_ReplicaSets_were_read_nobody_says_that_it_did_not_happen()
    {
        var restart = new Restart(Pin, Plan);
        var moved = Templates(Deployment(generation: 8)) with { IsCut = true };
        Assert.Equal(Outcome.Ambiguous, restart.Became(moved).Outcome);
        Assert.Equal(Outcome.Ambiguous, restart.WhyNot(moved)!.Outcome);
        Assert.Equal(Outcome.Applied, restart.Became(Templates(Deployment(generation: 9, restart: OtherPlan), Plan) with { IsCut = true }).Outcome); // it was among them

        // Untouched since: nothing can have begun.
        var untouched = Templates(Deployment()) with { IsCut = true };
        Assert.Null(restart.WhyNot(untouched));
        Assert.Equal(Outcome.NotApplied, restart.Became(untouched).Outcome);

        await using var api = await ScriptedApi.StartAsync();
        api.Answers["GET /apis/apps/v1/namespaces/shop/deployments/checkout-api"] = ScriptedApi.Json(200, """{"metadata":{"name":"checkout-api","uid":"uid-1","generation":8},"spec":{"template":{}}}""");
        api.Answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = ScriptedApi.Json(200, $$"""{"metadata":{"continue":"more"},"items":[{{string.Join(',', Enumerable.Repeat("""{"metadata":{"name":"rs"}}""", 500))}}]}""");
        var seen = await new DeploymentRestarter(new ClusterChanges(api.Clusters(), TimeProvider.System)).ObserveAsync(Pin, Plan, TestContext.Current.CancellationToken);
        Assert.Equal(
            (Outcome.Ambiguous, "Deployment checkout-api was changed since the plan was drawn up, and whether by this restart can't be told: namespace shop has more than 2000 ReplicaSets, and the others were not looked at. See kubectl rollout history deployment/checkout-api -n shop."),
            (seen.Outcome, seen.Detail));
    }

    [Fact]
    public void A_pause_is_told_from_somebody_elses()
    {
        var pausing = new Pausing(Pin, Plan, pause: true);

        Assert.Null(pausing.WhyNot(Deployment(updated: 1))); // under way: that is what it is for
        Assert.Equal(Outcome.AlreadySatisfied, pausing.WhyNot(Deployment(paused: true))!.Outcome);
        Assert.Equal(Outcome.Applied, pausing.Became(Deployment(paused: true, generation: 8, mark: (Marks.Pause, Plan))).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, pausing.Became(Deployment(paused: true, generation: 8, mark: (Marks.Pause, OtherPlan))).Outcome);
        Assert.Equal(Outcome.Superseded, pausing.Became(Deployment(generation: 9, mark: (Marks.Pause, Plan))).Outcome);
        Assert.Equal(Outcome.NotApplied, pausing.Became(Deployment()).Outcome);
    }

    [Fact]
    public void A_scale_is_ours_when_the_field_says_so()
    {
        var scaling = new Scaling(Pin, 3, 1);
        var ours = Deployment(generation: 8, replicas: 1);
        ours.Metadata.ManagedFields = [new V1ManagedFieldsEntry { Manager = Marks.Manager, FieldsV1 = System.Text.Json.JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["f:spec"] = new Dictionary<string, object> { ["f:replicas"] = new object() } }) }];

        Assert.Null(scaling.WhyNot(Deployment()));
        Assert.Equal(Outcome.AlreadySatisfied, scaling.WhyNot(Deployment(replicas: 1))!.Outcome);
        Assert.Equal(Outcome.Applied, scaling.Became(ours).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, scaling.Became(Deployment(generation: 8, replicas: 1)).Outcome);
        Assert.Equal(Outcome.Superseded, scaling.Became(Deployment(generation: 8, replicas: 2)).Outcome);
        Assert.Equal(Outcome.NotApplied, scaling.Became(Deployment()).Outcome);
    }

    [Theory]
    [InlineData("20", true, false, Outcome.Applied)]
    [InlineData("20", false, false, Outcome.AlreadySatisfied)]
    [InlineData("10", false, true, Outcome.NotApplied)]
    [InlineData("10", false, false, Outcome.Superseded)] // changed, and back?
    [InlineData("10", true, true, Outcome.Superseded)] // somebody took ours back
    [InlineData("15", true, false, Outcome.Superseded)]
    [InlineData("15", false, true, Outcome.Superseded)]
    [InlineData(null, false, false, Outcome.Superseded)]
    public void A_pool_size_of_somebody_elses_is_never_taken_for_ours(string? value, bool isMarked, bool isUntouched, Outcome outcome) =>
        Assert.Equal(outcome, new PoolSizeChange(Setting("10"), 10, 20, Plan).Became(value, isMarked, isUntouched).Outcome);

    [Fact]
    public void A_pool_size_in_a_deployment_is_set_only_where_it_is_as_approved()
    {
        var change = new PoolSizeInDeployment(new PoolSizeChange(Setting("10"), 10, 20, Plan));

        Assert.Null(change.WhyNot(Deployment(pool: "10", generation: 8))); // another part of it is none of ours
        Assert.Equal(Outcome.AlreadySatisfied, change.WhyNot(Deployment(pool: "20"))!.Outcome);
        Assert.Equal(Outcome.Drift, change.WhyNot(Deployment(pool: "15"))!.Outcome);
        Assert.Equal(Outcome.Drift, change.WhyNot(Deployment())!.Outcome);
        Assert.Equal(Outcome.NotApplied, change.WhyNot(Deployment(pool: "10", updated: 1))!.Outcome);
        Assert.Equal(Outcome.Superseded, change.WhyNot(Deployment(pool: "10", uid: "uid-2"))!.Outcome);
        Assert.Equal(Outcome.Superseded, change.WhyNot(null)!.Outcome);
        Assert.Equal(Outcome.Superseded, change.Became(Deployment(pool: "10", mark: (Marks.PoolSize, Plan))).Outcome);
    }

    [Fact]
    public void A_pool_size_in_a_ConfigMap_is_set_only_in_the_version_that_was_read()
    {
        var change = new PoolSizeInConfigMap(new PoolSizeChange(
            new SettingPin("", "shop", SettingHolder.ConfigMap, "settings", "map-1", "41", "", "url", "pool", PoolValue.HashOf("postgres://db/shop?pool=10")), 10, 20, Plan));

        Assert.Null(change.WhyNot(Map("postgres://db/shop?pool=10")));
        Assert.Equal(Outcome.AlreadySatisfied, change.WhyNot(Map("postgres://db/shop?pool=20"))!.Outcome);
        Assert.Equal(Outcome.Drift, change.WhyNot(Map("postgres://db/shop?pool=10", version: "42"))!.Outcome);
        Assert.Equal(Outcome.Drift, change.WhyNot(Map("postgres://other/shop?pool=10"))!.Outcome);
        Assert.Equal(Outcome.Superseded, change.WhyNot(Map("postgres://db/shop?pool=10", uid: "map-2"))!.Outcome);
        Assert.Equal(Outcome.Superseded, change.WhyNot(null)!.Outcome);
        Assert.Equal(Outcome.Drift, change.WhyNot(Map("postgres://db/shop"))!.Outcome);
    }

    private static SettingPin Setting(string value) =>
        new("", "shop", SettingHolder.Deployment, "checkout-api", "uid-1", "100", "app", "DB_POOL", "", PoolValue.HashOf(value));

    private static V1ConfigMap Map(string url, string uid = "map-1", string version = "41") =>
        new() { Metadata = new V1ObjectMeta { Name = "settings", Uid = uid, ResourceVersion = version }, Data = new Dictionary<string, string> { ["url"] = url } };

    private static DeploymentTemplates Templates(V1Deployment deployment, params string[] restarts) => new(
        deployment,
        [.. restarts.Select(plan => new V1ReplicaSet { Metadata = new V1ObjectMeta(), Spec = new V1ReplicaSetSpec { Template = Template(plan, null) } })]);

    private static V1Deployment Deployment(
        string uid = "uid-1", long generation = 7, bool paused = false, int replicas = 3, int? updated = null, int? ready = null, long? observed = null, string? restart = null, string? pool = null, (string Key, string Value)? mark = null) => new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = "checkout-api",
                Uid = uid,
                Generation = generation,
                ResourceVersion = "100",
                Annotations = mark is var (key, value) ? new Dictionary<string, string> { [key] = value } : null,
            },
            Spec = new V1DeploymentSpec { Replicas = replicas, Paused = paused ? true : null, Template = Template(restart, pool) },
            Status = new V1DeploymentStatus { ObservedGeneration = observed ?? generation, Replicas = replicas, UpdatedReplicas = updated ?? replicas, ReadyReplicas = ready ?? replicas, AvailableReplicas = ready ?? replicas },
        };

    private static V1PodTemplateSpec Template(string? restart, string? pool) => new()
    {
        Metadata = new V1ObjectMeta { Annotations = restart is null ? null : new Dictionary<string, string> { [Marks.Restart] = restart } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "app", Env = pool is null ? null : [new V1EnvVar { Name = "DB_POOL", Value = pool }] }] },
    };
}

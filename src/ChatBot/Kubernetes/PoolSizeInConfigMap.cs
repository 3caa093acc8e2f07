using System.Text.Json.Nodes;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Sets a pool's size in a key of a ConfigMap. No pod is touched by it: what runs keeps what it has read, until it is restarted.</summary>
internal sealed class PoolSizeInConfigMap(PoolSizeChange change, string planId) : ObjectChange<V1ConfigMap>
{
    private string Name => change.Place.ConfigMap;

    private string Space => change.Workload.Namespace;

    public override Task<V1ConfigMap?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => cluster.FindAsync(
        new Access("get", "", "configmaps", Space, Name),
        async (client, token) => await client.CoreV1.ReadNamespacedConfigMapAsync(Name, Space, cancellationToken: token) is { Metadata: not null } whole
            ? whole
            : throw new FormatException("The ConfigMap lacks a part."),
        cancellationToken);

    public override StepResult? WhyNot(V1ConfigMap? found) => Other(found) ?? SizeIn(found!) switch
    {
        var size when size == change.To => new(Outcome.AlreadySatisfied, $"The pool's size is {change.To} already."),
        _ when found!.Metadata.ResourceVersion != change.HolderVersion => new(Outcome.Drift, $"Somebody changed ConfigMap {Name} since the plan was drawn up. It was left alone: look at it, and ask for a new plan."),
        var size when size != change.From => new(Outcome.Drift, "The pool's size is no longer what the plan says. It was left alone."),
        _ when NewValue(found) is null => new(Outcome.NotApplied, "Nothing was sent: the connection string can't be written anew without changing more than the pool's size."),
        _ when found.Immutable is true => new(Outcome.NotApplied, $"Nothing was sent: ConfigMap {Name} is immutable. A new one and a new rollout are needed."),
        _ => null,
    };

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1ConfigMap found, CancellationToken cancellationToken)
    {
        // With its version, the server refuses when anything has changed (409); a merge makes the annotations where there are none.
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = change.HolderUid,
                ["resourceVersion"] = change.HolderVersion,
                ["annotations"] = new JsonObject { [Marks.PoolSize] = planId },
            },
            ["data"] = new JsonObject { [change.Place.Key] = NewValue(found) },
        };
        var patch = new V1Patch(body.ToJsonString(), V1Patch.PatchType.MergePatch);
        return cluster.WriteAsync(
            new Access("patch", "", "configmaps", Space, Name),
            (client, token) => client.CoreV1.PatchNamespacedConfigMapAsync(patch, Name, Space, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1ConfigMap? found) => Other(found)
        ?? PoolSizeVerdict.Of(change, SizeIn(found!), Marks.PlanIn(found!.Metadata.Annotations, Marks.PoolSize) == planId, found.Metadata.ResourceVersion == change.HolderVersion);

    private StepResult? Other(V1ConfigMap? found) => found switch
    {
        null => new(Outcome.Superseded, $"ConfigMap {Name} is gone."),
        _ when found.Metadata.Uid != change.HolderUid => new(Outcome.Superseded, $"ConfigMap {Name} was deleted and made anew since the plan was drawn up."),
        _ => null,
    };

    private string? ValueIn(V1ConfigMap map) => map.Data?.TryGetValue(change.Place.Key, out var value) is true ? value : null;

    private int? SizeIn(V1ConfigMap map) => PoolValue.Read(ValueIn(map), change.Place.Parameter);

    private string? NewValue(V1ConfigMap map) => PoolValue.Write(ValueIn(map), change.Place.Parameter, change.To);
}

using System.Text.Json.Nodes;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Sets a pool's size in a key of a ConfigMap. No pod is touched by it: what runs keeps what it has read, until it is restarted.</summary>
internal sealed class PoolSizeInConfigMap(PoolSizeChange change) : ObjectChange<V1ConfigMap>
{
    private string Name => change.Setting.Name;

    private string Space => change.Setting.Namespace;

    public override Task<V1ConfigMap?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => cluster.FindAsync(
        new Access("get", "", "configmaps", Space, Name),
        async (client, token) => await client.CoreV1.ReadNamespacedConfigMapAsync(Name, Space, cancellationToken: token) is { Metadata: not null } whole
            ? whole
            : throw new FormatException("The ConfigMap lacks a part."),
        cancellationToken);

    public override StepResult? WhyNot(V1ConfigMap? found) => Other(found) ?? change.WhyNot(ValueIn(found!)) ?? found switch
    {
        { Immutable: true } => new(Outcome.NotApplied, $"Nothing was sent: ConfigMap {Name} is immutable. A new one and a new rollout are needed."),
        _ when !IsUntouched(found!) => new(Outcome.Drift, $"Somebody changed ConfigMap {Name} since the plan was drawn up. It was left alone: look at it, and ask for a new plan."),
        _ => null,
    };

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1ConfigMap found, CancellationToken cancellationToken)
    {
        // With its version, the server refuses when anything has changed (409); a merge makes the annotations where there are none.
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = change.Setting.Uid,
                ["resourceVersion"] = change.Setting.ResourceVersion,
                ["annotations"] = new JsonObject { [Marks.PoolSize] = change.PlanId },
            },
            ["data"] = new JsonObject { [change.Setting.Key] = change.Rewritten(ValueIn(found)) },
        };
        var patch = new V1Patch(body.ToJsonString(), V1Patch.PatchType.MergePatch);
        return cluster.WriteAsync(
            new Access("patch", "", "configmaps", Space, Name),
            (client, token) => client.CoreV1.PatchNamespacedConfigMapAsync(patch, Name, Space, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1ConfigMap? found) => Other(found)
        ?? change.Became(ValueIn(found!), change.IsMarked(found!.Metadata.Annotations), IsUntouched(found));

    private StepResult? Other(V1ConfigMap? found) => found switch
    {
        null => new(Outcome.Superseded, $"ConfigMap {Name} is gone."),
        _ when found.Metadata.Uid != change.Setting.Uid => new(Outcome.Superseded, $"ConfigMap {Name} was deleted and made anew since the plan was drawn up."),
        _ => null,
    };

    private bool IsUntouched(V1ConfigMap map) => map.Metadata.ResourceVersion == change.Setting.ResourceVersion;

    private string? ValueIn(V1ConfigMap map) => map.Data?.TryGetValue(change.Setting.Key, out var value) is true ? value : null;
}

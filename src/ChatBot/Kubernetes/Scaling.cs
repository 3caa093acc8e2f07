using System.Text.Json;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Gives a deployment another number of pods, through its scale: the bot needs no right to change anything else of it.</summary>
/// <remarks>A scale has no annotations, so whose doing a number is, only the field managers tell (from version 1.22 on).</remarks>
internal sealed class Scaling(WorkloadPin pin, int from, int to) : ObjectChange<V1Deployment>
{
    public override Task<V1Deployment?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => DeploymentState.FindAsync(cluster, pin, cancellationToken);

    public override StepResult? WhyNot(V1Deployment? found) => DeploymentState.Other(found, pin)
        ?? (Replicas(found!) == to ? new(Outcome.AlreadySatisfied, $"{pin.Name} is scaled to {to} already.") : DeploymentState.Moved(found!, pin, Outcome.Drift));

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1Deployment found, CancellationToken cancellationToken)
    {
        var patch = new JsonPatch().Test("/metadata/uid", pin.Uid).Test("/spec/replicas", from).Replace("/spec/replicas", to).ToPatch();
        return cluster.WriteAsync(
            DeploymentState.To(pin, "patch", "/scale"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentScaleAsync(patch, pin.Name, pin.Namespace, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1Deployment? found) => DeploymentState.Other(found, pin) ?? Replicas(found!) switch
    {
        var now when now == to && IsOurs(found!) => new(Outcome.Applied, $"It is scaled to {to}."),
        var now when now == to => new(Outcome.AlreadySatisfied, $"It is scaled to {to}; by whom is not told."),
        _ => DeploymentState.Moved(found!, pin, Outcome.Superseded) ?? new(Outcome.NotApplied, "It was not scaled, and the deployment is as approved."),
    };

    private static int Replicas(V1Deployment deployment) => deployment.Spec.Replicas ?? 1;

    private static bool IsOurs(V1Deployment deployment) => deployment.Metadata.ManagedFields?.Any(entry =>
        entry.Manager == Marks.Manager
        && entry.FieldsV1 is JsonElement { ValueKind: JsonValueKind.Object } fields
        && fields.TryGetProperty("f:spec", out var spec)
        && spec.TryGetProperty("f:replicas", out _)) is true;
}

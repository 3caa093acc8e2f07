using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Sets a pool's size in a variable of a deployment's container. That is a new template: the pods are replaced.</summary>
/// <remarks>
/// A deployment's version moves with every pod that becomes ready, so it pins nothing here: the whole value does, and the mark of the
/// plan tells a value that was set and put back from one that was never set.
/// </remarks>
internal sealed class PoolSizeInDeployment(PoolSizeChange change) : ObjectChange<V1Deployment>
{
    private readonly WorkloadPin _pin = new(
        change.Setting.Cluster, change.Setting.Namespace, WorkloadKind.Deployment, change.Setting.Name, change.Setting.Uid, Generation: 0);

    public override Task<V1Deployment?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => DeploymentState.FindAsync(cluster, _pin, cancellationToken);

    public override StepResult? WhyNot(V1Deployment? found) => DeploymentState.Other(found, _pin)
        ?? change.WhyNot(ValueIn(found!))
        ?? (DeploymentState.IsRollingOut(found!)
            ? new(Outcome.NotApplied, $"Nothing was sent: a rollout of {_pin.Name} is under way, and another size would be one more. Let it end, or undo it, and ask for a new plan.")
            : null);

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1Deployment found, CancellationToken cancellationToken)
    {
        var (container, variable) = Indices(found)!.Value;
        var containerPath = string.Create(CultureInfo.InvariantCulture, $"/spec/template/spec/containers/{container}");
        var path = string.Create(CultureInfo.InvariantCulture, $"{containerPath}/env/{variable}");
        var value = ValueIn(found)!;
        var patch = new JsonPatch()
            .Test("/metadata/uid", _pin.Uid)
            .Test($"{containerPath}/name", change.Setting.Container)
            .Test($"{path}/name", change.Setting.Key)
            .Test($"{path}/value", value);
        if (found.Metadata.Annotations is null)
        {
            patch.Test("/metadata/resourceVersion", found.Metadata.ResourceVersion); // else an annotation that somebody just made would be lost
        }

        patch.Replace($"{path}/value", change.Rewritten(value)!).Annotate("/metadata", found.Metadata.Annotations, Marks.PoolSize, change.PlanId);
        return cluster.WriteAsync(
            DeploymentState.To(_pin, "patch"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(patch.ToPatch(), _pin.Name, _pin.Namespace, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1Deployment? found) => DeploymentState.Other(found, _pin)
        ?? change.Became(ValueIn(found!), change.IsMarked(found!.Metadata.Annotations), isUntouched: true);

    private (int Container, int Variable)? Indices(V1Deployment deployment) => (deployment.Spec.Template.Spec?.Containers ?? []).Index()
        .Where(one => one.Item.Name == change.Setting.Container)
        .SelectMany(one => (one.Item.Env ?? []).Index().Where(variable => variable.Item.Name == change.Setting.Key).Select(variable => ((int, int)?)(one.Index, variable.Index)))
        .LastOrDefault(); // of two of one name, Kubernetes takes the last

    private string? ValueIn(V1Deployment deployment) => Indices(deployment) is var (container, variable) ? deployment.Spec.Template.Spec.Containers[container].Env[variable].Value : null;
}

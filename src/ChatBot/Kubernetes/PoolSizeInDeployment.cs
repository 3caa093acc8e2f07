using System.Globalization;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Sets a pool's size in a variable of a deployment's container. That is a new template: the pods are replaced.</summary>
internal sealed class PoolSizeInDeployment(PoolSizeChange change, string planId) : ObjectChange<V1Deployment>
{
    private WorkloadPin Pin => change.Workload;

    public override Task<V1Deployment?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => DeploymentState.FindAsync(cluster, Pin, cancellationToken);

    public override StepResult? WhyNot(V1Deployment? found) => DeploymentState.Other(found, Pin) ?? SizeIn(found!) switch
    {
        var size when size == change.To => new(Outcome.AlreadySatisfied, $"The pool's size is {change.To} already."),
        var size when size != change.From => new(Outcome.Drift, "The pool's size is no longer what the plan says. It was left alone."),
        _ when NewValue(found!) is null => new(Outcome.NotApplied, "Nothing was sent: the connection string can't be written anew without changing more than the pool's size."),
        _ => DeploymentState.Moved(found!, Pin, Outcome.Drift),
    };

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1Deployment found, CancellationToken cancellationToken)
    {
        var (container, variable) = Indices(found)!.Value;
        var path = string.Create(CultureInfo.InvariantCulture, $"/spec/template/spec/containers/{container}/env/{variable}");
        var patch = new JsonPatch()
            .Test("/metadata/uid", Pin.Uid)
            .Test("/metadata/generation", Pin.Generation)
            .Test($"{path}/name", change.Place.Variable)
            .Test($"{path}/value", ValueIn(found)!);
        if (found.Metadata.Annotations is null)
        {
            patch.Test("/metadata/resourceVersion", found.Metadata.ResourceVersion); // annotations don't count in the generation
        }

        patch.Replace($"{path}/value", NewValue(found)!).Annotate("/metadata", found.Metadata.Annotations, Marks.PoolSize, planId);
        return cluster.WriteAsync(
            DeploymentState.To(Pin, "patch"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(patch.ToPatch(), Pin.Name, Pin.Namespace, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1Deployment? found) => DeploymentState.Other(found, Pin)
        ?? PoolSizeVerdict.Of(change, SizeIn(found!), Marks.PlanIn(found!.Metadata.Annotations, Marks.PoolSize) == planId, found.Metadata.Generation == Pin.Generation);

    private (int Container, int Variable)? Indices(V1Deployment deployment)
    {
        var containers = deployment.Spec.Template.Spec?.Containers ?? [];
        return containers.Index().Where(one => one.Item.Name == change.Place.Container)
            .SelectMany(one => (one.Item.Env ?? []).Index().Where(variable => variable.Item.Name == change.Place.Variable).Select(variable => ((int, int)?)(one.Index, variable.Index)))
            .LastOrDefault(); // of two of one name, Kubernetes takes the last
    }

    private string? ValueIn(V1Deployment deployment) => Indices(deployment) is var (container, variable) ? deployment.Spec.Template.Spec.Containers[container].Env[variable].Value : null;

    private int? SizeIn(V1Deployment deployment) => PoolValue.Read(ValueIn(deployment), change.Place.Parameter);

    private string? NewValue(V1Deployment deployment) => PoolValue.Write(ValueIn(deployment), change.Place.Parameter, change.To);
}

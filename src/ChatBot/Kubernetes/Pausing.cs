using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Pauses or resumes the rollout of a deployment. No pod is touched by it.</summary>
internal sealed class Pausing(WorkloadPin pin, string planId, bool pause) : ObjectChange<V1Deployment>
{
    private string Word => pause ? "paused" : "resumed";

    public override Task<V1Deployment?> FindAsync(Cluster cluster, CancellationToken cancellationToken) => DeploymentState.FindAsync(cluster, pin, cancellationToken);

    public override StepResult? WhyNot(V1Deployment? found) => DeploymentState.Other(found, pin)
        ?? (IsSo(found!) ? new(Outcome.AlreadySatisfied, $"The rollout is {Word} already.") : DeploymentState.Moved(found!, pin, Outcome.Drift));

    public override Task<WriteAnswer> SendAsync(Cluster cluster, V1Deployment found, CancellationToken cancellationToken)
    {
        var patch = new JsonPatch().Test("/metadata/uid", pin.Uid).Test("/metadata/generation", pin.Generation);
        if (found.Metadata.Annotations is null)
        {
            patch.Test("/metadata/resourceVersion", found.Metadata.ResourceVersion); // annotations don't count in the generation
        }

        patch.Annotate("/metadata", found.Metadata.Annotations, Marks.Pause, planId).Set("/spec/paused", pause);
        return cluster.WriteAsync(
            DeploymentState.To(pin, "patch"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(patch.ToPatch(), pin.Name, pin.Namespace, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(V1Deployment? found) => DeploymentState.Other(found, pin) ?? (IsSo(found!), Marks.PlanIn(found!.Metadata.Annotations, Marks.Pause) == planId) switch
    {
        (true, true) => new(Outcome.Applied, $"The rollout is {Word}."),
        (true, false) => new(Outcome.AlreadySatisfied, $"The rollout is {Word}, by somebody else."),
        (false, true) => new(Outcome.Superseded, $"The rollout was {Word}, and somebody took that back."),
        _ => DeploymentState.Moved(found!, pin, Outcome.Superseded) ?? new(Outcome.NotApplied, $"The rollout was not {Word}, and the deployment is as approved."),
    };

    private bool IsSo(V1Deployment deployment) => (deployment.Spec.Paused is true) == pause;
}

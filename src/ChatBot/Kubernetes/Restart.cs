using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A deployment and its ReplicaSets.</summary>
/// <param name="IsCut">The namespace has more ReplicaSets than were read: some of its own may be missing.</param>
internal sealed record DeploymentTemplates(V1Deployment Deployment, IReadOnlyList<V1ReplicaSet> Sets, bool IsCut = false);

/// <summary>Restarts the pods of a deployment, by its own strategy.</summary>
/// <remarks>
/// The plan's id on the pod template makes a new template, and the controller replaces the pods. The value is the plan's and not the
/// time, so sending it twice restarts once. That it happened is told by any ReplicaSet whose template bears the id, also when somebody
/// restarted once more afterwards: writing the id anew would go back to our template, and restart again.
/// </remarks>
internal sealed class Restart(WorkloadPin pin, string planId) : ObjectChange<DeploymentTemplates>
{
    public override async Task<DeploymentTemplates?> FindAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (await DeploymentState.FindAsync(cluster, pin, cancellationToken) is not { } deployment)
        {
            return null;
        }

        var (sets, isCut) = await NamespaceLook.ReplicaSetsAsync(cluster, pin.Namespace, cancellationToken);
        return new DeploymentTemplates(deployment, WorkloadPods.ReplicaSetsOf(deployment.Metadata.Uid, sets), isCut);
    }

    public override StepResult? WhyNot(DeploymentTemplates? found) => DeploymentState.Other(found?.Deployment, pin) ?? found switch
    {
        null => null, // said already
        _ when HasBegun(found) => new(Outcome.AlreadySatisfied, "The restart of this plan has begun already."),
        { Deployment.Spec.Paused: true } => new(Outcome.NotApplied, $"Nothing was sent: the rollout of {pin.Name} is paused, so no pod would be replaced. Resume it first."),
        _ when DeploymentState.IsRollingOut(found.Deployment) => new(Outcome.NotApplied, $"Nothing was sent: a rollout of {pin.Name} is under way. Let it end, or undo it, and ask for a new plan."),
        _ => Unproven(found) ?? DeploymentState.Moved(found.Deployment, pin, Outcome.Drift),
    };

    public override Task<WriteAnswer> SendAsync(Cluster cluster, DeploymentTemplates found, CancellationToken cancellationToken)
    {
        // The generation tells that the template, with its annotations, is as it was read.
        var patch = new JsonPatch()
            .Test("/metadata/uid", pin.Uid)
            .Test("/metadata/generation", pin.Generation)
            .Annotate("/spec/template/metadata", found.Deployment.Spec.Template.Metadata?.Annotations, Marks.Restart, planId)
            .ToPatch();
        return cluster.WriteAsync(
            DeploymentState.To(pin, "patch"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(patch, pin.Name, pin.Namespace, fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);
    }

    public override StepResult Became(DeploymentTemplates? found) => DeploymentState.Other(found?.Deployment, pin) ?? found switch
    {
        { } known when HasBegun(known) => new(Outcome.Applied, "The restart has begun."),
        _ => Unproven(found!) ?? DeploymentState.Moved(found!.Deployment, pin, Outcome.Superseded) ?? new(Outcome.NotApplied, "The restart has not begun, and the deployment is as approved."),
    };

    /// <summary>
    /// What would show it may be among the ReplicaSets that were not read. Null when all were, or when nobody changed the deployment since:
    /// then nothing can have begun.
    /// </summary>
    private StepResult? Unproven(DeploymentTemplates found) => found.IsCut && DeploymentState.Moved(found.Deployment, pin, Outcome.Ambiguous) is not null
        ? new(
            Outcome.Ambiguous,
            $"Deployment {pin.Name} was changed since the plan was drawn up, and whether by this restart can't be told: namespace {pin.Namespace} has more than {Paging.MostItems} ReplicaSets, and the others were not looked at. See kubectl rollout history deployment/{pin.Name} -n {pin.Namespace}.")
        : null;

    private bool HasBegun(DeploymentTemplates found) =>
        found.Sets.Select(set => set.Spec?.Template).Append(found.Deployment.Spec.Template).Any(template => Marks.PlanIn(template?.Metadata?.Annotations, Marks.Restart) == planId);
}

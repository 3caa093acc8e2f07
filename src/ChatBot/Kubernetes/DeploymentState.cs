using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A deployment as it is now, held against what was approved.</summary>
internal static class DeploymentState
{
    public static Access To(WorkloadPin pin, string verb, string subresource = "") => new(verb, Access.Apps, $"deployments{subresource}", pin.Namespace, pin.Name);

    /// <returns>Null when there is none of this name.</returns>
    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public static Task<V1Deployment?> FindAsync(Cluster cluster, WorkloadPin pin, CancellationToken cancellationToken) => cluster.FindAsync(
        To(pin, "get"),
        async (client, token) => await client.AppsV1.ReadNamespacedDeploymentAsync(pin.Name, pin.Namespace, cancellationToken: token) is { Metadata: not null, Spec.Template: not null } whole
            ? whole
            : throw new FormatException("The deployment lacks a part."),
        cancellationToken);

    /// <summary>Null when it is the one that was approved.</summary>
    public static StepResult? Other(V1Deployment? deployment, WorkloadPin pin) => deployment switch
    {
        null => new(Outcome.Superseded, $"Deployment {pin.Name} is gone."),
        _ when deployment.Metadata.Uid != pin.Uid => new(Outcome.Superseded, $"Deployment {pin.Name} was deleted and made anew since the plan was drawn up."),
        _ => null,
    };

    /// <summary>Null when nobody has changed its specification since.</summary>
    /// <param name="outcome">Before anything was sent: drift. Afterwards: superseded, because it may have been the bot, too.</param>
    public static StepResult? Moved(V1Deployment deployment, WorkloadPin pin, Outcome outcome) => deployment.Metadata.Generation == pin.Generation
        ? null
        : new(outcome, $"Somebody changed deployment {pin.Name} since the plan was drawn up. It was left alone: look at it, and ask for a new plan.");

    /// <summary>Some pods are of another template, or the controller has not caught up.</summary>
    public static bool IsRollingOut(V1Deployment deployment) =>
        (deployment.Status?.ObservedGeneration ?? 0) < (deployment.Metadata.Generation ?? 0)
        || (deployment.Status?.UpdatedReplicas ?? 0) < (deployment.Spec.Replicas ?? 1)
        || (deployment.Status?.Replicas ?? 0) > (deployment.Status?.UpdatedReplicas ?? 0);

    /// <summary>Only of a deployment; other kinds are replaced by people.</summary>
    public static StepResult? NotHere(WorkloadPin pin) => pin.Kind is WorkloadKind.Deployment
        ? null
        : new(Outcome.NotApplied, $"Nothing was sent: {pin.Name} is no deployment, and the bot changes nothing else.");
}

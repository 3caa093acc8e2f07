using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Restarts the pods of a deployment. Sent once; doing it twice restarts once.</summary>
/// <seealso cref="Restart"/>
internal sealed class DeploymentRestarter(ClusterChanges changes)
{
    /// <param name="planId">Of the plan that was approved.</param>
    public Task<StepResult> RestartAsync(WorkloadPin pin, string planId, CancellationToken cancellationToken) =>
        DeploymentState.NotHere(pin) is { } elsewhere ? Task.FromResult(elsewhere) : changes.ApplyAsync(pin.Cluster, new Restart(pin, planId), cancellationToken);

    /// <summary>For recovery: what became of a restart that may have begun or not. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(WorkloadPin pin, string planId, CancellationToken cancellationToken) =>
        changes.ObserveAsync(pin.Cluster, new Restart(pin, planId), cancellationToken);
}

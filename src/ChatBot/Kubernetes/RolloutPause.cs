using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Pauses and resumes rollouts. Sent once; doing it twice does no more than once.</summary>
/// <seealso cref="Pausing"/>
internal sealed class RolloutPause(ClusterChanges changes)
{
    /// <param name="pause">False to resume.</param>
    /// <param name="planId">Of the plan that was approved.</param>
    public Task<StepResult> SetAsync(WorkloadPin pin, bool pause, string planId, CancellationToken cancellationToken) =>
        DeploymentState.NotHere(pin) is { } elsewhere ? Task.FromResult(elsewhere) : changes.ApplyAsync(pin.Cluster, new Pausing(pin, planId, pause), cancellationToken);

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(WorkloadPin pin, bool pause, string planId, CancellationToken cancellationToken) =>
        changes.ObserveAsync(pin.Cluster, new Pausing(pin, planId, pause), cancellationToken);
}

using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Sets the size of a service's pool where it is kept, if it is still what was approved.</summary>
/// <seealso cref="PoolSizeInDeployment"/>
/// <seealso cref="PoolSizeInConfigMap"/>
internal sealed class PoolSizeSetting(ClusterChanges changes)
{
    /// <summary>Sets it. Sent once; doing it twice does no more than once.</summary>
    /// <param name="planId">Of the plan that was approved.</param>
    public Task<StepResult> ChangeAsync(PoolSizeChange change, string planId, CancellationToken cancellationToken)
    {
        if (change.Place.ConfigMap.Length > 0)
        {
            return changes.ApplyAsync(change.Workload.Cluster, new PoolSizeInConfigMap(change, planId), cancellationToken);
        }

        return DeploymentState.NotHere(change.Workload) is { } elsewhere
            ? Task.FromResult(elsewhere)
            : changes.ApplyAsync(change.Workload.Cluster, new PoolSizeInDeployment(change, planId), cancellationToken);
    }

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(PoolSizeChange change, string planId, CancellationToken cancellationToken) => change.Place.ConfigMap.Length > 0
        ? changes.ObserveAsync(change.Workload.Cluster, new PoolSizeInConfigMap(change, planId), cancellationToken)
        : changes.ObserveAsync(change.Workload.Cluster, new PoolSizeInDeployment(change, planId), cancellationToken);
}

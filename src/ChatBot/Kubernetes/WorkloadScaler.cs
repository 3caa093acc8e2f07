using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Scales deployments. Sent once; doing it twice does no more than once.</summary>
/// <seealso cref="Scaling"/>
internal sealed class WorkloadScaler(ClusterChanges changes)
{
    /// <param name="from">The pods that are asked for now, as approved.</param>
    public Task<StepResult> ScaleAsync(WorkloadPin pin, int from, int to, CancellationToken cancellationToken) =>
        DeploymentState.NotHere(pin) is { } elsewhere ? Task.FromResult(elsewhere) : changes.ApplyAsync(pin.Cluster, new Scaling(pin, from, to), cancellationToken);

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(WorkloadPin pin, int from, int to, CancellationToken cancellationToken) =>
        changes.ObserveAsync(pin.Cluster, new Scaling(pin, from, to), cancellationToken);
}

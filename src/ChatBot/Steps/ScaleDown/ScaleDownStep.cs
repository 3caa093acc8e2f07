using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.ScaleDown;

/// <summary>Runs fewer pods of a service whose pods crash again and again; asked for once more, as many as before.</summary>
internal sealed class ScaleDownStep(ServiceChoice services, WorkloadScaler scaler) : IChangingStep
{
    private static readonly CountParameter ToParameter = new("to", "how many pods stay", 0, 1000) { Default = "those that are ready" };

    public StepType Type { get; } = new("scale-down", StepWork.Changes, "runs fewer pods of a service that crashes again and again; asked for again, as many as before")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = ScaleWorkload.StoredName,
        Parameters = [ServiceChoice.ServiceParameter, ToParameter],
    };

    public MitigationKind Kind => ScaleWorkload.Kind;

    public MitigationView View { get; } = new ScaleDownView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var cluster = await services.ClusterAsync(request, cancellationToken);
        var (workload, to, isUndo) = Scaled(request.ToUndo?.Mitigation as ScaleWorkload, cluster) ?? Crashing(request, cluster);
        await services.RequireAsync(request, workload, WorkloadWords.Command("scale", workload, $" --replicas={to}"), cancellationToken);

        // From 0 pods on an autoscaler keeps still; otherwise it decides.
        return workload.Autoscaler is { } autoscaler && to > 0
            ? throw new ImpossiblePlanException($"An autoscaler keeps {workload.Service} between {autoscaler.Minimum} and {autoscaler.Maximum} pods, and would set the number anew at once. Change its bounds by hand.")
            : new ScaleWorkload(WorkloadPin.Of(workload), workload.Service, workload.Replicas, to, isUndo);
    }

    public async Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var scale = (ScaleWorkload)plan.Mitigation;
        return await services.WhyNotNowAsync(plan.Target, scale.Service, cancellationToken)
            ?? await scaler.ScaleAsync(scale.Workload, scale.From, scale.To, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var scale = (ScaleWorkload)plan.Mitigation;
        return scaler.ObserveAsync(scale.Workload, scale.From, scale.To, cancellationToken);
    }

    /// <returns>Null when the bot scaled nothing, or somebody has scaled it since, or made the workload anew.</returns>
    private static (WorkloadLook Workload, int To, bool IsUndo)? Scaled(ScaleWorkload? set, ClusterLook cluster) =>
        set is not null && cluster.Workloads.FirstOrDefault(workload => workload.Service == set.Service && workload.Uid == set.Workload.Uid && workload.Replicas == set.To) is { } now
            ? (now, set.From, true)
            : null;

    private static (WorkloadLook Workload, int To, bool IsUndo) Crashing(StepRequest request, ClusterLook cluster)
    {
        var workload = ServiceChoice.Named(request, cluster)
            ?? cluster.Workloads.Where(workload => RolloutRule.WaitsFor(workload).Length > 0).MaxBy(workload => workload.Pods.Sum(pod => pod.Restarts))
            ?? throw new ImpossiblePlanException(ServiceChoice.Unread(cluster) ?? "No pod of the target's services crashes or fails to start, so nothing says whom to scale down. Name the service on the page.");

        // Kubernetes ends pods that aren't ready first.
        var to = request.Binding.Count(ToParameter.Name) ?? workload.Ready;
        return to < workload.Replicas
            ? (workload, to, false)
            : throw new ImpossiblePlanException($"{workload.Service} is asked for {WorkloadWords.Pods(workload.Replicas)}, and {to} would stay: there is nothing to scale down.");
    }
}

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.HoldRollout;

/// <summary>Stops a rollout where it stands, so that no more pods take connections; asked for once more, it lets it go on.</summary>
internal sealed class PauseRolloutStep(ServiceChoice services, RolloutPause pause) : IChangingStep
{
    public StepType Type { get; } = new("pause-rollout", StepWork.Changes, "pauses the rollout of a service; asked for again, it resumes it")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = PauseRollout.StoredName,
        Parameters = [ServiceChoice.ServiceParameter],
    };

    public MitigationKind Kind => PauseRollout.Kind;

    public MitigationView View { get; } = new PauseRolloutView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var cluster = await services.ClusterAsync(request, cancellationToken);
        var isUndo = Paused(request.ToUndo?.Mitigation as PauseRollout, cluster) is not null;
        var workload = Paused(request.ToUndo?.Mitigation as PauseRollout, cluster) ?? Moving(request, cluster);
        await services.RequireAsync(request, workload, WorkloadWords.Command(isUndo ? "rollout resume" : "rollout pause", workload), cancellationToken);
        return new PauseRollout(WorkloadPin.Of(workload), workload.Service, Pause: !isUndo, workload.Updated, workload.Replicas);
    }

    public async Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var hold = (PauseRollout)plan.Mitigation;
        return await services.WhyNotNowAsync(plan.Target, hold.Service, cancellationToken)
            ?? await pause.SetAsync(hold.Workload, hold.Pause, plan.Id.ToString(), cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var hold = (PauseRollout)plan.Mitigation;
        return pause.ObserveAsync(hold.Workload, hold.Pause, plan.Id.ToString(), cancellationToken);
    }

    /// <returns>Null when the bot paused nothing, or somebody has resumed it or made the workload anew.</returns>
    private static WorkloadLook? Paused(PauseRollout? set, ClusterLook cluster) => set is null
        ? null
        : cluster.Workloads.FirstOrDefault(workload => workload.Service == set.Service && workload.Uid == set.Workload.Uid && workload.IsPaused);

    private static WorkloadLook Moving(StepRequest request, ClusterLook cluster)
    {
        var named = ServiceChoice.Named(request, cluster);
        return (named is null ? cluster.Workloads : [named]).Where(workload => workload is { IsRollingOut: true, IsPaused: false })
                .OrderByDescending(workload => workload.Service == request.Suspect)
                .ThenByDescending(workload => workload.Replicas)
                .FirstOrDefault()
            ?? throw new ImpossiblePlanException(WhyNothing(request, named, cluster));
    }

    private static string WhyNothing(StepRequest request, WorkloadLook? named, ClusterLook cluster)
    {
        const string Nothing = "No rollout of the target's services is under way, so there is nothing to pause.";
        var rise = RiseRule.BeganAt(request.Incident.SinceChange) ?? request.Incident.OpenedAt;
        var raised = (named is null ? cluster.Workloads : [named]).OrderByDescending(workload => workload.Replicas).Select(workload => WorkloadWords.Autoscaling(workload, rise)).FirstOrDefault(words => words is not null);
        return raised is null ? ServiceChoice.Unread(cluster) ?? Nothing : $"{Nothing} {raised}";
    }
}

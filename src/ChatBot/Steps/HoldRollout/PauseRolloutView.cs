using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.HoldRollout;

/// <summary>The words for pausing a rollout, and for letting it go on.</summary>
internal sealed class PauseRolloutView : MitigationView
{
    public override string Button => "Pause the rollout";

    public override string? LeftToDo => "A paused rollout takes no new release and no restart: resume it, or undo it.";

    public override string? WhenNotRelieved => "What has been rolled out already stays: undo the rollout, or restart what holds the connections.";

    public override string? WhenFullAgain => "The rollout is paused, so it is not what fills it now: see who holds most.";

    public override string ButtonOf(Incident incident) => IsPaused(incident) ? "Resume the rollout" : Button;

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) => IsPaused(incident)
        ? new MitigationOffer(true, $"let the rollout go on that was paused.")
        : ServiceOffer.WhyNot(incident, context) ?? OnlyAutoscaled(incident, context) ?? new MitigationOffer(true, $"stop a rollout that is under way where it stands: ends no pod, and no more of them start. Can be undone.");

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var hold = (PauseRollout)mitigation;
        return hold.Pause ? (Mrkdwn)$"pause the rollout of {hold.Service}" : $"resume the rollout of {hold.Service}";
    }

    public override Mrkdwn Harm(Mitigation mitigation) => ((PauseRollout)mitigation).Pause
        ? (Mrkdwn)$"*No pod is ended.* Old and new pods stay side by side, and nothing of the service can be rolled out or restarted until it is resumed. An autoscaler is not held back.\nUndo: ask for this step once more."
        : $"An earlier plan of this incident paused it. The pods that are left are replaced, and new ones take connections before old ones give theirs back.";

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var hold = (PauseRollout)mitigation;
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished && progress.Steps[0].Result is { } result ? (Mrkdwn)$" *{Word(result.Outcome)}.*" : Mrkdwn.Empty;
        return new PlanDetails([new SectionBlock($"• {WorkloadWords.Where(hold.Workload)}: {hold.Updated} of {WorkloadWords.Pods(hold.Replicas)} are new.{became}")], IsWhole: true);
    }

    public override string Confirm(Mitigation mitigation)
    {
        var hold = (PauseRollout)mitigation;
        var service = ServiceOffer.InDialog(hold.Service);
        return hold.Pause ? $"Pause the rollout of {service}. No pod is ended." : $"Let the rollout of {service} go on: its pods are replaced.";
    }

    public override Mrkdwn Undo(Mitigation mitigation)
    {
        var hold = (PauseRollout)mitigation;
        return $"the rollout of {hold.Service} is paused. By hand: {Mrkdwn.Code(WorkloadWords.Command("rollout resume", hold.Workload))}";
    }

    public override string Word(Outcome outcome) => WorkloadWords.Of(outcome, "set");

    public override string Done(int effects) => $"{Count(effects)} paused or resumed";

    public override string Count(int effects) => effects == 1 ? "1 rollout" : $"{effects} rollouts";

    /// <summary>Null unless an autoscaler raised a service, and no rollout of any was seen.</summary>
    private static MitigationOffer? OnlyAutoscaled(Incident incident, ViewContext context)
    {
        var rise = RiseRule.BeganAt(incident.SinceChange) ?? incident.OpenedAt;
        WorkloadLook[] seen = [.. (context.Diagnosis?.Services?.Attribution.Services ?? []).Select(service => service.Workload).OfType<WorkloadLook>()];
        return !seen.Any(workload => workload.IsRollingOut) && seen.Select(workload => WorkloadWords.Autoscaling(workload, rise)).FirstOrDefault(words => words is not null) is { } raised
            ? new MitigationOffer(false, $"{raised}")
            : null;
    }

    private static bool IsPaused(Incident incident) => incident.TemporaryOf(PauseRollout.StoredName) is not null;
}

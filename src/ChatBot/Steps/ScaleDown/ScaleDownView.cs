using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.ScaleDown;

/// <summary>The words for running fewer pods, and for putting their number back.</summary>
internal sealed class ScaleDownView : MitigationView
{
    public override string Button => "Run fewer pods";

    public override string? LeftToDo => "Mend what crashes, then put the number of pods back.";

    public override string? WhenNotRelieved => "The connections are held by something else: see who holds most.";

    public override string? WhenFullAgain => "Other pods fill it now: see who holds most.";

    public override string ButtonOf(Incident incident) => IsScaled(incident) ? "Put the pods back" : Button;

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) => IsScaled(incident)
        ? new MitigationOffer(true, $"put the number of pods back to what it was before.")
        : ServiceOffer.WhyNot(incident, context) ?? new MitigationOffer(true, $"take away the pods of a service that crash again and again: each try takes connections. Can be undone.");

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var scale = (ScaleWorkload)mitigation;
        return scale.IsUndo ? (Mrkdwn)$"put {scale.Service} back to {WorkloadWords.Pods(scale.To)}" : $"scale {scale.Service} down to {WorkloadWords.Pods(scale.To)}";
    }

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var scale = (ScaleWorkload)mitigation;
        if (scale.IsUndo)
        {
            return $"An earlier plan of this incident scaled it down. {WorkloadWords.Pods(scale.To - scale.From)} more will take connections.";
        }

        return scale.To == 0
            ? (Mrkdwn)$"*The service is away: none of its {WorkloadWords.Pods(scale.From)} stays.* Whoever needs it gets errors until it is put back.\nUndo: ask for this step once more."
            : $"{WorkloadWords.Pods(scale.From - scale.To)} fewer, those that aren't ready first; {scale.To} stay and carry the load.\nUndo: ask for this step once more.";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var scale = (ScaleWorkload)mitigation;
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished && progress.Steps[0].Result is { } result ? (Mrkdwn)$" *{Word(result.Outcome)}.*" : Mrkdwn.Empty;
        return new PlanDetails([new SectionBlock($"• {WorkloadWords.Where(scale.Workload)}: {WorkloadWords.Pods(scale.From)} before, {scale.To} after.{became}")], IsWhole: true);
    }

    public override string Confirm(Mitigation mitigation)
    {
        var scale = (ScaleWorkload)mitigation;
        return $"Scale {ServiceOffer.InDialog(scale.Service)} from {scale.From} to {WorkloadWords.Pods(scale.To)}.{(scale.To == 0 ? " The service is away until it is put back." : "")}";
    }

    public override Mrkdwn Undo(Mitigation mitigation)
    {
        var scale = (ScaleWorkload)mitigation;
        return $"{scale.Service} runs {WorkloadWords.Pods(scale.To)}; before, it ran {scale.From}. By hand: {Mrkdwn.Code(WorkloadWords.Command("scale", scale.Workload, $" --replicas={scale.From}"))}";
    }

    public override string Word(Outcome outcome) => WorkloadWords.Of(outcome, "scaled");

    public override string Done(int effects) => $"{Count(effects)} scaled";

    public override string Count(int effects) => effects == 1 ? "1 service" : $"{effects} services";

    private static bool IsScaled(Incident incident) => incident.TemporaryOf(ScaleWorkload.StoredName) is not null;
}

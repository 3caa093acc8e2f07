using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.RestartPods;

/// <summary>The words for restarting a service.</summary>
internal sealed class RestartServiceView : MitigationView
{
    public override string Button => "Restart the service";

    public override string? LeftToDo => "A restart heals nothing: mend or roll back what leaks.";

    public override string? WhenNotRelieved => "The connections are held by something else, or came back at once: see who holds most.";

    public override string? WhenFullAgain => "What leaks still leaks: a restart only buys time. Roll back or mend it.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) =>
        ServiceOffer.WhyNot(incident, context) ?? new MitigationOffer(
            true,
            $"replace the pods of {ServiceOffer.NameOf(binding, context)}, by its own rollout strategy: frees what its old pods hold, and heals nothing. The plan says how many slots its new pods need first.");

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var restart = (RestartService)mitigation;
        return restart.First is { Sessions.Count: var first }
            ? (Mrkdwn)$"end {Spoken.Sessions(first)}, then restart {restart.Service}"
            : $"restart {restart.Service}";
    }

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var restart = (RestartService)mitigation;
        var first = restart.First is { Sessions.Count: var count, IdleFor: var idle }
            ? (Mrkdwn)$"\nFirst it ends {Spoken.Sessions(count)}, idle outside a transaction for at least {Spoken.Duration(idle)}, whosever they are: *no transaction is lost*. Unless {WorkloadWords.Slots(restart.Slots)} are free then, nothing is restarted."
            : Mrkdwn.Empty;
        return $"{Pods(restart)} *Their requests and open transactions end as the service shuts down; no undo.* What leaks goes on leaking.{first}\n{Saved(restart)}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var restart = (RestartService)mitigation;
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished && progress.Steps[restart.Steps - 1].Result is { } result
            ? (Mrkdwn)$" *{WorkloadWords.Of(result.Outcome, "restarted")}.*"
            : Mrkdwn.Empty;
        var line = new SectionBlock($"• {WorkloadWords.Where(restart.Workload)}: {WorkloadWords.Pods(restart.Replicas)}, up to {restart.PerPod} connections each.{became}");
        if (restart.First is not { } first)
        {
            return new PlanDetails([line], IsWhole: true);
        }

        var sessions = SessionTable.Of(first.Sessions, progress, outcome => SessionWords.Of(outcome, "ended", "already gone"));
        return sessions with { Blocks = [.. sessions.Blocks, line] };
    }

    public override string Confirm(Mitigation mitigation)
    {
        var restart = (RestartService)mitigation;
        var service = ServiceOffer.InDialog(restart.Service);
        return restart.First is { Sessions.Count: var first }
            ? $"End {Spoken.Sessions(first)}, then restart {service}: {WorkloadWords.Pods(restart.Replicas)}. There is no undo."
            : $"Restart {service}: {WorkloadWords.Pods(restart.Replicas)}. There is no undo.";
    }

    public override string Word(Outcome outcome) => WorkloadWords.Of(outcome, "done");

    public override string Done(int effects) => $"{Count(effects)} done";

    public override string Count(int effects) => effects == 1 ? "1 restart" : $"{effects} changes for a restart";

    private static Mrkdwn Pods(RestartService restart)
    {
        var pods = WorkloadWords.Pods(restart.Replicas);
        return restart.Strategy switch
        {
            { IsRecreate: true } => $"Every pod of {restart.Service} ends before the first new one starts: *the service is away for a while.*",
            { Surge: var more, Unavailable: 0 } => $"{pods} of {restart.Service} are replaced, up to {more} more at once; an old one ends when a new one is ready. The new ones may take {WorkloadWords.Slots(restart.Slots)} meanwhile.",
            { Surge: var more, Unavailable: var less } => $"{pods} of {restart.Service} are replaced, up to {more} more at once and up to {less} missing meanwhile: old ones make room for new ones.",
        };
    }

    private static Mrkdwn Saved(RestartService restart)
    {
        var parts = restart.Saved.Select(saved => saved.What is SavedKind.Logs ? $"the logs of {(saved.Count == 1 ? "1 container" : $"{saved.Count} containers")}" : $"who held {Spoken.Sessions(saved.Count)}").ToArray();
        if (parts.Length == 0)
        {
            return $":warning: *Nothing was saved before:* logs and sessions go with the pods.";
        }

        var missing = restart.Saved.Any(saved => saved.What is SavedKind.Logs) ? Mrkdwn.Empty : (Mrkdwn)$" :warning: *Not the logs:* they can't be read, and go with the pods.";
        return $"Saved before: {string.Join(", ", parts)}.{missing}";
    }
}

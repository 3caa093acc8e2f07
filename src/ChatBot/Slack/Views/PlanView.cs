using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A plan as an approver sees it: drawn from the bytes that are hashed, approved and carried out.</summary>
internal static class PlanView
{
    public static SlackMessage Render(Plan plan, PlanProgress progress, Incident incident, ViewContext context)
    {
        var view = context.ViewOf(plan.Mitigation.Name) ?? throw new FormatException($"No view draws {plan.Mitigation.Name}.");
        Mrkdwn title = $"Plan {progress.Digest}: {view.Title(plan.Mitigation)} on {plan.Target}, {plan.Environment}";
        var details = view.Details(plan.Mitigation, progress);
        var status = new SectionBlock(Status(plan, progress, incident, details, context));
        List<Block> blocks = [new SectionBlock($"*{title}*")];
        switch (progress.Stage)
        {
            case PlanStage.Proposed:
                blocks.AddRange([new SectionBlock($"{Harmful(progress, incident)}{Mrkdwn.User(plan.RequestedBy.User)} asks. {view.Harm(plan.Mitigation)}"), .. details.Blocks, status]);
                break;
            case PlanStage.Withdrawn:
                blocks.Add(status);
                break;
            default:
                blocks.AddRange([status, .. details.Blocks]);
                break;
        }

        if (progress.Stage is PlanStage.Proposed && incident.State is IncidentState.AwaitingApproval)
        {
            blocks.Add(Buttons(plan, progress, incident, view, MayApprove(progress, incident, details, context)));
        }

        return new SlackMessage(title, blocks);
    }

    /// <summary>"49 ended; 1 changed, left alone."</summary>
    public static Mrkdwn Outcomes(PlanProgress progress, ViewContext context)
    {
        var view = context.ViewOf(progress.Mitigation);
        var counts = progress.Steps
            .Where(step => step.Result is not null)
            .GroupBy(step => step.Result!.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => (Mrkdwn)$"{group.Count()} {view?.Word(group.Key) ?? group.Key.ToString()}");
        return $"{Mrkdwn.Join($"; ", counts)}.";
    }

    /// <summary>How far the plan at hand is, for the step of the page that it was asked for.</summary>
    public static Mrkdwn Standing(PlanProgress plan) => plan.Stage switch
    {
        PlanStage.DrawnUp => $"{Mrkdwn.User(plan.RequestedBy.User)} asks for a plan; I am drawing it up.",
        PlanStage.Proposed => $"Plan `{plan.Digest}` of {Mrkdwn.User(plan.RequestedBy.User)} waits; its message has the buttons.",
        _ => $"Plan `{plan.Digest}` is being carried out.",
    };

    /// <summary>Those who said yes.</summary>
    public static Mrkdwn Approvals(PlanProgress progress) =>
        Mrkdwn.Join($" and ", progress.Approvals.Select(given => Mrkdwn.User(given.By.User)));

    /// <summary>Whoever approves has to know what whoever asked was told.</summary>
    private static Mrkdwn Harmful(PlanProgress progress, Incident incident) =>
        progress.PageStep is { } id && incident.FindStep(id) is { } step && incident.WhyHarmful(step) is { } harm
            ? $":no_entry: *The diagnosis says that this does harm:* {harm}\n"
            : Mrkdwn.Empty;

    private static bool MayApprove(PlanProgress progress, Incident incident, PlanDetails details, ViewContext context) =>
        details.IsWhole && progress.Held is null && incident.WhyHarmful(progress) is null && context.Target is { Mode: TargetMode.Act, HasApprovers: true };

    private static Mrkdwn Status(Plan plan, PlanProgress progress, Incident incident, PlanDetails details, ViewContext context) => progress.Stage switch
    {
        PlanStage.Proposed when incident.WhyHarmful(progress) is not null =>
            $"{Given(progress)}When it was asked for, nobody knew that. So it can't be approved: reject or withdraw it. Whoever wants it all the same presses Do it anyway on its step in the thread.",
        PlanStage.Proposed when !details.IsWhole =>
            $":no_entry: The names in this plan don't fit one Slack message, so nobody can read and approve it. Withdraw it, and do it by hand or have less of it planned at once.",
        PlanStage.Proposed when progress.Held is { } other =>
            $"Approved by {Approvals(progress)}. Waits until the plan of {Mrkdwn.User(other.For.User)} is done, which is still being carried out on {plan.Target}; then it begins by itself, before {Moment.Of(plan.ExpiresAt)}.",
        PlanStage.Proposed when context.Target.Mode is TargetMode.Propose =>
            $"I don't carry this out (Mode: Propose). Do it by hand before {Moment.Of(plan.ExpiresAt)}: the target changes.",
        PlanStage.Proposed when !MayApprove(progress, incident, details, context) =>
            $"Nobody can approve this any more: the settings of {plan.Target} changed. Withdraw it, and do it by hand.",
        PlanStage.Proposed =>
            $"{Given(progress)}Needs {progress.Quorum - progress.Approvals.Length} of {Approvers.Of(context.Approvers, mention: true)}, not {Mrkdwn.User(plan.RequestedBy.User)}, until {Moment.Of(plan.ExpiresAt)}.",
        PlanStage.Running =>
            $"Approved by {Approvals(progress)}. Running: {progress.Steps.Count(step => step.Result is not null)} of {progress.Steps.Length}.",
        PlanStage.Finished => $"Approved by {Approvals(progress)}. {Outcomes(progress, context)}{Remarks(progress)}",
        _ => progress.Withdrawn switch
        {
            WithdrawnBecause.Rejected => $"Rejected by {Mrkdwn.User(progress.WithdrawnBy!.User)}. Nothing was done.",
            WithdrawnBecause.Cancelled => $"Withdrawn by {Mrkdwn.User(progress.WithdrawnBy!.User)}. Nothing was done.",
            WithdrawnBecause.Expired => $":warning: Expired: nobody approved it in time. Nothing was done.",
            WithdrawnBecause.ServerChanged => $"Withdrawn: another server answers by now, and what this names isn't there. Nothing was done.",
            WithdrawnBecause.Overtaken => $"Withdrawn: the target was relieved without it. Nothing was done.",
            WithdrawnBecause.Superseded => $"{Mrkdwn.User(progress.WithdrawnBy!.User)} asked for a new plan in its place. Nothing was done.",
            _ => (Mrkdwn)$"The incident ended before a decision. Nothing was done.",
        },
    };

    private static Mrkdwn Given(PlanProgress progress) =>
        progress.Approvals.IsEmpty ? Mrkdwn.Empty : $"Approved by {Approvals(progress)}. ";

    /// <summary>The outcomes that a person should look at, each with its reason, once.</summary>
    private static Mrkdwn Remarks(PlanProgress progress)
    {
        var remarks = progress.Steps
            .Where(step => step.Result is { Outcome: not (Outcome.Applied or Outcome.AlreadySatisfied) })
            .Select(step => step.Result!.Detail)
            .Distinct(StringComparer.Ordinal)
            .Take(5)
            .Select(detail => (Mrkdwn)$"\n• {detail}");
        return Mrkdwn.Join(Mrkdwn.Empty, remarks);
    }

    private static ActionsBlock Buttons(Plan plan, PlanProgress progress, Incident incident, MitigationView view, bool mayApprove)
    {
        var value = ButtonIds.Value(plan.Incident, plan.Id);
        List<BlockElement> buttons = [];
        if (mayApprove)
        {
            var where = $"{plan.Environment} {plan.Target}";
            buttons.Add(new Button("Approve", ButtonIds.Approve, value, ButtonStyle.Danger, new ConfirmationDialog(
                where.Length <= SlackLimits.ConfirmTitle.Most ? where : plan.Target,
                $"{view.Confirm(plan.Mitigation)} Plan {progress.Digest}.",
                "Approve",
                "Cancel",
                ButtonStyle.Danger)));
        }

        // Until it begins, who approved may think again, and the next approver may know better.
        if (mayApprove || progress.Held is not null || incident.WhyHarmful(progress) is not null)
        {
            buttons.Add(new Button("Reject", ButtonIds.Reject, value));
        }

        buttons.Add(new Button("Withdraw", ButtonIds.Withdraw, value));
        return new ActionsBlock(buttons);
    }
}

using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A plan as an approver sees it: drawn from the bytes that are hashed, approved and carried out.</summary>
internal static class PlanView
{
    public static SlackMessage Render(Plan plan, PlanProgress progress, Incident incident, ViewContext context)
    {
        if (plan.Mitigation is not EndIdleSessions end)
        {
            throw new FormatException($"No view draws {plan.Mitigation.Name}.");
        }

        Mrkdwn title = $"Plan {progress.Digest}: end {Spoken.Sessions(end.Sessions.Count)} on {plan.Target}, {plan.Environment}";
        var table = PlanTable.Of(end, progress);
        var status = new SectionBlock(Status(plan, progress, table, context));
        List<Block> blocks = [new SectionBlock($"*{title}*")];
        switch (progress.Stage)
        {
            case PlanStage.Proposed:
                blocks.AddRange([new SectionBlock(Harm(plan, end)), .. table.Blocks, status]);
                break;
            case PlanStage.Withdrawn:
                blocks.Add(status);
                break;
            default:
                blocks.AddRange([status, .. table.Blocks]);
                break;
        }

        if (progress.Stage is PlanStage.Proposed && incident.State is IncidentState.AwaitingApproval)
        {
            blocks.Add(Buttons(plan, progress, end, MayApprove(table, context)));
        }

        return new SlackMessage(title, blocks);
    }

    /// <summary>"49 ended; 1 changed, left alone."</summary>
    public static Mrkdwn Outcomes(PlanProgress progress)
    {
        var counts = progress.Steps
            .Where(step => step.Result is not null)
            .GroupBy(step => step.Result!.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => (Mrkdwn)$"{group.Count()} {Word(group.Key)}");
        return $"{Mrkdwn.Join($"; ", counts)}.";
    }

    /// <summary>Those who said yes.</summary>
    public static Mrkdwn Approvals(PlanProgress progress) =>
        Mrkdwn.Join($" and ", progress.Approvals.Select(by => Mrkdwn.User(by.User)));

    /// <summary>One step's outcome in two or three words.</summary>
    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Applied => "ended",
        Outcome.AlreadySatisfied => "already gone",
        Outcome.NotApplied => "not ended",
        Outcome.Superseded => "server restarted: nothing done",
        Outcome.Drift => "changed, left alone",
        Outcome.Ambiguous => "no answer: look by hand",
        _ => outcome.ToString(),
    };

    private static Mrkdwn Harm(Plan plan, EndIdleSessions end)
    {
        var more = end.More > 0 ? (Mrkdwn)$" {end.More} more would qualify." : Mrkdwn.Empty;
        return $"{Mrkdwn.User(plan.RequestedBy.User)} asks. Idle outside a transaction for at least {Spoken.Duration(end.IdleFor)}: *no work is lost, no undo.*\nTheir owners get one error (57P01) at the next use; a pool then reconnects, and may drop its other idle connections too. A session that does anything before its turn is left alone. What leaks goes on leaking.{more}";
    }

    private static bool MayApprove(PlanTable table, ViewContext context) =>
        table.IsWhole && context.Target is { Mode: TargetMode.Act, HasApprovers: true };

    private static Mrkdwn Status(Plan plan, PlanProgress progress, PlanTable table, ViewContext context) => progress.Stage switch
    {
        PlanStage.Proposed when !table.IsWhole =>
            $":no_entry: The names in this plan don't fit one Slack message, so nobody can read and approve it. Withdraw it, and end the sessions by hand or lower EndIdleSessions:MaxSessions.",
        PlanStage.Proposed when context.Target.Mode is TargetMode.Propose =>
            $"I don't carry this out (Mode: Propose). Do it by hand before {Moment.Of(plan.ExpiresAt)}: the sessions change.",
        PlanStage.Proposed when !MayApprove(table, context) =>
            $"Nobody can approve this any more: the settings of {plan.Target} changed. Withdraw it, and do it by hand.",
        PlanStage.Proposed =>
            $"{Given(progress)}Needs {progress.Quorum - progress.Approvals.Length} of {Approvers.Of(context.Approvers, mention: true)}, not {Mrkdwn.User(plan.RequestedBy.User)}, until {Moment.Of(plan.ExpiresAt)}.",
        PlanStage.Running =>
            $"Approved by {Approvals(progress)}. Running: {progress.Steps.Count(step => step.Result is not null)} of {progress.Steps.Length}.",
        PlanStage.Finished => $"Approved by {Approvals(progress)}. {Outcomes(progress)}{Remarks(progress)}",
        _ => progress.Withdrawn switch
        {
            WithdrawnBecause.Rejected => $"Rejected by {Mrkdwn.User(progress.WithdrawnBy!.User)}. Nothing was done.",
            WithdrawnBecause.Cancelled => $"Withdrawn by {Mrkdwn.User(progress.WithdrawnBy!.User)}. Nothing was done.",
            WithdrawnBecause.Expired => $":warning: Expired: nobody approved it in time. Nothing was done.",
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

    private static ActionsBlock Buttons(Plan plan, PlanProgress progress, EndIdleSessions end, bool mayApprove)
    {
        var value = ButtonIds.Value(plan.Incident, plan.Id);
        List<BlockElement> buttons = [];
        if (mayApprove)
        {
            var where = $"{plan.Environment} {plan.Target}";
            buttons.Add(new Button("Approve", ButtonIds.Approve, value, ButtonStyle.Danger, new ConfirmationDialog(
                where.Length <= SlackLimits.ConfirmTitle.Most ? where : plan.Target,
                $"End {Spoken.Sessions(end.Sessions.Count)} idle outside a transaction. No work is lost, there is no undo. Plan {progress.Digest}.",
                "Approve",
                "Cancel",
                ButtonStyle.Danger)));
            buttons.Add(new Button("Reject", ButtonIds.Reject, value));
        }

        buttons.Add(new Button("Withdraw", ButtonIds.Withdraw, value));
        return new ActionsBlock(buttons);
    }
}

using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A plan as an approver sees it: drawn from the bytes that are hashed, approved and carried out.</summary>
internal static class PlanView
{
    /// <summary>Rows in one block, so that its text stays below Slack's limit whatever the names are.</summary>
    private const int RowsPerBlock = 18;

    public static SlackMessage Render(Plan plan, PlanProgress progress, Incident incident, ViewContext context)
    {
        if (plan.Mitigation is not EndIdleSessions end)
        {
            throw new FormatException($"No view draws {plan.Mitigation.Name}.");
        }

        Mrkdwn title = $"Plan {progress.Digest}: end {Spoken.Sessions(end.Sessions.Count)} on {plan.Target}, {plan.Environment}";
        List<Block> blocks =
        [
            new SectionBlock($"*{title}*"),
            new SectionBlock(Harm(plan, end)),
            .. Table(end, progress),
            new SectionBlock(Status(plan, progress, context)),
        ];
        if (progress.Stage is PlanStage.Proposed && incident.State is IncidentState.AwaitingApproval)
        {
            blocks.Add(Buttons(plan, progress, end, context));
        }

        return new SlackMessage(title, blocks);
    }

    /// <summary>"49 ended; 1 ran a query meanwhile: left alone."</summary>
    public static Mrkdwn Outcomes(PlanProgress progress)
    {
        var counts = progress.Steps
            .Where(step => step.Result is not null)
            .GroupBy(step => step.Result!.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => (Mrkdwn)$"{group.Count()} {Word(group.Key)}");
        return $"{Mrkdwn.Join($"; ", counts)}.";
    }

    private static Mrkdwn Harm(Plan plan, EndIdleSessions end)
    {
        var more = end.More > 0 ? (Mrkdwn)$" {end.More} more would qualify." : Mrkdwn.Empty;
        return $"{Mrkdwn.User(plan.RequestedBy.User)} asks. Each was idle outside a transaction for at least {Spoken.Duration(end.IdleFor)}, so no work is lost. Their owners get one error (57P01) when they use the connection next; a pool then reconnects and may drop its other idle connections too. What leaks goes on leaking. A session that does anything before its turn is left alone. There is no undo.{more}";
    }

    private static IEnumerable<Block> Table(EndIdleSessions end, PlanProgress progress)
    {
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished;
        for (var first = 0; first < end.Sessions.Count; first += RowsPerBlock)
        {
            var table = became
                ? new TextTable("pid", "started (UTC)", "user", "application", "client", "idle", "became")
                : new TextTable("pid", "started (UTC)", "user", "application", "client", "idle", "database");
            for (var at = first; at < Math.Min(first + RowsPerBlock, end.Sessions.Count); at++)
            {
                var (pin, application, client, idleFor) = end.Sessions[at];
                table.Add(
                    TextTable.Number(pin.ProcessId),
                    pin.StartedAt.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    Name(pin.User),
                    application.IsEmpty ? "-" : TextTable.Short(application.Value),
                    client.IsEmpty ? "local" : TextTable.Short(client.Value),
                    Spoken.Duration(idleFor),
                    became ? (progress.Steps[at].Result is { } result ? Word(result.Outcome) : "-") : Name(pin.Database));
            }

            yield return new RichTextBlock(table.ToString());
        }
    }

    // Names of roles and databases are the server's: pinned as they are, shown through the door.
    private static string Name(string raw) => TextTable.Short(Incidents.Evidence.ForeignText.From(raw, 63).Value);

    private static Mrkdwn Status(Plan plan, PlanProgress progress, ViewContext context) => progress.Stage switch
    {
        PlanStage.Proposed when context.Target.Mode is TargetMode.Propose =>
            $"I don't carry this out (Mode: Propose). Do it by hand before {At(plan.ExpiresAt)}: the sessions change.",
        PlanStage.Proposed =>
            $"Needs {progress.Quorum - progress.Approvals.Length} of {Approvers.Of(context.Approvers, mention: true)}, not {Mrkdwn.User(plan.RequestedBy.User)}, until {At(plan.ExpiresAt)}.",
        PlanStage.Running =>
            $"Approved by {People(progress)}. Running: {progress.Steps.Count(step => step.Result is not null)} of {progress.Steps.Length}.",
        PlanStage.Finished => $"Approved by {People(progress)}. {Outcomes(progress)}{Remarks(progress)}",
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

    private static ActionsBlock Buttons(Plan plan, PlanProgress progress, EndIdleSessions end, ViewContext context)
    {
        var value = ButtonIds.Value(plan.Incident, plan.Id);
        List<BlockElement> buttons = [];
        if (context.Target.Mode is TargetMode.Act)
        {
            buttons.Add(new Button("Approve", ButtonIds.Approve, value, ButtonStyle.Danger, new ConfirmationDialog(
                $"{plan.Environment} {plan.Target}",
                $"End {Spoken.Sessions(end.Sessions.Count)} idle outside a transaction. No work is lost, there is no undo. Plan {progress.Digest}.",
                "Approve",
                "Cancel",
                ButtonStyle.Danger)));
            buttons.Add(new Button("Reject", ButtonIds.Reject, value));
        }

        buttons.Add(new Button("Withdraw", ButtonIds.Withdraw, value));
        return new ActionsBlock(buttons);
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Applied => "ended",
        Outcome.AlreadySatisfied => "already gone",
        Outcome.NotApplied => "not ended",
        Outcome.Superseded => "server restarted: nothing done",
        Outcome.Drift => "changed, left alone",
        Outcome.Ambiguous => "no answer: look by hand",
        _ => outcome.ToString(),
    };

    private static Mrkdwn People(PlanProgress progress) =>
        Mrkdwn.Join($" and ", progress.Approvals.Select(by => Mrkdwn.User(by.User)));

    private static Mrkdwn At(DateTimeOffset at) => Mrkdwn.Date(at, "{time}", at.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture));
}

using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A change that was made for the incident only and was to be undone by now: what still stays, since when, by which plan, and how its undo begins.</summary>
internal static class OverdueUndoView
{
    /// <param name="plan">The plan that made the change.</param>
    /// <param name="mitigation">What it changed; null when the plan can't be read any more.</param>
    public static SlackMessage Render(PlanProgress plan, Mitigation? mitigation, Incident incident, ViewContext context)
    {
        var due = incident.Temporary.FirstOrDefault(change => change.Plan == plan.Id)?.Due;
        if (due is null)
        {
            return Of(Settled(plan, incident), button: null);
        }

        var step = plan.PageStep is { } id ? incident.FindStep(id) : null;
        var button = step is not null && context.ViewOf(plan.Mitigation) is { } view && StepButtons.MayAsk(incident, step, context)
            ? StepButtons.Ask(incident, step, view, context, ButtonStyle.Primary)
            : null;
        var owner = Mrkdwn.User((step?.Owner ?? plan.RequestedBy).User);
        var doubt = plan.TookEffect ? Mrkdwn.Empty : (Mrkdwn)$" When I changed it I got no answer, so look first.";
        Mrkdwn stays = $"{owner}: *It was to be undone by now* ({Moment.WithDay(due.Value)}): {TemporaryView.What(mitigation, context)}{doubt}";
        var since = plan.FinishedAt is { } at ? (Mrkdwn)$"\nSo since {Moment.WithDay(at)}, by plan `{plan.Digest}`." : $"\nBy plan `{plan.Digest}`.";
        return Of($":alarm_clock: {stays}{since} {Next(plan, incident, button)}", button);
    }

    private static SlackMessage Of(Mrkdwn text, Button? button) =>
        new(text, button is null ? [new SectionBlock(text)] : [new SectionBlock(text), new ActionsBlock([button])]);

    private static Mrkdwn Next(PlanProgress plan, Incident incident, Button? button) => incident switch
    {
        { IsOpen: false } => $"The incident is over: /runbook followups says whose it is to undo.",
        { Plan: { } at } when at.PageStep == plan.PageStep => PlanView.Standing(at),
        _ when incident.Queue.FirstOrDefault(queued => queued.Step == plan.PageStep) is { } queued =>
            $"{Mrkdwn.User(queued.By.User)} asked for its undo, which waits for the change under way.",
        _ when button is not null => $"Its undo is a plan of its own: whoever presses asks for it, somebody else approves.",
        { State: IncidentState.Diagnosing } => $"While the diagnosis runs I draw up no plan; the button comes right after it.",
        _ => $"I can't draw up its undo here: do it by hand.",
    };

    /// <summary>It isn't this plan's change any more that stays.</summary>
    private static Mrkdwn Settled(PlanProgress plan, Incident incident)
    {
        var next = incident.PastPlans.SkipWhile(past => past.Id != plan.Id).Skip(1)
            .FirstOrDefault(later => later.Mitigation == plan.Mitigation && later is { Stage: PlanStage.Finished, MayHaveTakenEffect: true });
        return next is { Lasting: Lasting.Undo, FinishedAt: { } at }
            ? (Mrkdwn)$":white_check_mark: What plan `{plan.Digest}` changed was to be undone: plan `{next.Digest}` did so {Moment.WithDay(at)}."
            : $"What plan `{plan.Digest}` changed was to be undone; plan `{next?.Digest}` changed it once more, with a time of its own.";
    }
}

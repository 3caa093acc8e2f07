using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The steps of one part of the page as a list: what each would do, and who is at it.</summary>
internal static class StepListView
{
    /// <summary>More steps don't fit one message; the next ones come as the first are done or skipped.</summary>
    private const int Shown = 15;

    /// <summary>For the line that counts the rest.</summary>
    private const int Kept = 300;

    /// <returns>Null when the page has no such part.</returns>
    public static SlackMessage? Render(Incident incident, RunbookPhase phase, ViewContext context)
    {
        var all = incident.Steps.Where(step => step.Step.Phase == phase).ToArray();
        if (all.Length == 0)
        {
            return null;
        }

        // The first steps of a diagnosis have messages of their own.
        var listed = phase is RunbookPhase.Diagnosis ? [.. all.Skip(Incident.MessagesAtOnce)] : all;
        var open = listed.Where(step => !step.IsClosed).ToArray();
        var done = listed.Length - open.Length;
        var title = done > 0 ? (Mrkdwn)$"{NameOf(phase)}: {done} of {listed.Length} done or skipped" : $"{NameOf(phase)}";
        List<Block> blocks = [new SectionBlock($"*{title}*")];
        var room = new MessageRoom(blocks, Kept);
        var shown = open.Take(Shown).Select(step => new SectionBlock(Line(incident, step, context), Accessory(incident, step, context))).TakeWhile(room.Takes).ToArray();
        blocks.AddRange(shown);
        if (open.Length > shown.Length)
        {
            blocks.Add(new ContextBlock($"{open.Length - shown.Length} more come as these are done or skipped."));
        }

        return new SlackMessage(title, blocks);
    }

    public static string NameOf(RunbookPhase phase) => phase switch
    {
        RunbookPhase.Diagnosis => "More steps of the diagnosis",
        RunbookPhase.Immediate => "Immediate actions",
        RunbookPhase.ShortTerm => "Short-term fixes",
        RunbookPhase.LongTerm => "Long-term solutions",
        _ => phase.ToString(),
    };

    private static Mrkdwn Line(Incident incident, PageStepProgress step, ViewContext context) =>
        $"*{context.NameOf(step.Id)}*\n{Standing(incident, step, context)}";

    private static Mrkdwn Standing(Incident incident, PageStepProgress step, ViewContext context)
    {
        if (incident.Queue.FirstOrDefault(queued => queued.Step == step.Id) is { } queued)
        {
            return $"{Mrkdwn.User(queued.By.User)} asked for it; it waits for its turn.";
        }

        if (incident.Plan is { } plan && plan.PageStep == step.Id)
        {
            return PlanView.Standing(plan);
        }

        Mrkdwn stands = step.Stage switch
        {
            PageStepStage.Running => $"Running.",
            PageStepStage.Answered => $"Answer in the thread.",
            PageStepStage.Failed => $":warning: {step.Problem}",
            PageStepStage.ByHand => $"{Mrkdwn.User(step.By!.User)} does it by hand.",
            _ when step.Step.Mitigation is { } mitigation => Offer(incident, step, mitigation, context),
            _ when !incident.IsOpen => $"Not done.",
            _ when step.Step.Work is null => $"By hand.",
            _ => Mrkdwn.Empty,
        };
        return step is { Owner: { } owner, Due: { } due }
            ? $"{stands} For {Mrkdwn.User(owner.User)} until {Moment.Day(due)}."
            : stands;
    }

    private static Mrkdwn Offer(Incident incident, PageStepProgress step, string mitigation, ViewContext context)
    {
        var past = incident.PastPlans.LastOrDefault(plan => plan.Mitigation == mitigation && plan.Stage is PlanStage.Finished);
        if (!incident.IsOpen)
        {
            return past is null ? (Mrkdwn)$"Not done." : PlanView.Outcomes(past, context);
        }

        if (context.OfferOf(incident, step) is not { } offer)
        {
            return $"This version of me can't do it; do it by hand.";
        }

        Mrkdwn lead = (offer.IsPossible, context.Target) switch
        {
            (false, _) => Mrkdwn.Empty,
            (_, { Mode: TargetMode.Observe } or { HasApprovers: false }) => $"By hand: ",
            _ => $"Now: ",
        };
        var worth = VerdictView.WorthOf(context.WorthOf(step));
        var became = past is null ? Mrkdwn.Empty : (Mrkdwn)$" Last time: {PlanView.Outcomes(past, context)}";
        return $"{worth}{lead}{offer.Words}{became}";
    }

    private static Button? Accessory(Incident incident, PageStepProgress step, ViewContext context)
    {
        var id = ButtonIds.Value(incident.Id, step.Id);
        if (!incident.IsOpen)
        {
            return step.IsFollowUp ? new Button("Done", ButtonIds.StepDone + ButtonIds.NoteSuffix, id) : null;
        }

        if (incident.Plan?.PageStep == step.Id)
        {
            return null; // its own message has the buttons
        }

        if (StepButtons.MayPlan(incident, step, context))
        {
            return StepButtons.Ask(incident, step, context.ViewOf(step.Step.Mitigation!)!, context);
        }

        return step switch
        {
            { Step.Phase: RunbookPhase.LongTerm, Owner: null } => new Button("I'll follow it up", ButtonIds.FollowUp, id),
            { Stage: PageStepStage.ByHand } => new Button("Done", ButtonIds.StepDone, id),
            { Stage: PageStepStage.Answered or PageStepStage.Failed } => new Button("Run again", ButtonIds.RunStep, id),
            { Stage: PageStepStage.Running } => null,
            _ => new Button("Do by hand", ButtonIds.ByHand, id),
        };
    }
}

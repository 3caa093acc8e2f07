using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>One step of the page in the thread: running, then what it found, or what a person is to do and did.</summary>
internal static class StepView
{
    /// <summary>Longer texts are read on the page.</summary>
    private const int LongestText = 1_500;

    /// <summary>For the lines that say what to fill in and what didn't fit.</summary>
    private const int Kept = 900;

    public static SlackMessage Render(Incident incident, PageStepProgress step, StepWords words, ViewContext context)
    {
        Mrkdwn title = $"{context.NameOf(step.Id)}";
        var stage = incident.Plan is { } plan && plan.PageStep == step.Id ? PlanView.Standing(plan) : Stage(incident, step);
        List<Block> blocks = [new SectionBlock($"*{title}*{(stage.Length > 0 ? (Mrkdwn)$"\n{stage}" : Mrkdwn.Empty)}")];
        var end = End(incident, step, words, context);
        var room = new MessageRoom([.. blocks, .. end], Kept);

        // Whoever is to act needs the page's commands first of all.
        var toDo = IsByHand(step) && words.Page is { } page ? CommandBlocks.Of(Cut.To(LongestText, page.Text), page.Commands, words.Values, room) : [];
        blocks.AddRange([.. Found(incident, step, words, context.Diagnosis, room), .. toDo, .. end]);
        return new SlackMessage(stage.Length > 0 ? $"{title}: {stage}" : title, blocks);
    }

    private static List<Block> End(Incident incident, PageStepProgress step, StepWords words, ViewContext context)
    {
        List<Block> end = [];
        if (words.Note is { IsEmpty: false } note)
        {
            end.Add(new SectionBlock($">{Verbatim.Of(note)}"));
        }

        if (StepButtons.Of(incident, step, context) is { Count: > 0 } buttons)
        {
            end.Add(new ActionsBlock(buttons));
        }

        return end;
    }

    /// <summary>Where it stands; empty for a step that waits for a person.</summary>
    private static Mrkdwn Stage(Incident incident, PageStepProgress step)
    {
        var by = step.By is { } person ? Mrkdwn.User(person.User) : Mrkdwn.Empty;
        var at = step.At is { } moment ? Moment.Of(moment, incident) : Mrkdwn.Empty;
        var followUp = step is { IsFollowUp: true, Owner: { } owner, Due: { } due }
            ? (Mrkdwn)$"For {Mrkdwn.User(owner.User)} until {Moment.Day(due)}. "
            : Mrkdwn.Empty;
        return step.Stage switch
        {
            PageStepStage.Running => $":hourglass_flowing_sand: Running since {at}.",
            PageStepStage.Failed => $"{followUp}:warning: {step.Problem}",
            PageStepStage.ByHand => $"{followUp}{by} does it by hand.",
            PageStepStage.Done => $":white_check_mark: Done by {by} {at}.",
            PageStepStage.Skipped => $"Skipped by {by} {at}.",
            PageStepStage.Waiting when !incident.IsOpen && !step.IsFollowUp => $"Not done.",
            PageStepStage.Waiting when step.Step.Work is null => $"{followUp}By hand: press Done when it is.",
            _ => followUp,
        };
    }

    private static IEnumerable<Block> Found(Incident incident, PageStepProgress step, StepWords words, Diagnosis? diagnosis, MessageRoom room)
    {
        if (step.Step.Type == StepType.ConnectionUsage.Name && incident.Latest is { } latest && step.Stage is not PageStepStage.Running)
        {
            return [new SectionBlock(Usage(latest))];
        }

        if (step.Step.Type == StepType.ConnectionConsumers.Name)
        {
            var judged = VerdictView.Details(diagnosis?.Verdict).Select(paragraph => (Block)new SectionBlock(paragraph));
            var holders = words.Consumers is { } consumers && incident.Consumers is { } known
                ? ConsumersView.Blocks(consumers, step.Stage is PageStepStage.Answered ? null : known.At)
                : [];
            var services = (diagnosis?.Services?.Words ?? []).Select(words => (Block)new SectionBlock(VerdictView.Of(words)));
            return judged.Concat(services).Concat(holders).Concat(LayersView.Blocks(diagnosis)).Concat(LookView.Blocks(diagnosis?.Look)).Where(room.Takes);
        }

        // What an earlier attempt found stays while the next one runs.
        var all = (words.Found ?? []).Where(paragraph => paragraph.Length > 0).ToArray();
        var fitting = all
            .TakeWhile(paragraph => paragraph.Length <= SlackLimits.Text.Most)
            .Select(paragraph => new SectionBlock(paragraph))
            .TakeWhile(room.Takes)
            .ToArray();
        return fitting.Length < all.Length ? [.. fitting, new ContextBlock($"... and more than fits here; the report has room for more.")] : fitting;
    }

    // The card is redrawn with every measurement, this message isn't.
    private static Mrkdwn Usage(UsageSample sample)
    {
        var usage = sample.Usage;
        var runbook = usage.Free == 0 && !usage.IsUpperBound
            ? (Mrkdwn)$"the runbook's command would be refused"
            : $"the runbook's command would print about {usage.RunbookCount + 1}"; // it counts itself too
        Mrkdwn slots = $"*{Spoken.Slots(usage)}* for ordinary users at {Moment.Of(sample.At)}; the card stays live. (max_connections {usage.MaxConnections}; {runbook}.)";
        var waiting = usage.WaitingForLock > 0 ? (Mrkdwn)$" ({usage.WaitingForLock} of them wait for a lock)" : Mrkdwn.Empty;
        var states = usage.SeesEverything
            ? (Mrkdwn)$"{usage.Active} active{waiting}, {usage.Idle} idle, {usage.IdleInTransaction} idle in a transaction."
            : $"What they do is unknown: {ServerWords.MissingSight(usage.Server)}.{(usage.IsUpperBound ? " Without it parallel workers are counted too, so fewer slots may be taken." : "")}";
        return usage.RefusedLogins > 0
            ? (Mrkdwn)$"{slots}\n{states}\nMy own login was refused {Spoken.Times(usage.RefusedLogins)} before I got in: it is full."
            : $"{slots}\n{states}";
    }

    // Whoever is to act needs the words of the page; whoever reads a result doesn't.
    private static bool IsByHand(PageStepProgress step) =>
        step.Stage is PageStepStage.ByHand || (step.Stage is PageStepStage.Waiting && step.Step.Work is null);
}

using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>One step of the page in the thread: running, then what it found, or what a person is to do and did.</summary>
internal static class StepView
{
    /// <summary>Longer texts of a page are cut here: a message takes 13,000 characters as JSON, buttons and all.</summary>
    private const int LongestText = 1_500;

    /// <summary>All drawn paragraphs together.</summary>
    private const int LongestFound = 6_000;

    public static SlackMessage Render(Incident incident, PageStepProgress step, StepWords words, ViewContext context)
    {
        Mrkdwn title = $"{context.NameOf(step.Id)}";
        var stage = incident.Plan is { } plan && plan.PageStep == step.Id ? PlanView.Standing(plan) : Stage(incident, step);
        var head = new SectionBlock($"*{title}*{(stage.Length > 0 ? (Mrkdwn)$"\n{stage}" : Mrkdwn.Empty)}");
        Block[] found = [.. Found(incident, step, words)];
        Block[] toDo = IsByHand(step) && words.Page is { } page ? [.. CommandBlocks.Of(Short(page.Text), page.Commands, words.Values)] : [];
        IReadOnlyList<Block> end = [.. End(incident, step, words, context)];

        // Whoever is to act needs the page's words most, and the buttons before all.
        Block[][] bodies =
        [
            [.. found, .. toDo],
            [.. toDo, new ContextBlock($"What I found doesn't fit beside it; the report has it.")],
            [new ContextBlock($"This step has more words than fit here: read it on the page.")],
        ];
        var blocks = bodies.Select(body => (Block[])[head, .. body, .. end]).First(SlackMessage.Fits);
        return new SlackMessage(stage.Length > 0 ? $"{title}: {stage}" : title, blocks);
    }

    /// <summary>A person's words about it, and what can be pressed.</summary>
    private static IEnumerable<Block> End(Incident incident, PageStepProgress step, StepWords words, ViewContext context)
    {
        if (words.Note is { IsEmpty: false } note)
        {
            yield return new SectionBlock($">{Verbatim.Of(note)}");
        }

        if (StepButtons.Of(incident, step, context) is { Count: > 0 } buttons)
        {
            yield return new ActionsBlock(buttons);
        }
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

    private static IEnumerable<Block> Found(Incident incident, PageStepProgress step, StepWords words)
    {
        if (step.Step.Type == StepType.ConnectionUsage.Name && incident.Latest is { } latest && step.Stage is not PageStepStage.Running)
        {
            return [new SectionBlock(Usage(latest))];
        }

        if (step.Step.Type == StepType.ConnectionConsumers.Name)
        {
            return words.Consumers is { } consumers && incident.Consumers is { } known
                ? ConsumersView.Blocks(consumers, step.Stage is PageStepStage.Answered ? null : known.At)
                : [];
        }

        // What an earlier attempt found stays while the next one runs.
        var left = LongestFound;
        var paragraphs = (words.Found ?? []).TakeWhile(paragraph => (left -= paragraph.Length) >= 0).ToArray();
        return words.Found is { } all && paragraphs.Length < all.Count
            ? [.. paragraphs.Select(paragraph => new SectionBlock(paragraph)), new ContextBlock($"... and more than fits here; the report has all of it.")]
            : paragraphs.Select(paragraph => new SectionBlock(paragraph));
    }

    // The card is redrawn with every measurement, this message isn't.
    private static Mrkdwn Usage(UsageSample sample)
    {
        var usage = sample.Usage;
        Mrkdwn slots = $"*{usage.Used} of {usage.Capacity} slots* for ordinary users at {Moment.Of(sample.At)}; the card stays live. (max_connections {usage.MaxConnections}; a plain count(*) says {usage.RunbookCount}.)";
        var waiting = usage.WaitingForLock > 0 ? (Mrkdwn)$" ({usage.WaitingForLock} of them wait for a lock)" : Mrkdwn.Empty;
        var states = usage.SeesEverything
            ? (Mrkdwn)$"{usage.Active} active{waiting}, {usage.Idle} idle, {usage.IdleInTransaction} idle in a transaction."
            : $"What they do is unknown: my role lacks pg_read_all_stats.";
        return usage.RefusedLogins > 0
            ? (Mrkdwn)$"{slots}\n{states}\nMy own login was refused {(usage.RefusedLogins == 1 ? "once" : $"{usage.RefusedLogins} times")} before I got in: it is full."
            : $"{slots}\n{states}";
    }

    // Whoever is to act needs the words of the page; whoever reads a result doesn't.
    private static bool IsByHand(PageStepProgress step) =>
        step.Stage is PageStepStage.ByHand || (step.Stage is PageStepStage.Waiting && step.Step.Work is null);

    // Escaped, five signs can stand for one.
    private static string Short(string text)
    {
        var length = Math.Min(text.Length, LongestText);
        while (((Mrkdwn)$"{text[..length]} ...").Length > SlackLimits.Text.Most)
        {
            length -= 100;
        }

        length -= length < text.Length && char.IsLowSurrogate(text[length]) ? 1 : 0;
        return length == text.Length ? text : $"{text[..length]} ...";
    }
}

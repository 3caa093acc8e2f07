using ChatBot.Incidents;
using ChatBot.Incidents.Findings;

namespace ChatBot.Reports;

/// <summary>Why connections ran out, as the bot judged it at the time, with the numbers for and against.</summary>
internal static class CausesSection
{
    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        if (history.Causes.Count == 0)
        {
            return;
        }

        document.Heading(2, $"Why connections ran out");
        foreach (var known in history.Causes)
        {
            var when = Written.Moment(known.At, incident);
            if (sources.Evidence.GetValueOrDefault(known.Evidence)?.Verdict is not { } verdict)
            {
                document.Paragraph($"{when}: **{CauseNames.Of(known.Cause.Cause)}**. The words were erased, or this version can't read them.");
                continue;
            }

            document.Paragraph($"{when}: **{CauseNames.Of(verdict.Cause)}**. {Of(verdict.Summary)} Fullest was {CauseNames.Of(verdict.Layer.Layer)}{(verdict.Layer.Limit == 0 ? (MarkdownText)$"" : $": {verdict.Layer.Used} of {verdict.Layer.Limit}")}.");
            document.List(
            [
                .. verdict.For.Select(reason => (MarkdownText)$"For: {Of(reason)}"),
                .. verdict.Against.Select(reason => (MarkdownText)$"Against: {Of(reason)}"),
                .. verdict.Shared is { } shared ? [Of(shared)] : Array.Empty<MarkdownText>(),
                .. verdict.Victims is { } victims ? [Of(victims)] : Array.Empty<MarkdownText>(),
                .. verdict.Also.Select(other => (MarkdownText)$"{CauseNames.Beside(verdict.Cause)}: {Of(other.Words)}"),
                .. verdict.Unseen.Select(unseen => (MarkdownText)$"Not seen: {Of(unseen)}"),
                .. verdict.Steps.Where(step => step.Worth is Worth.Harmful).Select(step => (MarkdownText)$"Harmful: {CauseNames.OfStep(step.Step)}. {step.Why}"),
            ]);
        }
    }

    private static MarkdownText Of(Reason reason) =>
        reason.Source is { } source ? (MarkdownText)$"{Of(reason.Words)} ({source})" : Of(reason.Words);

    // All of it is escaped as one value: spaces at the edges of its parts would be lost.
    private static MarkdownText Of(Sentence sentence) => $"{sentence.ToString()}";
}

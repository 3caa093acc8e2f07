using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Reports;

/// <summary>The whole report as Markdown: what was seen, decided by whom, done, with which proof, and what is left to do.</summary>
internal static class MarkdownReport
{
    /// <summary>Lines of the page's Impact section that a report repeats.</summary>
    private const int ImpactLines = 8;

    /// <summary>The longest of them: 300 characters.</summary>
    private const int ImpactLength = 300;

    /// <param name="most">Rows of one table at most.</param>
    /// <exception cref="InvalidOperationException">The history is empty.</exception>
    public static string Write(IncidentHistory history, ReportSources sources, int most)
    {
        var incident = history.Incident ?? throw new InvalidOperationException("A report needs an incident.");
        var document = new ReportDocument(most);

        document.Heading(1, $"Incident on {incident.Target}, {Written.Day(incident.OpenedAt)}");
        document.Paragraph($"All times are UTC; those without a day are of {Written.Day(incident.OpenedAt)}.");
        SummarySection.Write(document, history, incident, sources);
        WriteImpact(document, sources.Page);
        CausesSection.Write(document, history, incident, sources);
        NumbersSection.Write(document, history, incident, sources);
        TimelineSection.Write(document, history, incident, sources);
        StepsSection.Write(document, history, incident, sources);
        PlansSection.Write(document, history, incident, sources);
        FollowUpsSection.Write(document, incident, sources);
        EffectsSection.Write(document, history, incident, sources);
        WriteLog(document, history, incident, sources);
        return document.ToString();
    }

    private static void WriteImpact(ReportDocument document, Runbook? page)
    {
        if (page is null || page.Impact.Length == 0)
        {
            return;
        }

        document.Heading(2, $"What it means for others, says the page");
        document.List([.. page.Impact.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Take(ImpactLines)
            .Select(line => (MarkdownText)$"{(line.Length <= ImpactLength ? line : $"{line[..(ImpactLength - 1)]}…")}")]);
    }

    private static void WriteLog(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        document.Heading(2, $"The record behind this report");
        List<MarkdownText> facts =
        [
            $"Incident {MarkdownText.Code(incident.Id.ToString())}: {history.Events} events, each bound to the one before it; the last hash is {MarkdownText.Code(sources.LastHash)}.",
            incident.Page is { } followed
                ? $"Page {followed.Name}, SHA-256 {MarkdownText.Code(followed.Hash)}{(sources.Page is null ? (MarkdownText)$"; this version of the bot can't read it, so its steps bear their ids" : MarkdownText.Empty)}."
                : (MarkdownText)$"It followed no page.",
            $"{MarkdownText.Code($"chatbot audit {incident.Id}")} checks the record; {MarkdownText.Code($"chatbot report {incident.Id}")} writes this report again.",
        ];
        document.List(facts);
    }
}

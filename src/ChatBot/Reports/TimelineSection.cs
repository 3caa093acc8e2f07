using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>What happened, in its order, and who did it.</summary>
internal static class TimelineSection
{
    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        document.Heading(2, $"Timeline");
        document.Paragraph($"# is the event's place in the record. Of the measurements only the first, the fullest, the last and those after a silence or a change are told.");

        var words = new EventWords(incident, history, sources);
        document.Table(
            [$"#", $"Time", $"Who", $"What"],
            [.. history.Lines.Select(line => (IReadOnlyList<MarkdownText>)
            [
                $"{line.Number}",
                $"{Written.Moment(line.Event.At, incident)}",
                words.Who(line.Event),
                words.What(line),
            ])],
            history.LeftOut);
    }
}

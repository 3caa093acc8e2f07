using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>What is left to do after the incident, and the files it leaves.</summary>
internal static class FollowUpsSection
{
    public static void Write(ReportDocument document, Incident incident, ReportSources sources)
    {
        var followUps = incident.Steps.Where(step => step.Owner is not null).ToArray();
        document.Heading(2, $"Follow-ups");
        if (followUps.Length == 0)
        {
            document.Paragraph($"{(incident.IsOpen ? "None so far." : "None.")}");
        }

        document.Table(
            [$"", $"What", $"Owner", $"Due", $"State"],
            [.. followUps.Select(step => (IReadOnlyList<MarkdownText>)
            [
                sources.FollowUps.TryGetValue(step.Id, out var number) ? $"F{number}" : MarkdownText.Empty,
                sources.Title(step.Id),
                sources.Name(step.Owner!),
                step.Due is { } due ? $"{Written.Day(due)}" : MarkdownText.Empty,
                State(step, incident, sources),
            ])]);

        var files = incident.Steps
            .SelectMany(step => step.Files.Select(file => (Step: step, Name: sources.Evidence.GetValueOrDefault(file)?.File)))
            .Where(file => file.Name is not null)
            .Select(file => (MarkdownText)$"{file.Name}, from step {sources.Title(file.Step.Id)}")
            .ToArray();
        if (files.Length > 0)
        {
            document.Heading(2, $"Files");
            document.Paragraph($"They are in the incident's thread.");
            document.List(files);
        }
    }

    private static MarkdownText State(PageStepProgress step, Incident incident, ReportSources sources) => step.Stage switch
    {
        PageStepStage.Done => $"done by {sources.Name(step.By, "nobody")}, {Written.Moment(step.At, incident)}{sources.Words(step.Note, $": ")}",
        PageStepStage.Skipped => $"dropped by {sources.Name(step.By, "nobody")}, {Written.Moment(step.At, incident)}{sources.Words(step.Note, $": ")}",
        _ => (MarkdownText)$"open",
    };
}

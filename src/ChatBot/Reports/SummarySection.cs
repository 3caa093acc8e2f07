using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Reports;

/// <summary>The first thing one reads: what, when, who, how long, how bad.</summary>
internal static class SummarySection
{
    /// <summary>More people or plans in one cell nobody reads.</summary>
    private const int MostInACell = 20;

    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        List<IReadOnlyList<MarkdownText>> rows =
        [
            [$"Target", $"{incident.Target}, {incident.Environment}"],
            [$"Runbook", $"{sources.Page?.Title ?? incident.Page?.Name ?? "none"}"],
            [$"Opened", $"{Written.Moment(incident.OpenedAt)} by {sources.Name(incident.OpenedBy)}, in channel {incident.Channel}"],
            [$"Ended", Ended(history, incident, sources)],
            [$"Lead", sources.Name(incident.Lead)],
            [$"Time to relief", history.FirstRelief is { } relief ? $"{Written.Duration(relief - incident.OpenedAt)}" : (MarkdownText)$"no change of the bot brought relief"],
            [$"Time to the end", incident.End is { } end ? $"{Written.Duration(end.At - incident.OpenedAt)}" : (MarkdownText)$"not over"],
            [$"Peak usage", history.PeakUsage is { } peak ? $"{peak.Usage.Used} of {peak.Usage.Capacity} slots at {Written.Moment(peak.At, incident)}" : (MarkdownText)$"never measured"],
            [$"Changes", Changes(incident, sources)],
            [$"Presses", Presses(history, sources)],
        ];
        if (!incident.Joined.IsEmpty)
        {
            rows.Add([$"Joined", Some(incident.Joined.Distinct().Select(sources.Name))]);
        }

        document.Table([$"", $""], rows);
    }

    private static MarkdownText Ended(IncidentHistory history, Incident incident, ReportSources sources) => incident switch
    {
        { End: null } => $"not yet; this report tells of it until {Written.Moment(history.LastAt)}",
        { State: IncidentState.Resolved, End: { } end } => $"{Written.Moment(end.At)}, resolved by {sources.Name(end.By)}",
        { End: { } end } => $"{Written.Moment(end.At)}, stopped by {sources.Name(end.By)}, who took over{sources.Words(end.Reason, $": ")}",
    };

    /// <summary>"3 sessions ended (1a2b3c4d)", for each plan that changed something.</summary>
    private static MarkdownText Changes(Incident incident, ReportSources sources)
    {
        var changes = incident.PastPlans.Append(incident.Plan).OfType<PlanProgress>()
            .Select(plan => (Plan: plan, Done: plan.Steps.Count(step => step.Result?.Outcome is Outcome.Applied)))
            .Where(change => change.Done > 0)
            .Select(change => (MarkdownText)$"{Done(change.Plan.Mitigation, change.Done, sources)} (plan {change.Plan.Digest})");
        var all = Some(changes);
        return all.IsEmpty ? $"the bot changed nothing" : all;
    }

    private static string Done(string mitigation, int effects, ReportSources sources) =>
        sources.Mitigations.GetValueOrDefault(mitigation)?.Done(effects) ?? $"{effects} of {mitigation}";

    private static MarkdownText Presses(IncidentHistory history, ReportSources sources) =>
        Some(history.Presses.Select(pair => (MarkdownText)$"{sources.Name(pair.Key)} {pair.Value}"));

    private static MarkdownText Some(IEnumerable<MarkdownText> parts)
    {
        var all = parts.ToArray();
        var some = MarkdownText.Join($", ", all.Take(MostInACell));
        return all.Length > MostInACell ? $"{some} and {all.Length - MostInACell} more" : some;
    }
}

using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;

namespace ChatBot.Reports;

/// <summary>Every plan: exactly what was asked for, by whom, who said yes through which door, and what became of it.</summary>
internal static class PlansSection
{
    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        var plans = history.Plans.ToArray();
        if (plans.Length == 0)
        {
            document.Heading(2, $"Plans");
            document.Paragraph($"No change was asked for.");
            return;
        }

        document.Heading(2, $"Plans");
        document.Table(
            [$"Plan", $"What", $"Asked for", $"Approved", $"Became", $"Its bytes, SHA-256"],
            [.. plans.Select(plan => Row(plan, history.TimesOf(plan.Id), incident, sources))]);
    }

    private static IReadOnlyList<MarkdownText> Row(PlanProgress plan, PlanTimes times, Incident incident, ReportSources sources) =>
    [
        plan.Digest.Length > 0 ? $"{plan.Digest}" : MarkdownText.Empty,
        $"{sources.Called(plan.Mitigation)}{(plan.Steps.IsEmpty ? "" : $", {plan.Steps.Length} single changes")}{(plan.PageStep is { } step ? $" (step {sources.Title(step)})" : MarkdownText.Empty)}",
        $"{sources.Name(plan.RequestedBy)}, {Written.Moment(times.AskedAt, incident)}",
        times.Approvals.Count == 0
            ? MarkdownText.Empty
            : MarkdownText.Join($"; ", times.Approvals.Select(given => (MarkdownText)$"{sources.Name(given.By)} {(given.Via is Door.Terminal ? "at the terminal" : "in Slack")}, {Written.Moment(given.At, incident)}")),
        Became(plan, times, incident, sources),
        plan.Hash.Length > 0 ? $"{MarkdownText.Code(plan.Hash)}{Bytes(plan, sources)}" : MarkdownText.Empty,
    ];

    private static MarkdownText Became(PlanProgress plan, PlanTimes times, Incident incident, ReportSources sources) => plan.Stage switch
    {
        PlanStage.DrawnUp => $"is being drawn up",
        PlanStage.Proposed => $"waits for approval until {Written.Moment(plan.ExpiresAt, incident)}",
        PlanStage.Running => $"being carried out since {Written.Moment(times.BegunAt, incident)}: {plan.Steps.Count(step => step.Result is not null)} of {plan.Steps.Length} have an outcome",
        PlanStage.Finished => $"carried out from {Written.Moment(times.BegunAt, incident)} to {Written.Moment(times.EndedAt, incident)}: {sources.Outcomes(plan)}",
        _ => plan.Withdrawn switch
        {
            WithdrawnBecause.NotPossible => $"no plan: {plan.Problem}",
            WithdrawnBecause.Rejected => $"rejected by {sources.Name(plan.WithdrawnBy, "nobody")}, {Written.Moment(times.EndedAt, incident)}",
            WithdrawnBecause.Cancelled => $"withdrawn by {sources.Name(plan.WithdrawnBy, "nobody")}, {Written.Moment(times.EndedAt, incident)}",
            WithdrawnBecause.Expired => $"expired, {Written.Moment(times.EndedAt, incident)}",
            WithdrawnBecause.Superseded => $"replaced by a fresh plan of {sources.Name(plan.WithdrawnBy, "nobody")}, {Written.Moment(times.EndedAt, incident)}",
            WithdrawnBecause.ServerChanged => $"withdrawn, since another server answered, {Written.Moment(times.EndedAt, incident)}",
            WithdrawnBecause.Overtaken => $"withdrawn, since the target was relieved without it, {Written.Moment(times.EndedAt, incident)}",
            _ => (MarkdownText)$"the incident ended before a decision, {Written.Moment(incident.End?.At, incident)}",
        },
    };

    /// <summary>Silence is a yes here: only what is wrong is said.</summary>
    private static MarkdownText Bytes(PlanProgress plan, ReportSources sources) => sources.Plans.GetValueOrDefault(plan.Id) switch
    {
        null => $" **The stored plan is missing.**",
        { Hash: var now } when now != plan.Hash => $" **The stored plan isn't the one that was approved: its bytes have the hash** {MarkdownText.Code(now)}",
        _ => MarkdownText.Empty,
    };
}

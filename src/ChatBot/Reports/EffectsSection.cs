using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Reports;

/// <summary>The proof: every single change of every plan that was carried out, what it was pinned to and what was seen of it.</summary>
internal static class EffectsSection
{
    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        var plans = history.Plans.Where(plan => plan.Stage is PlanStage.Running or PlanStage.Finished).ToArray();
        if (plans.Length == 0)
        {
            return;
        }

        document.Heading(2, $"Appendix: every single change");
        document.Paragraph($"What each change was pinned to stands in the approved plan; the bot changes nothing that is no longer so. Its mark is what the change bears at the target.");
        var left = document.Most;
        foreach (var (at, plan) in plans.Index())
        {
            if (left <= 0)
            {
                document.Paragraph($"… the changes of {plans.Length - at} more plans are left out here; the plans themselves stand above …");
                break;
            }

            left -= plan.Steps.Length;
            document.Heading(3, $"Plan {plan.Digest}: {sources.Called(plan.Mitigation)}");
            var mitigation = Trusted(plan, sources)?.Mitigation;
            if (mitigation is null)
            {
                document.Paragraph($"The stored plan is missing, changed, or of a newer version: what the changes were pinned to can't be shown.");
            }

            document.Table(
                [$"#", $"Pinned to", $"Sent", $"Outcome at", $"Outcome", $"What was seen", $"Mark"],
                [.. plan.Steps.Select((step, place) => Row(plan, place + 1, step, mitigation, history.TimesOf(plan.Id).Effect(place + 1), incident, sources))]);
        }
    }

    private static IReadOnlyList<MarkdownText> Row(PlanProgress plan, int number, StepProgress step, Mitigation? mitigation, EffectTimes times, Incident incident, ReportSources sources) =>
    [
        $"{number}",
        mitigation is not null && number <= mitigation.Steps ? MarkdownText.Code(mitigation.PinOf(number).Replace('|', ' ')) : MarkdownText.Empty,
        $"{Written.Moment(times.IntendedAt, incident)}{(times.ResentAt is { } again ? $", again {Written.Moment(again, incident)}" : "")}",
        $"{Written.Moment(times.FinishedAt, incident)}",
        step.Result is { } result ? $"{sources.Word(plan.Mitigation, result.Outcome)}" : step.Intended ? $"no outcome yet" : (MarkdownText)$"not begun",
        $"{step.Result?.Detail}",
        MarkdownText.Code(times.Key ?? ""),
    ];

    /// <summary>Only bytes that are what was approved prove anything.</summary>
    private static Plan? Trusted(PlanProgress plan, ReportSources sources) =>
        sources.Plans.GetValueOrDefault(plan.Id) is { } stored && stored.Hash == plan.Hash ? stored.Plan : null;
}

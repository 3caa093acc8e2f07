using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Reports;

/// <summary>Every step of the page: what became of it, who had a hand in it, what it found.</summary>
internal static class StepsSection
{
    /// <summary>Of what one step found: 20,000 characters, more than its message in Slack takes.</summary>
    private const int LongestFinding = 20_000;

    /// <summary>Of what all of them found: 100,000 characters.</summary>
    private const int LongestFindings = 100_000;

    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        if (incident.Steps.IsEmpty)
        {
            return;
        }

        document.Heading(2, $"The steps of the page");
        foreach (var phase in Enum.GetValues<RunbookPhase>())
        {
            var steps = incident.Steps.Where(step => step.Step.Phase == phase).ToArray();
            if (steps.Length > 0)
            {
                document.Heading(3, $"{PhaseNames.Of(phase)}");
                document.Table(
                    [$"Step", $"Became", $"At", $"By", $"More"],
                    [.. steps.Select(step => Row(step, history, incident, sources))]);
            }
        }

        var left = Math.Min(LongestFindings, document.Most * 50);
        foreach (var (step, found) in Findings(incident, sources))
        {
            left -= found.Sum(line => line.Length);
            if (left < 0)
            {
                document.Paragraph($"… what the other steps found doesn't fit here: see their messages in the incident's thread …");
                break;
            }

            document.Heading(3, $"What {sources.Title(step.Id)} found");
            document.List(found);
        }
    }

    private static IReadOnlyList<MarkdownText> Row(PageStepProgress step, IncidentHistory history, Incident incident, ReportSources sources)
    {
        var plans = history.Plans.Where(plan => plan.PageStep == step.Id && plan.Digest.Length > 0).Select(plan => (MarkdownText)$"{plan.Digest}").ToArray();
        return
        [
            sources.Title(step.Id),
            step.Stage is PageStepStage.Waiting && plans.Length > 0 ? $"planned: {MarkdownText.Join($", ", plans)}" : Became(step),
            $"{Written.Moment(step.At, incident)}",
            step.Stage is PageStepStage.Waiting ? MarkdownText.Empty : sources.Name(step.By, "ChatBot"),
            $"{Answer(step, history, incident)}{step.Problem}{sources.Words(step.Note, MarkdownText.Empty)}",
        ];
    }

    /// <summary>For the two steps whose answers stand elsewhere in full.</summary>
    private static string Answer(PageStepProgress step, IncidentHistory history, Incident incident) => (step.Step.Type, history.LastUsage, incident.Consumers) switch
    {
        _ when step.Stage is not PageStepStage.Answered => "",
        ({ } type, { Usage: var usage }, _) when type == StepType.ConnectionUsage.Name => FormattableString.Invariant($"{usage.Used} of {usage.Capacity} slots at last"),
        ({ } type, _, { Sessions: var sessions }) when type == StepType.ConnectionConsumers.Name => FormattableString.Invariant($"{sessions} sessions at last"),
        _ => "",
    };

    private static MarkdownText Became(PageStepProgress step) => step.Stage switch
    {
        PageStepStage.Waiting => $"nobody did it",
        PageStepStage.Running => $"was running",
        PageStepStage.Answered when step.Attempt > 1 => $"answered (attempt {step.Attempt})",
        PageStepStage.Answered => $"answered",
        PageStepStage.Failed when step.Attempt > 1 => $"failed (attempt {step.Attempt})",
        PageStepStage.Failed => $"failed",
        PageStepStage.ByHand => $"taken by hand",
        PageStepStage.Done => $"done",
        _ => $"skipped",
    };

    private static IEnumerable<(PageStepProgress Step, IReadOnlyList<MarkdownText> Found)> Findings(Incident incident, ReportSources sources)
    {
        foreach (var step in incident.Steps)
        {
            if (step.Evidence is { } id && sources.Evidence.GetValueOrDefault(id) is { Found.Count: > 0 } evidence)
            {
                var lines = evidence.Found
                    .SelectMany(paragraph => paragraph.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    .Select(line => line.TrimStart('•', ' '));
                yield return (step, [.. Bounded(lines).Select(line => (MarkdownText)$"{line}")]);
            }
        }
    }

    private static IEnumerable<string> Bounded(IEnumerable<string> lines)
    {
        var left = LongestFinding;
        foreach (var line in lines)
        {
            if (line.Length > left)
            {
                yield return "… more than fits here; the rest is only in the store.";
                yield break;
            }

            left -= line.Length;
            yield return line;
        }
    }
}

using System.Text.Json;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Metrics;
using ChatBot.Incidents.Runbooks;
using ChatBot.Metrics;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.ConnectionMetrics;

/// <summary>Shows the target's connections over time: from Prometheus where it has them, else from the bot's own measurements.</summary>
internal sealed class ConnectionMetricsStep(MetricsProbe metrics, TimeProvider clock) : IReadingStep
{
    private const string Since = "since";

    public StepType Type { get; } = new("connection-metrics", StepWork.Reads, "shows the connections over time, as numbers and a picture")
    {
        Parameters =
        [
            new DurationParameter(Since, "how long before the incident the curves begin", TimeSpan.FromMinutes(5), TimeSpan.FromDays(7)) { Default = "1h" },
        ],
        Phases = [RunbookPhase.Diagnosis],
    };

    public string EvidenceKind => "metric-reading/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var reading = await MeasuredAsync(request, cancellationToken);
        reading = reading with { Marks = [.. Marks(request, reading).OrderBy(mark => mark.At)], Dashboard = request.Target.Dashboard?.ToString() };
        IReadOnlyList<StepFile> files = MetricPicture.Draw(reading) is { } png
            ? [StepFile.Image($"{request.Target.Name}-connections.png", png, string.Join(' ', MetricWords.Of(reading).Select(sentence => sentence.ToString())))]
            : [];
        return new StepReading(JsonSerializer.Serialize(reading, StoredJson.Options), files);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => ConnectionMetricsView.Render(StoredJson.Read<MetricReading>(body, EvidenceKind));

    private async Task<MetricReading> MeasuredAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Sentence gap;
        if (!metrics.IsConfigured)
        {
            gap = Sentence.Of($"No Prometheus is configured (Prometheus:Url), so these are my own measurements.");
        }
        else if (MetricQueries.Of(request.Target).Count == 0)
        {
            gap = Sentence.Of($"The settings don't say which series are this target's (its Prometheus labels), so these are my own measurements.");
        }
        else
        {
            try
            {
                var from = request.Incident.OpenedAt - (request.Binding.Duration(Since) ?? RiseRule.UsualBefore);
                var reading = await metrics.ReadAsync(request.Target, from, now, cancellationToken);
                if (reading.Graphs.Count > 0)
                {
                    return reading;
                }

                gap = Sentence.Of($"Prometheus has none of the series that I know for these labels, so these are my own measurements.");
            }
            catch (MetricsUnavailableException unavailable)
            {
                gap = new Sentence([new SentencePart($"{unavailable.Message} So these are my own measurements.")]);
            }
        }

        return OwnSamples.Of(request.Incident) is { } own
            ? own with { Gaps = [gap] }
            : throw new ImpossiblePlanException($"There is nothing to draw yet. {gap}");
    }

    /// <summary>Within what is drawn.</summary>
    private static IEnumerable<MetricMark> Marks(StepRequest request, MetricReading reading)
    {
        var incident = request.Incident;
        var marks = new List<MetricMark> { new(incident.OpenedAt, MarkKind.Opened, default) };
        if (incident.VerifyingSince is { } changed)
        {
            marks.Add(new MetricMark(changed, MarkKind.Changed, default));
        }

        foreach (var service in request.Services?.Attribution.Services ?? [])
        {
            if (service.Workload?.Revisions.FirstOrDefault(revision => revision.Restart is null) is { } newest)
            {
                marks.Add(new MetricMark(newest.CreatedAt, MarkKind.Deployed, ForeignText.From(service.Service, 63)));
            }
        }

        var end = reading.TimeOf(reading.Graphs[0].Curves[0].Values.Count - 1);
        return marks.Where(mark => mark.At >= reading.From && mark.At <= end);
    }
}

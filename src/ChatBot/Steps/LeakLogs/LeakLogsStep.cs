using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.LeakLogs;

/// <summary>Looks through the logs of all pods of the target's services for leaked connections and pools that ran out.</summary>
internal sealed class LeakLogsStep(PodLogs logs, Clusters clusters, KubernetesOptions options) : IReadingStep
{
    private const string Since = "since";

    /// <summary>Of its time: the rest is for adding up and for storing, so that what was read by then is told.</summary>
    private const double ReadingsPart = 0.8;

    /// <summary>Of the lines that are stored, all together: 1 Mi characters, some 5,000 lines of usual length.</summary>
    private const int MatchesAtMost = 1024 * 1024;

    public StepType Type { get; } = new("leak-logs", StepWork.Reads, "looks through the logs of the services for leaks and pools that ran out")
    {
        Parameters =
        [
            new DurationParameter(Since, "how long before the incident the logs are read from, where nobody saw the rise begin", TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))
            {
                Default = "1h",
            },
        ],
        Phases = [RunbookPhase.Diagnosis],
    };

    public string EvidenceKind => "log-reading/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        KnownServices.Require(request.Target, clusters);
        var since = RiseRule.LogsSince(request.Incident, request.Binding.Duration(Since) ?? RiseRule.UsualBefore);
        var within = new[] { options.LogsWithin, request.Binding.Timeout * ReadingsPart }.Min();
        var reading = await logs.ReadAsync(request.Target, since, within, cancellationToken);
        var stored = reading.WithMatchesOf(MatchesAtMost);
        IReadOnlyList<StepFile> files = reading.Groups.Count > 0 ? [LeakLogsFile.Of(reading)] : [];
        return new StepReading(JsonSerializer.Serialize(stored, StoredJson.Options), files);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => LeakLogsView.Render(StoredJson.Read<LogReading>(body, EvidenceKind));
}

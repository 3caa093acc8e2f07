using System.Text.Json.Serialization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Whose the sessions are, as it is kept: the numbers, and what they say.</summary>
/// <param name="Attribution">Without the pods that hold none; of the others the largest.</param>
/// <param name="Words">The largest service first, then what can't be known.</param>
public sealed record ServiceFinding(Attribution Attribution, IReadOnlyList<Sentence> Words)
{
    /// <summary>Of a service; more pods than these nobody reads: 20.</summary>
    private const int PodsAtMost = 20;

    /// <summary>Of a workload: 3.</summary>
    private const int RevisionsAtMost = 3;

    /// <summary>The service behind whom the verdict names; null when it names nobody, or nobody of the target's services.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Suspect { get; init; }

    /// <summary>What the suspect holds, or else the service that holds most; null when no session leads back to a service.</summary>
    [JsonIgnore]
    public ServiceSessions? First => Attribution.Services.FirstOrDefault(service => service.Service == Suspect) ?? (Attribution.Services is [var most, ..] ? most : null);

    /// <param name="consumers">What it was found from.</param>
    public static ServiceFinding Of(Attribution found, ConnectionConsumers consumers, Incident incident)
    {
        var words = AttributionWords.Of(found, consumers, RiseRule.BeganAt(incident.SinceChange), incident.OpenedAt);
        return new ServiceFinding(found with { Services = [.. found.Services.Select(Shortened)] }, words);
    }

    private static ServiceSessions Shortened(ServiceSessions service) => service with
    {
        Pods = [.. service.Pods.Take(PodsAtMost)],
        Workload = service.Workload is { } workload ? workload with { Pods = [], Revisions = [.. workload.Revisions.Take(RevisionsAtMost)] } : null,
    };
}

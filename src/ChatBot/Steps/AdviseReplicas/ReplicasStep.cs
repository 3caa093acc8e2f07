using System.Text.Json;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Replicas;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.AdviseReplicas;

/// <summary>Says whether read replicas would have helped: what the sessions did, and how much of the work is reading.</summary>
internal sealed class ReplicasStep(ReadShareProbe probe) : IReadingStep
{
    public StepType Type { get; } = new("advise-replicas", StepWork.Advises, "says whether read replicas would have helped")
    {
        Phases = [RunbookPhase.LongTerm],
    };

    public string EvidenceKind => "read-share/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        request.OnlyForPostgreSql();
        var share = await probe.ReadAsync(request.Target.Name, cancellationToken);
        return new StepReading(
            JsonSerializer.Serialize(new ReplicaAdvice(share, ReplicaRule.Fullest(request.Incident)), StoredJson.Options), []);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => ReplicasView.Render(StoredJson.Read<ReplicaAdvice>(body, EvidenceKind));
}

/// <summary>As it is stored.</summary>
/// <param name="Fullest">The incident's fullest measurement; null when there is none.</param>
internal sealed record ReplicaAdvice(ReadShare Share, ConnectionUsage? Fullest);

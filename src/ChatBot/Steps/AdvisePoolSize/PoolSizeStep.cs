using System.Text.Json;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.AdvisePoolSize;

/// <summary>Adds up what the pools of all services may take, and says which sizes fit the server.</summary>
internal sealed class PoolSizeStep(WorkloadProbe probe, Clusters clusters) : IReadingStep
{
    public StepType Type { get; } = new("advise-pool-size", StepWork.Advises, "adds up the pools of all services and says which sizes fit the server")
    {
        Phases = [RunbookPhase.ShortTerm, RunbookPhase.LongTerm],
    };

    public string EvidenceKind => "pool-size-advice/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        KnownServices.Require(request.Target, clusters);
        if (request.Incident.Latest?.Usage.Capacity is not { } capacity)
        {
            throw new ImpossiblePlanException("The server was never measured in this incident, so nobody knows what the pools have to fit. Run this again once its slots are counted.");
        }

        var cluster = await probe.LookAsync(request.Target, cancellationToken);
        var advice = new PoolSizeAdvice(PoolBudget.Of(cluster, capacity, request.Target.Services.Keys), cluster.Gaps);
        return new StepReading(JsonSerializer.Serialize(advice, StoredJson.Options), []);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => PoolSizeView.Render(StoredJson.Read<PoolSizeAdvice>(body, EvidenceKind));
}

/// <summary>As it is stored.</summary>
/// <param name="Gaps">What could not be read of the cluster, and why.</param>
internal sealed record PoolSizeAdvice(PoolBudget Budget, IReadOnlyList<Sentence> Gaps);

using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>What an incident changed for its own time only, from the bytes that were carried out: what is to be undone is read there.</summary>
internal sealed class TemporaryPlans(IncidentStore store, StepCatalogue steps)
{
    /// <returns>Null when nothing is to be undone.</returns>
    public Task<Plan?> ReadAsync(Incident incident, CancellationToken cancellationToken) =>
        store.ReadAsync((reader, _) => ReadAsync(reader, incident), cancellationToken);

    /// <inheritdoc cref="ReadAsync(Incident, CancellationToken)"/>
    public async Task<Plan?> ReadAsync(StoreReader reader, Incident incident) =>
        incident.Temporary is { } change && await reader.ReadPlanAsync(change.Plan.ToString()) is { } row ? Plan.FromBytes(row.Bytes, steps.Kinds) : null;
}

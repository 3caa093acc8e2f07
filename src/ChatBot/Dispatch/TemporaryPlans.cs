using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>What an incident changed for its own time only, from the bytes that were carried out: what is to be undone is read there.</summary>
internal sealed class TemporaryPlans(IncidentStore store, StepCatalogue steps)
{
    /// <param name="mitigation">The stored name of its kind.</param>
    /// <returns>Null when nothing of this kind is to be undone.</returns>
    public async Task<Plan?> ReadAsync(Incident incident, string mitigation, CancellationToken cancellationToken) => incident.TemporaryOf(mitigation) is { } change
        ? await store.ReadAsync((reader, _) => ReadAsync(reader, change), cancellationToken)
        : null;

    /// <summary>All of them, as far as their bytes are still there.</summary>
    public async Task<IReadOnlyList<Plan>> ReadAllAsync(StoreReader reader, Incident incident)
    {
        var plans = new List<Plan>();
        foreach (var change in incident.Temporary)
        {
            if (await ReadAsync(reader, change) is { } plan)
            {
                plans.Add(plan);
            }
        }

        return plans;
    }

    private async Task<Plan?> ReadAsync(StoreReader reader, TemporaryChange change) =>
        await reader.ReadPlanAsync(change.Plan.ToString()) is { } row ? Plan.FromBytes(row.Bytes, steps.Kinds) : null;
}

using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Reports;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>The plans of an incident as the store has them now, and the words for what they change: for those who look back.</summary>
internal static class StoredPlans
{
    public static async Task<IReadOnlyDictionary<PlanId, StoredPlan>> ReadAsync(StoreReader reader, IncidentHistory history, StepCatalogue steps)
    {
        var plans = new Dictionary<PlanId, StoredPlan>();
        foreach (var progress in history.Plans.Where(plan => plan.Hash.Length > 0))
        {
            if (await reader.ReadPlanAsync(progress.Id.ToString()) is { } row)
            {
                plans[progress.Id] = new StoredPlan(Read(row.Bytes, steps), Plan.HashOf(row.Bytes.Span), Convert.ToHexStringLower(row.Hash.Span));
            }
        }

        return plans;
    }

    public static IReadOnlyDictionary<string, MitigationWords> Words(StepCatalogue steps) => steps.Views.ToDictionary(
        pair => pair.Key,
        pair => new MitigationWords(pair.Value.Button, pair.Value.Word, pair.Value.Done),
        StringComparer.Ordinal);

    /// <returns>Null when the bytes are damaged, or a newer version wrote them.</returns>
    private static Plan? Read(ReadOnlyMemory<byte> bytes, StepCatalogue steps)
    {
        try
        {
            return Plan.FromBytes(bytes, steps.Kinds);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

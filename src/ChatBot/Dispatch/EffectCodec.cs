using System.Text.Json;
using ChatBot.Incidents;

namespace ChatBot.Dispatch;

/// <summary>Effects to rows of work and back, under stored names.</summary>
internal static class EffectCodec
{
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["probe-usage/1"] = typeof(ProbeUsage),
        ["probe-consumers/1"] = typeof(ProbeConsumers),
        ["run-step-of-page/1"] = typeof(RunStepOfPage),
        ["share-file/1"] = typeof(ShareFile),
        ["share-report/1"] = typeof(ShareReport),
        ["await-turn/1"] = typeof(AwaitTurn),
        ["draw-up-plan/1"] = typeof(DrawUpPlan),
        ["run-step/1"] = typeof(RunStep),
        ["watch-rollout/1"] = typeof(WatchRollout),
        ["end-plan-in-time/1"] = typeof(EndPlanInTime),
        ["offer-undo-in-time/1"] = typeof(OfferUndoInTime),
        ["show/1"] = typeof(Show),
    };

    private static readonly Dictionary<Type, string> Names = Types.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static string NameOf(Effect effect) => Names[effect.GetType()];

    public static string Write(Effect effect) => JsonSerializer.Serialize(effect, effect.GetType(), StoredJson.Options);

    /// <summary>Null when the row is not an effect of an incident.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static Effect? Read(string name, string body)
    {
        if (!Types.TryGetValue(name, out var type))
        {
            return null;
        }

        try
        {
            return (Effect?)JsonSerializer.Deserialize(body, type, StoredJson.Options);
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"Work {name} is damaged.", damaged);
        }
    }
}

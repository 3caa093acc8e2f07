namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Names the layer that is exhausted, and the cause.</summary>
/// <remarks>
/// The layer comes first (row 0 of the decision table): what helps at one harms at another. Then every rule looks, and if
/// two match, the lower row wins. The one exception is for mixtures: a row that accounts for few sessions doesn't hide one
/// that accounts for most.
/// </remarks>
public static class VerdictRule
{
    /// <summary>A row that accounts for less than a fifth of the taken slots ...</summary>
    public const double Few = 0.2;

    /// <summary>... yields to one that accounts for more than half.</summary>
    public const double Most = 0.5;

    public static Verdict Judge(Symptoms symptoms)
    {
        var layer = LayerRule.Examine(symptoms);
        var hidden = HiddenClients.Of(symptoms.Look, symptoms.Pools);
        var field = Field.Of(symptoms, layer);
        // Only what was refused just before this look says something about how it is now.
        var found = field is null ? [] : CauseRules.Examine(field, field.Look.Usage.RefusedLogins);
        var main = Main(symptoms, layer, field, found);
        CauseFinding[] others = [.. found.Where(other => other.Cause != main.Cause && (layer.IsExhausted || IsWorthAWord(other, field!)))];
        return new Verdict(main.Cause, layer.Numbers, main.Summary, main.For, main.Against, StepWorths.Of(main, others))
        {
            Culprit = hidden.Unmask(main),
            Shared = main.Shared,
            Also = [.. others.Select(other => new OtherCause(other.Cause, other.Summary)), .. OtherLayers(symptoms, layer, main)],
            Unseen = [.. symptoms.Unseen, .. UnseenWords.Of(symptoms), .. UnseenWords.OfPools(symptoms, main.Cause), .. hidden.Words],
            Victims = VictimWords.Of(symptoms),
        };
    }

    private static CauseFinding Main(Symptoms symptoms, LayerFinding layer, Field? field, IReadOnlyList<CauseFinding> found)
    {
        if (layer.Cause is { } cause)
        {
            return new CauseFinding(cause, layer.Numbers.Used, layer.Summary, layer.For)
            {
                Against = layer.Against,
                Culprit = layer.Culprit.IsEmpty ? field?.MostOf(holder => holder.Count)?.Name ?? default : layer.Culprit,
                Shared = found.Count > 0 ? found[0].Shared : null,
            };
        }

        if (!layer.IsExhausted)
        {
            return UnexplainedRule.NotExhausted(symptoms, layer);
        }

        return Likeliest(field, found) is { } main
            ? main with { For = [.. main.For, .. layer.For], Against = [.. main.Against, .. layer.Against] }
            : UnexplainedRule.Undetermined(layer, field);
    }

    /// <summary>The lowest row that doesn't yield; null when none is more than an aside.</summary>
    private static CauseFinding? Likeliest(Field? field, IReadOnlyList<CauseFinding> found)
    {
        var causes = found.Where(one => !one.IsAside).ToArray();
        return causes.Where((one, row) => one.Explains >= field!.Taken * Few || causes[(row + 1)..].All(later => later.Explains <= field.Taken * Most))
            .FirstOrDefault();
    }

    /// <summary>A limit or a pooler that isn't the layer, because another is: each kind once.</summary>
    private static IEnumerable<OtherCause> OtherLayers(Symptoms symptoms, LayerFinding layer, CauseFinding main)
    {
        foreach (var limit in LimitRule.Noteworthy(symptoms).Where(limit => LimitRule.Numbers(limit) != layer.Numbers).DistinctBy(LimitRule.CauseOf))
        {
            yield return new OtherCause(LimitRule.CauseOf(limit), Sentence.Of($"{LimitRule.Words(limit)}."));
        }

        if (main.Cause is not Cause.PoolerSaturated && symptoms.Pools is { } pools && PoolerRule.Examine(pools) is { } pooler
            && (pooler.Limit is not PoolerLimit.ServerLogins || layer.Numbers.Layer is not Layer.Server))
        {
            yield return new OtherCause(Cause.PoolerSaturated, PoolerLayer.Of(pooler).Summary);
        }
    }

    // Where there is room, pools of any size are none of anybody's business.
    private static bool IsWorthAWord(CauseFinding found, Field field) => found.Cause switch
    {
        Cause.LockPileUp => !found.IsAside,
        Cause.TransactionLeak or Cause.SlowQueries or Cause.IdleLeak or Cause.ConnectionStorm => found.Explains >= field.Capacity * Field.Weighty,
        _ => false,
    };
}

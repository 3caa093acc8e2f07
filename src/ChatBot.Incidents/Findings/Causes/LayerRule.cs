using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Which slots ran out. Comes before any cause: what helps at one layer harms at another.</summary>
/// <remarks>
/// Row 0 of the decision table: a reached limit or a waiting pooler is the layer, however full the server looks; except
/// that a server which refuses, or has no slot left, is the layer itself.
/// </remarks>
internal static class LayerRule
{
    /// <summary>A limit that holds less than half of the server's sessions doesn't explain a full server.</summary>
    private const double MostOfServer = 0.5;

    public static LayerFinding Examine(Symptoms symptoms)
    {
        var server = ServerRule.Examine(symptoms);
        if (server is { IsProven: true })
        {
            return server;
        }

        var limit = LimitRule.Examine(symptoms);
        if (limit is not null && (server is null || limit.Layer.Numbers.Used >= symptoms.Look!.Usage.Used * MostOfServer))
        {
            return limit.Layer;
        }

        // A pooler that gets no server connections shows what the server does to it.
        var pooler = symptoms.Pools is { } pools ? PoolerRule.Examine(pools) : null;
        if (pooler is not null && (server is null || pooler.Limit is not PoolerLimit.ServerLogins))
        {
            return PoolerLayer.Of(pooler);
        }

        return server
            ?? ApplicationPoolRule.Examine(symptoms)
            ?? Fullest(symptoms);
    }

    // Nothing is exhausted, as far as was looked.
    private static LayerFinding Fullest(Symptoms symptoms)
    {
        var layers = (symptoms.Look?.Limits ?? []).Where(limit => limit.Limit > 0).Select(LimitRule.Numbers)
            .Concat((symptoms.Pools?.Pools ?? []).Where(pool => pool.PoolSize > 0).Select(PoolerLayer.Numbers))
            .Concat(symptoms.Applications.Where(pool => pool.Maximum > 0).Select(ApplicationPoolRule.Numbers));
        if (symptoms.Look is { } look)
        {
            layers = layers.Prepend(ServerRule.Numbers(look.Usage));
        }

        // The first of equals: the server, where it was seen.
        return new LayerFinding(layers.MaxBy(layer => (double)layer.Used / Math.Max(1, layer.Limit)) ?? ServerRule.Unknown, null, Sentence.Empty, []);
    }
}

/// <summary>The slots that ran out, or the fullest ones.</summary>
/// <param name="Cause">What the layer alone says; null when that has to be found on the server, or nothing is exhausted.</param>
/// <param name="Summary">Empty when nothing is exhausted.</param>
internal sealed record LayerFinding(LayerNumbers Numbers, Cause? Cause, Sentence Summary, IReadOnlyList<Reason> For)
{
    public IReadOnlyList<Reason> Against { get; init; } = [];

    public ForeignText Culprit { get; init; }

    /// <summary>It refused somebody or has no slot left, so no count says otherwise.</summary>
    public bool IsProven { get; init; }

    public bool IsExhausted => Summary.Parts.Count > 0;
}

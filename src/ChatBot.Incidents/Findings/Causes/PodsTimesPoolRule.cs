namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 5: the pools of all pods together are larger than what there is to share; every one of them behaves.</summary>
internal static class PodsTimesPoolRule
{
    /// <summary>"Mostly idle" is at least half (PoolerNeedRule's mark: from there on a pooler halves the slots).</summary>
    public const double Idle = 0.5;

    /// <summary>At most so many of the idle ones did nothing between two looks: half. Then they are in use, in turns.</summary>
    public const double Frozen = 0.5;

    /// <summary>A service that takes part has at least a tenth of the idle sessions.</summary>
    public const double Part = 0.1;

    /// <summary>So many services, or client addresses, are "many": 2 and 3.</summary>
    private const int Services = 2;

    private const int Addresses = 3;

    private const string Source = "decision table, row 5 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        if (!field.IsShare(field.Idle, Idle) || ConnectionStormRule.MostComeAndGo(field))
        {
            return null;
        }

        var takers = field.Holders.Where(holder => holder.Idle > 0 && holder.Idle >= field.Idle * Part).ToArray();
        var addresses = takers.SelectMany(holder => holder.Groups).DistinctBy(group => group.Client).Count();
        var frozen = field.Holders.All(holder => holder.Frozen is not null) && field.Holders.Count > 0 ? field.Holders.Sum(holder => holder.Frozen) : null;
        var isFresh = frozen is { } still && still <= field.Idle * Frozen;
        var isSpread = takers.Length >= Services || addresses >= Addresses;
        if (!isFresh && !isSpread)
        {
            return null;
        }

        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{field.Idle} of {field.Sessions} sessions are idle, outside a transaction."), Source),
            new(Sentence.Of($"Applications with a part of them: {takers.Length}; client addresses: {addresses}."), Source),
        };
        if (isFresh)
        {
            reasons.Add(new Reason(Sentence.Of($"{frozen!.Value} of {field.Idle} idle ones did nothing between two looks: the others are used in turns."), "measured: leaks against resting pools"));
        }

        foreach (var holder in takers.Take(3))
        {
            reasons.Add(new Reason(Sentence.Of($"{holder.Words} holds {holder.Count}, {holder.Idle} of them idle; client addresses: {holder.Clients}.")));
        }

        return new CauseFinding(Cause.PodsTimesPool, field.Idle, Summary(field, takers), reasons)
        {
            Against = [.. Doubts(field, frozen, isFresh, isSpread)],
            Culprit = takers is [var only] ? only.Name : default,
        };
    }

    private static Sentence Summary(Field field, Holder[] takers) => takers switch
    {
        [var first, var second, ..] => Sentence.Of(
            $"The pools are larger than the {field.Capacity} slots: {field.Idle} of {field.Sessions} sessions rest in pools, {first.Count} of {first.Words} and {second.Count} of {second.Words} among them."),
        [var only] => Sentence.Of($"The pools of {only.Words} are larger than the {field.Capacity} slots: {only.Idle} of its {only.Count} sessions rest, client addresses: {only.Clients}."),
        _ => Sentence.Of($"The pools are larger than the {field.Capacity} slots: {field.Idle} of {field.Sessions} sessions rest in pools."),
    };

    private static IEnumerable<Reason> Doubts(Field field, int? frozen, bool isFresh, bool isSpread)
    {
        if (frozen is null)
        {
            yield return new Reason(Sentence.Of($"Only one look so far: whether they are used in turns isn't seen yet."));
        }
        else if (!isFresh)
        {
            yield return new Reason(Sentence.Of($"{frozen.Value} of {field.Idle} idle ones did nothing between two looks: little traffic, or a leak in several services."));
        }

        if (!isSpread)
        {
            yield return new Reason(Sentence.Of($"They all belong to one application, from few addresses."));
        }
    }
}

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 5: the pools of all pods together are larger than what there is to share; every one of them behaves.</summary>
internal static class PodsTimesPoolRule
{
    /// <summary>"Mostly idle" is at least half (PoolerNeedRule's mark: from there on a pooler halves the slots).</summary>
    public const double Idle = 0.5;

    /// <summary>So many of the idle ones are used in turns, or came back to a pool: half. Of those that were just opened nobody can say yet.</summary>
    public const double InPools = 0.5;

    /// <summary>A service that takes part has at least a tenth of the idle sessions.</summary>
    public const double Part = 0.1;

    /// <summary>So many services, or client addresses, are "many": 2 and 3.</summary>
    private const int Services = 2;

    private const int Addresses = 3;

    /// <summary>So many services don't leak at the same time: 3. When all stand still, they rest.</summary>
    private const int QuietServices = 3;

    private const string Source = "decision table, row 5 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        if (!field.IsShare(field.Idle, Idle) || ConnectionStormRule.MostComeAndGo(field))
        {
            return null;
        }

        var takers = field.Holders.Where(holder => holder.Idle > 0 && holder.Idle >= field.Idle * Part).ToArray();
        var addresses = Math.Max(takers.SelectMany(holder => holder.Addresses).DistinctBy(group => group.Client).Count(), takers.Select(holder => holder.Clients).DefaultIfEmpty(0).Max());
        var suspects = field.Holders.Select(holder => IdleSuspect.Of(holder, field)).ToArray();
        var (turned, rested, stock) = (suspects.Sum(suspect => suspect.Holder.Turned), suspects.Where(suspect => suspect.Rests).Sum(suspect => suspect.Still), suspects.Sum(suspect => suspect.Holder.Stock));
        var isInUse = turned + rested + stock >= field.Idle * InPools;
        var still = suspects.Where(suspect => !suspect.Rests).Sum(suspect => suspect.Still);
        var isQuiet = suspects.Count(suspect => !suspect.Rests && suspect.Still >= Field.Fewest) >= QuietServices && suspects.All(suspect => suspect.Rests || suspect.Still * 2 < still);
        var isSpread = takers.Length >= Services || addresses >= Addresses;
        if (!isInUse && !isQuiet)
        {
            return null;
        }

        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{field.Idle} of {field.Sessions} sessions are idle, outside a transaction."), Source),
            new(Sentence.Of($"Applications with a part of them: {takers.Length}; client addresses: {addresses}."), Source),
        };
        if (isInUse)
        {
            var kept = stock > 0 ? Sentence.Of($", a pooler keeps {stock} for its clients") : Sentence.Empty;
            reasons.Add(new Reason(Sentence.Of($"Of {field.Idle} idle ones {turned} are used in turns, {rested} came back to their pool{kept}."), Source));
        }

        foreach (var holder in takers.Take(3))
        {
            reasons.Add(new Reason(Sentence.Of($"{holder.Words} holds {holder.Count}, {holder.Idle} of them idle; client addresses: {holder.Clients}.")));
        }

        return new CauseFinding(Cause.PodsTimesPool, field.Idle, Summary(field, takers), reasons)
        {
            Against = [.. Doubts(field, still, isInUse, isSpread)],
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

    private static IEnumerable<Reason> Doubts(Field field, int still, bool isInUse, bool isSpread)
    {
        if (!isInUse)
        {
            yield return new Reason(
                Sentence.Of($"{still} of {field.Idle} idle ones did nothing for {field.Look.Consumers.StillFor} or longer: little traffic, or a leak in several services."), Source);
        }

        if (!isSpread)
        {
            yield return new Reason(Sentence.Of($"They all belong to one application, from few addresses."));
        }
    }
}

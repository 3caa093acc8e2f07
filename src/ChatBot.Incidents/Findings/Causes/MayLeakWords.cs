namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What is said of services that may leak, when nothing tells it from a pool that rests. Nobody is accused.</summary>
internal static class MayLeakWords
{
    private const string Source = "decision table, row 4 (measured: leaks against resting pools)";

    public static Sentence Summary(IReadOnlyList<IdleSuspect> suspects, Field field) => Sentence.Of(
        $"{Lists.Of(suspects.Select(suspect => Of(suspect, field)))}: nothing that was seen tells which.");

    /// <summary>What was seen of it, and what would tell.</summary>
    public static IEnumerable<Reason> Signs(IdleSuspect suspect)
    {
        var how = suspect switch
        {
            { IsUntold: true } => Sentence.Of($"the server doesn't tell after which statement"),
            { Same: not null, Moving: < Field.Fewest } => Sentence.Of($"{suspect.AfterSame} of them after the same statement, while hardly any other session of it moves"),
            { Same: not null } => Sentence.Of($"{suspect.AfterSame} of them after the same statement, which most of its other sessions run, too"),
            _ => Sentence.Of($"after different statements"),
        };
        yield return new Reason(Sentence.Of($"{suspect.Still} idle sessions of {suspect.Holder.Words} stand still, {how}."), Source);
        yield return new Reason(
            Sentence.Of($"A leak would open more beside them, or keep them for longer than pools do: {IdleLeakRule.LongerThanMostPools} after the same statement, else {IdleLeakRule.LongerThanPools}."),
            Source);
    }

    private static Sentence Of(IdleSuspect suspect, Field field) => Sentence.Of(
        $"{suspect.Holder.Words} may leak, or its pool rests ({suspect.Still} of its {suspect.Holder.Count} sessions idle for {field.Look.Consumers.StillFor} or longer)");
}

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Who suffers: whoever was refused or waits needed a connection when there was none, and rarely is why.</summary>
internal static class VictimWords
{
    /// <summary>More services than this nobody reads on a card: 3.</summary>
    private const int Named = 3;

    /// <summary>Null when nobody was seen waiting or refused.</summary>
    public static Sentence? Of(Symptoms symptoms)
    {
        var seen = Seen(symptoms).ToArray();
        return seen.Length == 0
            ? null
            : Sentence.Of($"Victims, not causes: {List(seen)}. An error or a stack trace of theirs shows who needed a connection, not who holds them.");
    }

    private static IEnumerable<Sentence> Seen(Symptoms symptoms)
    {
        if (symptoms.Look?.Since is { Refusals: > 0 and var refused })
        {
            yield return Sentence.Of($"{refused} refused logins");
        }

        if (ServerRule.Refused(symptoms) is > 0 and var own)
        {
            yield return Sentence.Of($"the bot itself, refused {ServerRule.Times(own)}");
        }

        if (symptoms.Pools?.Pools.Sum(pool => pool.ClientsWaiting) is > 0 and var clients)
        {
            yield return Sentence.Of($"{clients} clients waiting at the pooler");
        }

        if (symptoms.Look?.Usage is { SeesEverything: true, WaitingForLock: > 0 and var locked })
        {
            yield return Sentence.Of($"{locked} sessions waiting for a lock");
        }

        foreach (var pool in symptoms.Applications.Where(ApplicationPoolRule.KeepsWaiting).OrderByDescending(pool => pool.Waiting + pool.Timeouts).Take(Named))
        {
            yield return pool.Log is null
                ? Sentence.Of($"{pool.Waiting} requests of {pool.Service} waiting and {pool.Timeouts} given up")
                : Sentence.Of($"{pool.Timeouts:request|requests} of {pool.Service} given up, says its log");
        }
    }

    private static Sentence List(Sentence[] seen) => seen.Aggregate((list, next) => Sentence.Of($"{list}, {next}"));
}

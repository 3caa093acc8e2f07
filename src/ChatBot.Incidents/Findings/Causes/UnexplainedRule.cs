namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What is said when no cause reached its threshold.</summary>
internal static class UnexplainedRule
{
    /// <summary>As many holders are named: 3.</summary>
    private const int Named = 3;

    /// <summary>There is room at every layer; or nobody could see whether there is.</summary>
    public static CauseFinding NotExhausted(Symptoms symptoms, LayerFinding fullest)
    {
        if (symptoms.Look is not { Usage: var usage })
        {
            return new CauseFinding(
                Cause.Undetermined,
                0,
                symptoms.IsTurnedAway
                    ? Sentence.Of($"Nobody could look at the server: it refused the bot's login, but not because it was full. Whether it is exhausted isn't known.")
                    : Sentence.Of($"Nobody could look at the server, and it refused no login: whether it is exhausted isn't known."),
                []);
        }

        var numbers = fullest.Numbers;
        var words = numbers.Layer switch
        {
            Layer.Server => Sentence.Of($"Nothing that was looked at is exhausted: {usage.Used} of {usage.Capacity} slots of the server are taken."),
            _ => Sentence.Of($"Nothing that was looked at is exhausted: {usage.Used} of {usage.Capacity} slots of the server are taken; fullest is {numbers.Name} ({numbers.Used} of {numbers.Limit})."),
        };

        // PostgreSQL counts no refused logins, nor does anybody before a second look: then only the bot's own is known.
        var refused = symptoms.Look.Since?.Refusals is null
            ? Sentence.Of($"the bot's own login was not refused; whether others were isn't known.")
            : Sentence.Of($"nobody was refused.");
        return new CauseFinding(Cause.NotExhausted, 0, words, [new Reason(Sentence.Of($"{usage.Free} slots of the server are free, and {refused}"), "the target's own mark")]);
    }

    /// <summary>It is full, and this is all that was seen.</summary>
    public static CauseFinding Undetermined(LayerFinding layer, Field? field)
    {
        var sees = field?.Look.Usage.SeesEverything ?? false;
        var maybe = field is not null && sees ? IdleLeakRule.Undecided(field) : [];
        return new CauseFinding(
            Cause.Undetermined,
            0,
            (field, sees) switch
            {
                (null, _) => layer.Summary,
                (_, false) => Sentence.Of($"{layer.Summary} Why can't be told: the bot may not see what the sessions do."),
                _ when maybe.Count > 0 => Sentence.Of($"{layer.Summary} {MayLeakWords.Summary(maybe, field)}"),
                _ => Sentence.Of($"{layer.Summary} Nothing that was seen explains it."),
            },
            [.. layer.For, .. field is not null && sees ? maybe.SelectMany(MayLeakWords.Signs).Concat(Evidence(field)) : []])
        {
            Against = layer.Against,
            Shared = maybe is [{ Same: { } same } only] ? Sentence.Of($"{only.AfterSame} of them stopped after the same statement: {same.Statement}") : null,
        };
    }

    private static IEnumerable<Reason> Evidence(Field field)
    {
        yield return new Reason(Sentence.Of(
            $"Of {field.Sessions} sessions {field.Idle} are idle, {field.InTransaction} idle in a transaction, {field.Running} at work and {field.WaitingForLock} waiting for a lock."));
        foreach (var holder in field.Holders.Take(Named))
        {
            yield return new Reason(Sentence.Of($"{holder.Words} holds {holder.Count}: {holder.Idle} idle, {holder.InTransaction} idle in a transaction, {holder.Active} active."));
        }

        if (field.Look.Since is { } since)
        {
            yield return new Reason(Sentence.Of($"{since.Born} sessions began in the last {since.Span}, and {since.Unchanged} did nothing in it."));
        }

        if (field.IsWhole && field.Look.Privileged is > 0 and var privileged)
        {
            yield return new Reason(Sentence.Of($"{privileged} sessions are administrators'; they take ordinary slots, too."), "measured");
        }
    }
}

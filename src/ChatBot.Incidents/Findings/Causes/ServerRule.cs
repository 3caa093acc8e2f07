using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Whether the server's own slots ran out.</summary>
/// <remarks>
/// A refusal outranks every count: sessions that are still logging in hold slots and are invisible before PostgreSQL 18
/// (measured: 9 of 17 shown on a full server).
/// </remarks>
internal static class ServerRule
{
    /// <summary>Nobody could count.</summary>
    public static readonly LayerNumbers Unknown = new(Layer.None, default, 0, 0);

    private const string RefusalSource = "measured";

    /// <summary>Null when it has room.</summary>
    public static LayerFinding? Examine(Symptoms symptoms)
    {
        var (usage, since) = (symptoms.Look?.Usage, symptoms.Look?.Since);
        var refused = Refused(symptoms);
        var others = Math.Max(0, since?.Refusals ?? 0);
        if (refused == 0 && others == 0 && (usage is null || usage.Ratio < symptoms.ExhaustedFrom))
        {
            return null;
        }

        var reasons = new List<Reason>();
        if (refused > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"The server refused the bot's own login {Times(refused)} because it was full; that outranks every count."), RefusalSource));
        }

        if (others > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"It refused {Logins(others)} in the last {since!.Span} because it was full."), RefusalSource));
        }

        if (usage is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{Taken(symptoms.Look!)} slots for ordinary users are taken."), "the target's own mark"));
        }

        if (symptoms.Look?.Starting is > 0 and var starting)
        {
            reasons.Add(new Reason(Sentence.Of($"{starting} sessions are still logging in; they hold slots, too.")));
        }

        return new LayerFinding(
            usage is null ? Unknown with { Layer = Layer.Server } : Numbers(usage),
            null,
            Words(symptoms, refused, others),
            reasons)
        {
            Against = [.. Doubts(symptoms)],
            IsProven = refused > 0 || others > 0 || (usage is { Free: 0 } && !usage.IsUpperBound),
        };
    }

    /// <summary>"17 of 17", or "at most 17 of 17".</summary>
    public static Sentence Taken(ServerLook look) =>
        look.Usage.IsUpperBound ? Sentence.Of($"At most {look.Usage.Used} of {look.Usage.Capacity}") : Sentence.Of($"{look.Usage.Used} of {look.Usage.Capacity}");

    private static IEnumerable<Reason> Doubts(Symptoms symptoms)
    {
        if (symptoms.Look is not { } look)
        {
            yield break;
        }

        if (look.Usage.Ratio < symptoms.ExhaustedFrom)
        {
            yield return new Reason(Unseen(look.Usage, look.Starting), RefusalSource);
        }

        if (look.Usage.IsUpperBound)
        {
            yield return new Reason(Sentence.Of($"Workers of parallel statements are counted too, and take no slot: there may be room."), RefusalSource);
        }
    }

    private static Sentence Unseen(ConnectionUsage usage, int? starting) => starting is null
        ? Sentence.Of($"Only {usage.Used} of {usage.Capacity} slots are seen taken: the others came and went, or are sessions that are still logging in and don't show.")
        : Sentence.Of($"Only {usage.Used} of {usage.Capacity} slots are seen taken: the others came and went.");

    /// <summary>How often the bot's own login was refused, as far as anybody knows.</summary>
    public static int Refused(Symptoms symptoms) => Math.Max(symptoms.RefusedLogins, symptoms.Look?.Usage.RefusedLogins ?? 0);

    public static Sentence Times(int times) => times == 1 ? Sentence.Of($"once") : Sentence.Of($"{times} times");

    public static LayerNumbers Numbers(ConnectionUsage usage) => new(Layer.Server, default, usage.Used, usage.Capacity);

    private static Sentence Logins(long logins) => logins == 1 ? Sentence.Of($"a login") : Sentence.Of($"{logins} logins");

    private static Sentence Words(Symptoms symptoms, int refused, long others)
    {
        if (symptoms.Look is not { Usage: var usage } look)
        {
            return Sentence.Of($"The server is full: it refused the bot's own login {Times(refused)}, so nobody could look inside.");
        }

        // Who got in sees how it is now; the refusal came before.
        var when = usage.Free > 0 ? Sentence.Of($"was full a moment ago") : Sentence.Of($"is full");
        return (refused, others) switch
        {
            ( > 0, _) => Sentence.Of($"The server {when}: it refused the bot's own login {Times(refused)}, with {usage.Used} of {usage.Capacity} slots seen taken now."),
            (_, > 0) => Sentence.Of($"The server {when}: it refused {Logins(others)}, with {usage.Used} of {usage.Capacity} slots seen taken now."),
            _ => Sentence.Of($"{Taken(look)} slots of the server are taken."),
        };
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 7: clients connect again and again, without a pool or in a loop of retries.</summary>
/// <remarks>
/// A service that starts fills its pool at once, so births alone don't tell: sessions have to be gone again, or to be
/// refused. A refused login costs the server a slot for a moment, too (measured: reserved slots are lost to a storm).
/// </remarks>
internal static class ConnectionStormRule
{
    /// <summary>So many new sessions a second are a storm on any server: 20 (decision table, row 7).</summary>
    public const double PerSecond = 20;

    /// <summary>On a small server a tenth of the capacity each second is one, and not fewer than 2.</summary>
    public const double ShareOfCapacity = 0.1;

    /// <inheritdoc cref="ShareOfCapacity"/>
    public const double LeastPerSecond = 2;

    /// <summary>"Refused, and few sessions to be seen" (decision table, row 7): below 70 % of the slots.</summary>
    public const double FewSeen = 0.7;

    /// <summary>A fifth of those that came are gone again. A pool that fills keeps all.</summary>
    private const double Gone = 0.2;

    /// <summary>Where the server doesn't count logins: half of all sessions began since the look before.</summary>
    private const double MostBorn = 0.5;

    private const string Source = "decision table, row 7 (experience)";

    public static CauseFinding? Examine(Field field, int refused)
    {
        if (!field.IsWhole)
        {
            return null; // the server counts for all its slots together
        }

        var mark = Mark(field);
        var since = field.Look.Since is { } changes && changes.Span > TimeSpan.Zero ? changes : null;
        var comeAndGo = since is not null && ComeAndGo(since, field);
        var refusals = since?.Refusals is { } counted && counted / since.Span.TotalSeconds >= mark ? counted : 0;
        var starting = field.Look.Starting is { } login && login >= Math.Max(Field.Fewest, field.Capacity * ShareOfCapacity) ? login : 0;
        var unseen = refused > 0 && field.Look.Usage.Ratio < FewSeen;
        return comeAndGo || refusals > 0 || starting > 0 || unseen
            ? Finding(field, comeAndGo ? since : null, since, refusals, starting, unseen ? refused : 0)
            : null;
    }

    /// <summary>Most of the sessions come and go, so they aren't a pool's.</summary>
    public static bool MostComeAndGo(Field field) =>
        field.Look.Since is { } since
        && ComeAndGo(since, field)
        && (since.Born >= field.Sessions * MostBorn
            || field.Holders.Where(holder => holder.Groups.All(group => group.OldestConnection < ServiceLives.Young)).Sum(holder => holder.Count) >= field.Sessions * MostBorn);

    private static double Mark(Field field) => Math.Min(PerSecond, Math.Max(LeastPerSecond, field.Capacity * ShareOfCapacity));

    private static bool ComeAndGo(SinceLook since, Field field)
    {
        if (since.ChurnPerSecond < Mark(field))
        {
            return false;
        }

        var gone = since.Logins - since.Born;
        return gone is null
            ? since.Born >= field.Sessions * MostBorn
            : gone >= since.Logins * Gone && gone / since.Span.TotalSeconds >= Mark(field) / 2;
    }

    private static CauseFinding Finding(Field field, SinceLook? churn, SinceLook? since, long refusals, int starting, int refused)
    {
        var reasons = new List<Reason>();
        if (churn is not null)
        {
            reasons.Add(new Reason(
                churn.Logins is { } logins
                    ? Sentence.Of($"{logins} logins in {churn.Span} ({churn.ChurnPerSecond} a second), and only {churn.Born} of these sessions are still there.")
                    : Sentence.Of($"{churn.Born} of {field.Sessions} sessions began in the last {churn.Span} ({churn.ChurnPerSecond} a second)."),
                Source));
        }

        if (refusals > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{refusals} logins were refused in {since!.Span}: clients try again and again."), Source));
        }

        if (starting > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{starting} sessions are still logging in."), Source));
        }

        if (refused > 0)
        {
            reasons.Add(new Reason(
                Sentence.Of($"The bot's own login was refused {ServerRule.Times(refused)} although only {field.Look.Usage.Used} of {field.Capacity} slots are seen taken: logins that are under way hold the others."),
                "measured"));
        }

        var busiest = field.MostOf(holder => holder.Born);
        if (busiest is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{busiest.Born} of the new sessions that are still there belong to {busiest.Words}.")));
        }

        // The strength: slots that the storm takes at any moment, as far as they can be seen.
        var explains = Math.Max(Math.Max(starting, since?.Born ?? 0), refused > 0 ? field.Capacity - field.Look.Usage.Used : 0);
        return new CauseFinding(Cause.ConnectionStorm, explains, Summary(churn, since, refusals, starting, refused, busiest), reasons)
        {
            Against = refusals > 0 && churn is null
                ? [new Reason(Sentence.Of($"The refused clients may be victims that try again, whatever filled the server."))]
                : [],
            Culprit = busiest?.Name ?? default,
            IsAside = churn is null && starting == 0 && refused == 0 && field.Look.Usage.Free == 0,
        };
    }

    private static Sentence Summary(SinceLook? churn, SinceLook? since, long refusals, int starting, int refused, Holder? busiest)
    {
        var who = busiest is null ? Sentence.Of($"Clients connect") : Sentence.Of($"Clients, most of them of {busiest.Words}, connect");
        return (churn, refusals, starting) switch
        {
            ({ } came, > 0, _) => Sentence.Of($"{who} again and again: {came.ChurnPerSecond} new sessions a second, and {refusals} refused in {came.Span}."),
            ({ } came, _, _) => Sentence.Of($"{who} again and again: {came.ChurnPerSecond} new sessions a second."),
            (_, > 0, _) => Sentence.Of($"{who} again and again: {refusals} logins refused in {since!.Span}."),
            (_, _, > 0) => Sentence.Of($"{who} faster than the server lets them in: {starting} sessions are still logging in."),
            _ => Sentence.Of($"{who} faster than the server shows: it refused the bot {ServerRule.Times(refused)} with slots to spare."),
        };
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 7: clients connect again and again, without a pool or in a loop of retries.</summary>
/// <remarks>
/// A service that starts fills its pool at once, so births alone don't tell: sessions have to be gone again, or to be
/// refused. A refused login costs the server a slot for a moment, too (measured: reserved slots are lost to a storm).
/// </remarks>
internal static class ConnectionStormRule
{
    /// <summary>So many new sessions a second are a storm on any server: 20 (the bot's default for "sustained churn").</summary>
    public const double PerSecond = 20;

    /// <summary>On a small server a tenth of the capacity each second is one, and not fewer than 2.</summary>
    public const double ShareOfCapacity = 0.1;

    /// <inheritdoc cref="ShareOfCapacity"/>
    public const double LeastPerSecond = 2;

    /// <summary>"Refused, and few sessions to be seen" (decision table, row 7): below 70 % of the slots.</summary>
    public const double FewSeen = 0.7;

    /// <summary>A fifth of those that came are gone again. A pool that fills keeps all.</summary>
    public const double Gone = 0.2;

    /// <summary>Half of all sessions began since the look before: then a tenth that is gone again tells as much.</summary>
    /// <remarks>On a slow machine a session of a storm lives as long as the looks are apart.</remarks>
    public const double MostBorn = 0.5;

    /// <inheritdoc cref="MostBorn"/>
    public const double GoneOfMost = 0.1;

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
        var unseen = refused > 0 && field.Look.Usage.Ratio < FewSeen && field.Look.Starting is null or > 0;
        return comeAndGo || refusals > 0 || starting > 0 || unseen
            ? Finding(field, comeAndGo ? since : null, since, refusals, starting, unseen ? refused : 0)
            : null;
    }

    /// <summary>Most of the sessions come and go, so they aren't a pool's.</summary>
    public static bool MostComeAndGo(Field field) =>
        field.Look.Since is { } since
        && ComeAndGo(since, field)
        && (since.Born >= field.Sessions * MostBorn
            // Where the server knows no ages (MySQL, MariaDB) nobody is young.
            || field.Holders.Where(holder => holder.Groups.All(group => group.OldestConnection < ServiceLives.Young)).Sum(holder => holder.Count) >= field.Sessions * MostBorn);

    private static double Mark(Field field) => Math.Min(PerSecond, Math.Max(LeastPerSecond, field.Capacity * ShareOfCapacity));

    private static bool ComeAndGo(SinceLook since, Field field)
    {
        if (since.ChurnPerSecond < Mark(field))
        {
            return false;
        }

        var areMostBorn = since.Born >= field.Sessions * MostBorn;
        return (since.Logins - since.Born) is not { } gone
            ? areMostBorn
            : areMostBorn
                ? gone >= Math.Max(Field.Fewest, since.Logins!.Value * GoneOfMost)
                : gone >= since.Logins!.Value * Gone && gone / since.Span.TotalSeconds >= Mark(field) / 2;
    }

    private static CauseFinding Finding(Field field, SinceLook? churn, SinceLook? since, long refusals, int starting, int refused)
    {
        var reasons = new List<Reason>();
        if (churn is not null)
        {
            reasons.Add(new Reason(
                churn.Logins is { } logins
                    ? Sentence.Of($"{logins} logins in {churn.Span} ({churn.ChurnPerSecond} a second), and only {churn.Born} of these sessions are still there.")
                    : Sentence.Of($"{churn.Born} of {field.Sessions} sessions began in the last {churn.Span} (at least {churn.ChurnPerSecond} a second)."),
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
                Source));
        }

        var busiest = Busiest(field, since);
        if (busiest is { Born: > 0 })
        {
            reasons.Add(new Reason(Sentence.Of($"{busiest.Born} of the new sessions that are still there belong to {busiest.Words}.")));
        }

        if (since?.ByUser is [var user, ..])
        {
            reasons.Add(new Reason(Sentence.Of($"Most logins are user {user.User}'s: {user.Logins} in {since.Span}.")));
        }

        // The strength: slots that the storm takes at any moment, as far as they can be seen.
        var explains = Math.Max(Math.Max(starting, since?.Born ?? 0), refused > 0 ? field.Capacity - field.Look.Usage.Used : 0);
        return new CauseFinding(Cause.ConnectionStorm, explains, Summary(churn, since, refusals, starting, refused, busiest), reasons)
        {
            Against = [.. Doubts(churn, refusals, refused)],
            Culprit = busiest?.Name ?? default,
            Steps = busiest is null
                ? [new StepWorth("limit-role", Worth.Useless, "Nobody can tell yet whose clients they are, so there is no account to limit.")]
                : [],
            IsAside = churn is null && starting == 0 && refused == 0 && field.Look.Usage.Free == 0,
        };
    }

    /// <summary>Whose sessions are born, or, where the server counts logins by user, who logs in most; null when nobody has half.</summary>
    private static Holder? Busiest(Field field, SinceLook? since) => since?.ByUser is [var first, ..] all && first.Logins * 2 > all.Sum(user => user.Logins)
        ? field.Holders.FirstOrDefault(holder => holder.Groups.All(group => group.User == first.User)) ?? field.MostOf(holder => holder.Born)
        : field.MostOf(holder => holder.Born);

    private static IEnumerable<Reason> Doubts(SinceLook? churn, long refusals, int refused)
    {
        if (refusals > 0 && churn is null)
        {
            yield return new Reason(Sentence.Of($"The refused clients may be victims that try again, whatever filled the server."));
        }

        if (churn is { Logins: null })
        {
            yield return new Reason(Sentence.Of($"This server doesn't count logins: services that have just started, and keep what they open, look the same."));
        }

        if (refused > 0)
        {
            yield return new Reason(Sentence.Of($"It may have been full until a moment ago, and have emptied since."));
        }
    }

    private static Sentence Summary(SinceLook? churn, SinceLook? since, long refusals, int starting, int refused, Holder? busiest)
    {
        var who = busiest is null ? Sentence.Of($"Clients connect") : Sentence.Of($"Clients, most of them of {busiest.Words}, connect");
        return (churn, refusals, starting) switch
        {
            ({ } came, > 0, _) => Sentence.Of($"{who} again and again: {Rate(came)} new sessions a second, and {refusals} refused in {came.Span}."),
            ({ } came, _, _) => Sentence.Of($"{who} again and again: {Rate(came)} new sessions a second."),
            (_, > 0, _) => Sentence.Of($"{who} again and again: {refusals} logins refused in {since!.Span}."),
            (_, _, > 0) => Sentence.Of($"{who} faster than the server lets them in: {starting} sessions are still logging in."),
            _ => Sentence.Of($"{who} faster than the server shows: it refused the bot {ServerRule.Times(refused)} with slots to spare."),
        };
    }

    private static Sentence Rate(SinceLook came) => came.Logins is null ? Sentence.Of($"at least {came.ChurnPerSecond}") : Sentence.Of($"{came.ChurnPerSecond}");
}

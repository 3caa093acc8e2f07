namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 4: connections were taken and never given back.</summary>
/// <remarks>
/// Measured: on the server a leaked connection is a plain idle session, like one that rests in a pool. That it stands still
/// is no proof, nor is its last statement: a pool that rests after one busy path shows the same. What tells them apart is
/// what a pool never does: to open connections while others of it rest, to keep some out of the turn in which all others
/// are used, or to keep one for longer than its idle timeout. Where none of this was seen, nobody is accused: it may leak.
/// </remarks>
internal static class IdleLeakRule
{
    /// <summary>So many of the holder's idle sessions stand still: half. The rest is its healthy part.</summary>
    public const double MostOfIdle = 0.5;

    /// <summary>Each of several leaking services has at least a tenth of the taken slots.</summary>
    public const double Part = 0.1;

    /// <summary>Most pools close a connection that rests for so long: 10 min (HikariCP, psycopg_pool; Npgsql after 5, MySqlConnector after 3).</summary>
    public static readonly TimeSpan LongerThanMostPools = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Hardly any pool keeps one for so long: 30 min. HikariCP, whose least number is its most unless somebody says otherwise,
    /// closes none for being idle, but all at this age; pgxpool closes them at this rest.
    /// </summary>
    public static readonly TimeSpan LongerThanPools = TimeSpan.FromMinutes(30);

    private const string Source = "decision table, row 4 (measured: leaks against resting pools)";

    private const string PoolSource = "decision table, row 4 (idle timeouts of pools)";

    public static CauseFinding? Examine(Field field)
    {
        var leaks = Leaks(Suspects(field), field);
        return field.IsShare(leaks.Sum(leak => leak.Still), Field.Weighty) ? Finding(leaks, field) : null;
    }

    /// <summary>Who leaks, for certain or maybe: nobody's pools that are too large.</summary>
    public static IReadOnlyList<Holder> Accused(Field field) => [.. Leaks(Suspects(field), field).Concat(Undecided(field)).Select(leak => leak.Holder)];

    /// <summary>Who may leak, where nothing tells it from a pool that rests. Several services that all rest a bit are a quiet hour.</summary>
    public static IReadOnlyList<IdleSuspect> Undecided(Field field)
    {
        var suspects = Suspects(field);
        var leaks = Leaks(suspects, field);
        var still = suspects.Sum(suspect => suspect.Still);
        return suspects.Any(suspect => suspect.Still * 2 >= still)
            ? [.. suspects.Where(suspect => field.IsShare(suspect.Still, Field.Weighty) && !leaks.Contains(suspect))]
            : [];
    }

    /// <summary>Those whose sessions stand still and didn't come back to a pool, most first.</summary>
    private static IdleSuspect[] Suspects(Field field) =>
    [
        .. field.Holders
            .Select(holder => IdleSuspect.Of(holder, field))
            .Where(suspect => !suspect.Rests && suspect.Still >= Field.Fewest && suspect.Still >= suspect.Holder.Idle * MostOfIdle)
            .OrderByDescending(suspect => suspect.Still),
    ];

    private static IdleSuspect[] Leaks(IdleSuspect[] suspects, Field field) =>
        [.. suspects.Where(suspect => field.IsShare(suspect.Still, Part) && (IsProven(suspect) || (IsAlone(suspect, suspects) && IsLikely(suspect))))];

    /// <summary>One path of the code leaks: that holds for several services at a time, too.</summary>
    private static bool IsProven(IdleSuspect suspect) => suspect.Same is not null && (suspect.TurnsOver || suspect.Rises);

    /// <summary>What several services do at a time is a quiet hour; one alone leaks.</summary>
    private static bool IsLikely(IdleSuspect suspect) => suspect.Rises || suspect.Since >= (suspect.Same is null ? LongerThanPools : LongerThanMostPools);

    private static bool IsAlone(IdleSuspect suspect, IdleSuspect[] suspects)
    {
        var still = suspects.Sum(one => one.Still);
        return suspects.Where(one => one.Still * 2 >= still).ToArray() is [var most] && most == suspect;
    }

    private static CauseFinding Finding(IdleSuspect[] leaks, Field field)
    {
        var still = leaks.Sum(leak => leak.Still);
        var most = leaks is [var only] || leaks[0].Still * 2 > still ? leaks[0] : null;
        return new CauseFinding(Cause.IdleLeak, still, Summary(leaks, field), [.. leaks.SelectMany(leak => Reasons(leak, field))])
        {
            Against = [.. leaks.SelectMany(Doubts)],
            Culprit = most?.Holder.Name ?? default,
            Shared = most?.Same is { } same ? Sentence.Of($"{most.AfterSame} of them stopped after the same statement: {same.Statement}") : null,
        };
    }

    /// <summary>"checkout-api holds 61 of 97 slots and gives none back: 58 idle for 30 s or longer, most for 12 min, all after the same statement."</summary>
    private static Sentence Summary(IdleSuspect[] leaks, Field field)
    {
        var stillFor = field.Look.Consumers.StillFor;
        var each = leaks.Select(leak =>
        {
            var still = leak.Since > stillFor
                ? Sentence.Of($"{leak.Still} idle for {stillFor} or longer, most for {leak.Since}")
                : Sentence.Of($"{leak.Still} idle for {stillFor} or longer");
            return leak.Same switch
            {
                null => still,
                _ when leak.AfterSame == leak.Still => Sentence.Of($"{still}, all after the same statement"),
                _ => Sentence.Of($"{still}, {leak.AfterSame} of them after the same statement"),
            };
        }).ToArray();
        return leaks is [_]
            ? Sentence.Of($"{leaks[0].Holder.Words} holds {leaks[0].Holder.Count} of {field.Capacity} slots and gives none back: {each[0]}.")
            : Sentence.Of($"{Lists.Of(leaks.Select(leak => leak.Holder.Words))} hold {leaks.Sum(leak => leak.Holder.Count)} of {field.Capacity} slots and give none back: {Lists.Of(each, "; ")}.");
    }

    private static IEnumerable<Reason> Reasons(IdleSuspect leak, Field field)
    {
        var holder = leak.Holder;
        yield return new Reason(
            Sentence.Of($"{holder.Words} holds {holder.Count} of {field.Sessions} taken slots; {leak.Still} of its {holder.Idle} idle sessions did nothing for {field.Look.Consumers.StillFor} or longer."), Source);
        if (leak.Same is not null)
        {
            yield return new Reason(Sentence.Of($"{leak.AfterSame} of them stopped after the same statement, which brings no connection back to a pool."), Source);
        }

        if (leak.TurnsOver)
        {
            yield return new Reason(Sentence.Of($"Meanwhile {leak.Moving} of its other sessions are used in turns, after other statements."), Source);
        }

        if (leak.Rises)
        {
            yield return new Reason(
                Sentence.Of($"It opened {leak.Opened} more in the last {field.Look.Since!.Span}, where others of it stood still: a pool takes one that rests before it opens another."), Source);
        }

        if (leak.Since >= LongerThanMostPools)
        {
            yield return new Reason(Sentence.Of($"Most of them have been idle for {leak.Since} or longer; most pools close a connection that rests for {LongerThanMostPools}."), PoolSource);
        }

        if (holder.LongIdle > 0)
        {
            yield return new Reason(Sentence.Of($"{holder.LongIdle} of them have been idle for {field.Look.Consumers.IdleFor} or longer."), "the target's own age");
        }
    }

    private static IEnumerable<Reason> Doubts(IdleSuspect leak)
    {
        if (leak.IsUntold)
        {
            yield return new Reason(Sentence.Of($"The server doesn't tell what their last statement was: one process's pool that rests beside another's that grows looks the same."), Source);
        }
        else if (leak.Same is null)
        {
            yield return new Reason(Sentence.Of($"They didn't stop after the same statement, as those of one leak do."), Source);
        }

        if (!leak.TurnsOver && !leak.Rises && leak.Since < LongerThanPools)
        {
            yield return new Reason(
                Sentence.Of($"Nothing of it moved, so its pool may rest: one that is never smaller than its largest size (HikariCP, unless told otherwise) keeps connections for up to {LongerThanPools}."), PoolSource);
        }

        if (leak.Holder.Active > leak.Still)
        {
            yield return new Reason(Sentence.Of($"{leak.Holder.Active} sessions of {leak.Holder.Words} are at work."));
        }
    }
}

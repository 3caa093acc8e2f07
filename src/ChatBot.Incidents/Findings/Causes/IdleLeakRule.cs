using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 4: connections were taken and never given back.</summary>
/// <remarks>
/// Measured: on the server a leaked connection is a plain idle session, like one that rests in a pool. What tells them
/// apart is that it did nothing between two looks while others turned over, and that all of them stopped after the same
/// statement: the code path that leaks. A session whose last statement is what a pool sends when it gets a connection back
/// rests in its pool. Where the server doesn't tell last statements (MariaDB without its performance schema, MySQL without
/// the right to read it), only time tells: what does nothing for so long, and nearly alone, is a leak, with a doubt.
/// </remarks>
internal static partial class IdleLeakRule
{
    /// <summary>So many of the holder's idle sessions did nothing between two looks: half. The rest is its healthy part.</summary>
    public const double Frozen = 0.5;

    /// <summary>So many of these stopped after the same statement: half. Measured leaks show nearly all.</summary>
    public const double Same = 0.5;

    /// <summary>Pools close a connection that rests for so long: 10 min (HikariCP, psycopg_pool; Npgsql after 5).</summary>
    public static readonly TimeSpan LongerThanPools = TimeSpan.FromMinutes(10);

    /// <summary>Two looks less than this apart may miss what a quiet service does: 30 s (measured; 30 to 60 s tell).</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    /// <summary>Without a last statement a session counts as left behind from so long on: 1 min, twice <see cref="Apart"/>, for want of the other sign.</summary>
    public static readonly TimeSpan RestsUntold = TimeSpan.FromMinutes(1);

    private const string LookSource = "measured: leaks against resting pools";

    public static CauseFinding? Examine(Field field)
    {
        var suspects = Suspects(field, suspect => suspect.Still);
        var still = suspects.Sum(suspect => suspect.Still);
        return suspects.Where(suspect => IsLeak(suspect, suspects, still, field)).MaxBy(suspect => suspect.Still) is { } leak ? Finding(leak, field) : null;
    }

    /// <summary>Who may leak, where only time will tell: no last statements, and nobody has looked for long enough.</summary>
    /// <returns>Null when somebody leaks for sure, or nobody stands out.</returns>
    public static Holder? Undecided(Field field)
    {
        if (Examine(field) is not null)
        {
            return null;
        }

        var suspects = Suspects(field, suspect => suspect.Quiet);
        return suspects
            .FirstOrDefault(suspect => suspect is { IsUntold: true, HasTime: false }
                && IsMany(suspect.Quiet, suspect.Holder, field)
                && IsAlone(suspect, suspects, one => one.Quiet))
            ?.Holder;
    }

    private static Suspect[] Suspects(Field field, Func<Suspect, int> counted) =>
    [
        .. field.Holders
            .Where(holder => !HiddenClients.IsPooler(holder))
            .Select(holder => Suspect.Of(holder, field))
            .Where(suspect => counted(suspect) >= Field.Fewest),
    ];

    private static bool IsLeak(Suspect suspect, Suspect[] suspects, int still, Field field)
    {
        if (!IsMany(suspect.Still, suspect.Holder, field))
        {
            return false;
        }

        if (suspect.IsUntold)
        {
            return suspect.HasTime && IsAlone(suspect, suspects, one => one.Still);
        }

        // Several services that rest alike are pools in a quiet hour.
        var standsOut = suspect.Still * 2 >= still;
        return standsOut && !suspect.GivenBack && (suspect.SameStatement || suspect.IsOld);
    }

    private static bool IsMany(int still, Holder holder, Field field) => field.IsShare(still, Field.Weighty) && still >= holder.Idle * Frozen;

    /// <summary>The only one with half of them: two services that rest alike are pools.</summary>
    private static bool IsAlone(Suspect suspect, Suspect[] suspects, Func<Suspect, int> counted) =>
        suspects.Where(one => counted(one) * 2 >= suspects.Sum(counted)).ToArray() is [var most] && most == suspect;

    private static CauseFinding Finding(Suspect leak, Field field)
    {
        var (holder, since) = (leak.Holder, field.Look.Since);
        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{holder.Words} holds {holder.Count} of {field.Sessions} taken slots; {holder.Idle} of its sessions are idle.")),
            since is not null && holder.Frozen is not null
                ? new Reason(Sentence.Of($"{leak.Still} of {holder.Idle} idle ones did nothing in the {since.Span} between two looks."), LookSource)
                : leak.IsUntold
                    ? new Reason(Sentence.Of($"{leak.Still} of {holder.Idle} idle ones have been so for a minute or longer."), "experience: 30 to 60 s tell")
                    : new Reason(Sentence.Of($"{leak.Still} of {holder.Idle} idle ones have been so for longer than pools keep a connection."), "HikariCP's idle timeout"),
        };
        if (leak is { SameStatement: true, Group: { } same })
        {
            reasons.Add(new Reason(Sentence.Of($"{same.Sessions} of them stopped after the same statement, the youngest {same.Shortest} ago."), LookSource));
        }

        if (holder.LongIdle > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{holder.LongIdle} of them have been idle for {field.Look.Consumers.IdleFor} or longer."), "the target's own age"));
        }

        return new CauseFinding(Cause.IdleLeak, leak.Still, Summary(leak, field), reasons)
        {
            Against = [.. Doubts(leak, field)],
            Culprit = holder.Name,
            Shared = leak is { SameStatement: true, Group: { } group } ? Sentence.Of($"{group.Sessions} of them stopped after the same statement: {group.Statement}") : null,
        };
    }

    /// <summary>"checkout-api holds 61 of 97 slots and gives none back: 58 idle for 12 min, unchanged, all after the same statement."</summary>
    private static Sentence Summary(Suspect leak, Field field)
    {
        var holds = Sentence.Of($"{leak.Holder.Words} holds {leak.Holder.Count} of {field.Capacity} slots and gives none back: {leak.Still} idle");
        var since = leak.Youngest is { } age ? Sentence.Of($"{holds} for {age}") : holds;
        var unchanged = leak.Holder.Frozen is null ? since : Sentence.Of($"{since}, unchanged");
        return leak switch
        {
            { SameStatement: true, Group: { } same } when same.Sessions >= leak.Still => Sentence.Of($"{unchanged}, all after the same statement."),
            { SameStatement: true, Group: { } same } => Sentence.Of($"{unchanged}, {same.Sessions} of them after the same statement."),
            _ => Sentence.Of($"{unchanged}."),
        };
    }

    private static IEnumerable<Reason> Doubts(Suspect leak, Field field)
    {
        if (field.Look.Since is not { } since || leak.Holder.Frozen is null)
        {
            yield return new Reason(Sentence.Of($"Only one look so far: whether they stay as they are isn't seen yet."), LookSource);
        }
        else if (since.Span < Apart)
        {
            yield return new Reason(Sentence.Of($"The two looks are only {since.Span} apart; a quiet service may just have rested."), LookSource);
        }

        if (leak.IsUntold)
        {
            yield return new Reason(Sentence.Of($"The server doesn't tell what their last statement was: a pool that rests looks the same."), LookSource);
        }
        else if (!leak.SameStatement)
        {
            yield return new Reason(Sentence.Of($"They didn't stop after the same statement, as those of one leak do."), LookSource);
        }

        if (leak.Holder.Active > leak.Still)
        {
            yield return new Reason(Sentence.Of($"{leak.Holder.Active} sessions of {leak.Holder.Words} are at work."));
        }
    }

    // What pools and drivers send when a connection comes back: SQLAlchemy a rollback, Npgsql and PgBouncer a discard.
    [GeneratedRegex(@"^\s*(rollback|discard|reset|deallocate|unlisten|close all)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Return { get; }

    /// <param name="Still">Sessions that look left behind.</param>
    /// <param name="Quiet">Those that may turn out to be: as far as anybody saw, they do nothing.</param>
    /// <param name="Group">The largest group of idle sessions with one last statement; null when unknown.</param>
    /// <param name="SameStatement">It is most of them.</param>
    /// <param name="GivenBack">And that statement is what a pool sends when a connection comes back.</param>
    /// <param name="IsOld">They are idle for longer than pools keep a connection; for a minute, where no last statement is told.</param>
    /// <param name="IsUntold">Of none of them the server tells the last statement.</param>
    /// <param name="HasTime">They did nothing for long enough to tell without a statement.</param>
    /// <param name="Youngest">How long most of them have been idle at least; null when unknown.</param>
    private sealed record Suspect(
        Holder Holder, int Still, int Quiet, StatementGroup? Group, bool SameStatement, bool GivenBack, bool IsOld, bool IsUntold, bool HasTime, TimeSpan? Youngest)
    {
        public static Suspect Of(Holder holder, Field field)
        {
            var groups = field.Statements.Where(group => group.Activity is SessionActivity.Idle && holder.Owns(group)).ToArray();

            // An idle session of PostgreSQL without a last statement ran none; the others may just not tell.
            var isUntold = !UnseenWords.IsPostgreSql(field.Look) && groups.All(group => group.Statement.IsEmpty);
            var rests = isUntold ? RestsUntold : LongerThanPools;
            var aged = groups.Where(group => group.Shortest >= rests).ToArray();
            var old = aged.Sum(group => group.Sessions);

            // Without a second look only age tells; the age that the target calls long counts when it is longer than pools keep one.
            var longIdle = field.Look.Consumers.IdleFor >= rests ? holder.LongIdle : 0;
            var still = Math.Min(holder.Idle, holder.Frozen ?? Math.Max(longIdle, old));
            var same = groups.Where(group => !group.Statement.IsEmpty).MaxBy(group => group.Sessions);
            var isSame = same is { Sessions: > 1 } && same.Sessions >= still * Same;
            var unchangedFor = holder.Frozen is null ? TimeSpan.Zero : field.Look.Since?.Span ?? TimeSpan.Zero;
            var isOld = Math.Max(old, longIdle) >= holder.Idle * Frozen;
            return new Suspect(
                holder,
                still,
                holder.Frozen is null ? holder.Idle : still,
                same,
                isSame,
                isSame && Return.IsMatch(same!.Statement.Value),
                isOld,
                isUntold,
                unchangedFor >= Apart || isOld,
                isSame
                    ? TimeSpan.FromTicks(Math.Max(same!.Shortest.Ticks, unchangedFor.Ticks))
                    : isUntold && old >= still && old > 0 ? aged.Min(group => group.Shortest)
                    : isUntold && unchangedFor >= Apart ? unchangedFor : null);
        }
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 3: the statements take long, so sessions stay busy.</summary>
internal static class SlowQueriesRule
{
    /// <summary>More than half of the sessions run a statement (decision table, row 3).</summary>
    public const double Busy = 0.5;

    /// <summary>From here on a statement is long for a service's request: 5 s, the lower end of the decision table's 5 to 30 s.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <summary>At least half of the running statements may be long; a straggler among short ones is no cause.</summary>
    private const double MostOfRunning = 0.5;

    /// <summary>More than so many at once for each processor only queue: 2 (HikariCP's formula, "cores * 2 + spindles").</summary>
    private const int PerProcessor = 2;

    private const string Source = "decision table, row 3 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        if (field.Running < Field.Fewest || field.Running <= field.Taken * Busy || !MayBeSlow(field))
        {
            return null;
        }

        var longest = Longest(field);
        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{field.Running} of {field.Sessions} sessions run a statement, the longest for {longest}."), Source),
        };
        var same = Running(field).Where(group => group.Longest >= Long).MaxBy(group => group.Sessions);
        var shared = same is { Statement.IsEmpty: false, Sessions: > 1 } ? Sentence.Of($"{same.Sessions} of them run the same statement: {same.Statement}") : null;
        if (shared is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{same!.Sessions} of them run the same statement, between {same.Shortest} and {same.Longest} already.")));
        }

        var against = new List<Reason>();
        if (field.Look.Processors is { } processors)
        {
            (field.Running > processors * PerProcessor ? reasons : against).Add(
                new Reason(Sentence.Of($"The machine has {processors} processors for {field.Running} running statements."), "HikariCP's formula"));
        }

        var culprit = field.MostOf(holder => holder.Active - holder.WaitingForLock);
        var summary = culprit is null
            ? Sentence.Of($"{field.Running} of {field.Sessions} sessions are at work on slow statements, the longest for {longest}.")
            : Sentence.Of($"{field.Running} of {field.Sessions} sessions are at work on slow statements, most of them of {culprit.Words}, the longest for {longest}.");
        return new CauseFinding(Cause.SlowQueries, field.Running, summary, reasons)
        {
            Against = against,
            Culprit = culprit?.Name ?? default,
            Shared = shared,
        };
    }

    public static TimeSpan Longest(Field field)
    {
        var said = Running(field).Select(group => group.Longest).DefaultIfEmpty(TimeSpan.Zero).Max();
        var seen = field.Holders.Where(holder => holder.Active > holder.WaitingForLock).Max(holder => holder.LongestActive) ?? TimeSpan.Zero;
        return said > TimeSpan.Zero ? said : seen;
    }

    /// <summary>Running statements that are long for certain.</summary>
    public static int SurelySlow(Field field) =>
        Running(field).Sum(group => group.Shortest >= Long ? group.Sessions : group.Longest >= Long ? 1 : 0);

    // Of a group only the shortest and the longest are known, so all of it may be.
    private static bool MayBeSlow(Field field)
    {
        var (known, slow) = (Running(field).Sum(group => group.Sessions), Running(field).Where(group => group.Longest >= Long).Sum(group => group.Sessions));
        return known > 0 ? slow >= known * MostOfRunning : Longest(field) >= Long;
    }

    private static IEnumerable<StatementGroup> Running(Field field) => field.Statements.Where(group => group.Activity is SessionActivity.Running);
}

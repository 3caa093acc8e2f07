using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 3: the statements take long, so sessions stay busy.</summary>
internal static class SlowQueriesRule
{
    /// <summary>More than half of the sessions run a statement (decision table, row 3).</summary>
    public const double Busy = 0.5;

    /// <summary>At least half of the running statements are long; a straggler among short ones is no cause.</summary>
    private const double MostOfRunning = 0.5;

    /// <summary>More than so many at once for each processor only queue: 2 (HikariCP's formula, "cores * 2 + spindles").</summary>
    public const int PerProcessor = 2;

    private const string Source = "decision table, row 3 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        if (field.Running < Field.Fewest || field.Running <= field.Taken * Busy || field.LongActive < field.Running * MostOfRunning)
        {
            return null;
        }

        var longest = Longest(field);
        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{field.Running} of {field.Sessions} sessions run a statement, {field.LongActive} of them for {ConsumerGroup.LongAfter} or longer, the longest for {longest}."), Source),
        };
        var same = Running(field).MaxBy(group => group.AtItLong);
        var shared = same is { Statement.IsEmpty: false, AtItLong: > 1 } ? Sentence.Of($"{same.AtItLong} of them run the same statement: {same.Statement}") : null;
        if (shared is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"{same!.AtItLong} of them run the same statement, the longest for {same.Longest}.")));
        }

        var against = new List<Reason>();
        if (field.Look.Processors is { } processors)
        {
            (field.Running > processors * PerProcessor ? reasons : against).Add(
                new Reason(Sentence.Of($"The machine has {processors} processors for {field.Running} running statements."), "HikariCP's formula"));
        }

        var culprit = field.MostOf(holder => holder.LongActive);
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

    /// <summary>How long the longest statement that waits for no lock has been running.</summary>
    public static TimeSpan Longest(Field field)
    {
        var said = Running(field).Select(group => group.Longest).DefaultIfEmpty(TimeSpan.Zero).Max();
        var seen = field.Holders.Where(holder => holder.Running > 0).Max(holder => holder.LongestActive) ?? TimeSpan.Zero;
        return said > TimeSpan.Zero ? said : seen;
    }

    private static IEnumerable<StatementGroup> Running(Field field) => field.Statements.Where(group => group.Activity is SessionActivity.Running);
}

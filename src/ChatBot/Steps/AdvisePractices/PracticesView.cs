using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Practices;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.AdvisePractices;

/// <summary>One line for each thing that speaks for a better practice, with its number; else one sentence.</summary>
internal static class PracticesView
{
    /// <summary>Of each kind: the worst tell what to do.</summary>
    private const int OfEachKind = 3;

    public static IReadOnlyList<Mrkdwn> Render(SessionHabits habits)
    {
        IReadOnlyList<Mrkdwn> lines =
        [
            .. Some(
                PracticeRules.Leaks(habits),
                habit => Leak(habit, habits.IdleFor),
                $"That looks like a leak: give the connection back in every way out of that code (`using`, `with`, `defer`, try-with-resources), and turn on the pool's leak detection."),
            .. Some(
                PracticeRules.Pauses(habits),
                Pause,
                $"No call to another service inside a transaction; `idle_in_transaction_session_timeout` as the net below it."),
            .. Some(
                PracticeRules.LongTransactions(habits),
                LongTransaction,
                $"Smaller batches, each its own transaction, give locks and connection back sooner."),
            .. Some(
                PracticeRules.Spare(habits),
                habit => Spare(habit, habits.IdleFor),
                $"They look given back and not needed: lower the pool's minimum, or its idle timeout."),
            .. PracticeRules.HidesNames(habits) ? [Nameless(habits)] : Array.Empty<Mrkdwn>(),
        ];

        if (!habits.SeesEverything)
        {
            return [.. lines, $"Unknown what the sessions do: my role may not see it. Grant it `pg_read_all_stats`."];
        }

        return lines.Count > 0 ? lines : [$"Nothing in this incident's evidence speaks for it."];
    }

    // The lines with their numbers, then once what would change them.
    private static IEnumerable<Mrkdwn> Some<T>(IReadOnlyList<T> habits, Func<T, Mrkdwn> line, Mrkdwn change)
    {
        if (habits.Count == 0)
        {
            return [];
        }

        var more = habits.Count - OfEachKind;
        return [.. habits.Take(OfEachKind).Select(line), more > 0 ? $"• And {more} more like these. {change}" : change];
    }

    private static Mrkdwn Leak(IdleHabit habit, TimeSpan idleFor) =>
        $"• *{Name(habit.Application, habit.User)}*: {Spoken.Sessions(habit.Sessions)} last ran {Mrkdwn.Code(habit.Statement.Value)} and nothing since, each for more than {Spoken.Duration(idleFor)}, the longest for {Spoken.Duration(habit.Longest)}.";

    private static Mrkdwn Spare(IdleHabit habit, TimeSpan idleFor)
    {
        var last = habit.Statement.IsEmpty ? (Mrkdwn)$"never ran a statement" : $"last ran {Mrkdwn.Code(habit.Statement.Value)}";
        return $"• *{Name(habit.Application, habit.User)}*: {Spoken.Sessions(habit.Sessions)} {last} and did nothing for more than {Spoken.Duration(idleFor)}, the longest for {Spoken.Duration(habit.Longest)}.";
    }

    private static Mrkdwn Pause(TransactionHabit habit) =>
        $"• *{Name(habit.Application, habit.User)}*: {Spoken.Sessions(habit.Idle)} idle in a transaction, the longest for {Spoken.Duration(habit.LongestIdle ?? TimeSpan.Zero)}, its transaction open for {Spoken.Duration(habit.Longest)}.";

    private static Mrkdwn LongTransaction(TransactionHabit habit) =>
        $"• *{Name(habit.Application, habit.User)}*: {Spoken.Sessions(habit.Sessions)} in a transaction, the oldest open for {Spoken.Duration(habit.Longest)}, at {Mrkdwn.Code(habit.Statement.Value)}.";

    private static Mrkdwn Nameless(SessionHabits habits) =>
        $"• *{habits.Nameless} of {Spoken.Sessions(habits.Sessions)}* sent no application name, so nobody can say whose they are. Set `application_name` in each service's connection string.";

    private static Mrkdwn Name(ForeignText application, ForeignText user) =>
        application.IsEmpty ? (Mrkdwn)$"User {Verbatim.Of(user)}" : $"{Verbatim.Of(application)} (user {Verbatim.Of(user)})";
}

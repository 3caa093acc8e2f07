using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Practices;

/// <summary>What in the evidence speaks for handling connections better. Nothing where nothing does.</summary>
public static partial class PracticeRules
{
    /// <summary>Fewer idle sessions after one statement are a pool that rests: 3.</summary>
    public const int SameStatement = 3;

    /// <summary>A client between two statements of a transaction answers sooner: 30 s.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Longer transactions hold locks and keep vacuum from cleaning: 5 minutes.</summary>
    public static readonly TimeSpan LongTransaction = TimeSpan.FromMinutes(5);

    /// <summary>A few sessions without a name are people; a tenth of all is a service.</summary>
    public const double Nameless = 0.1;

    /// <summary>Sessions that were used by one code path and never again: most sessions first.</summary>
    public static IReadOnlyList<IdleHabit> Leaks(SessionHabits habits) => [.. Same(habits).Where(habit => !IsGivenBack(habit))];

    /// <summary>Sessions that were given back to their pool and not used since: the pool is larger than it needs to be.</summary>
    public static IReadOnlyList<IdleHabit> Spare(SessionHabits habits) => [.. Same(habits).Where(IsGivenBack)];

    /// <summary>Services that stop in the middle of a transaction, the longest first.</summary>
    public static IReadOnlyList<TransactionHabit> Pauses(SessionHabits habits) =>
        [.. habits.Transactions.Where(habit => habit.LongestIdle >= Pause).OrderByDescending(habit => habit.LongestIdle)];

    /// <summary>Services whose transactions take long while they work, the longest first.</summary>
    public static IReadOnlyList<TransactionHabit> LongTransactions(SessionHabits habits) =>
        [.. habits.Transactions.Where(habit => habit.Longest >= LongTransaction && !(habit.LongestIdle >= Pause)).OrderByDescending(habit => habit.Longest)];

    /// <summary>Enough sessions can't be told apart that it hurts.</summary>
    public static bool HidesNames(SessionHabits habits) => habits.Nameless > 0 && habits.Nameless >= habits.Sessions * Nameless;

    private static IEnumerable<IdleHabit> Same(SessionHabits habits) =>
        habits.Idle.Where(habit => habit.Sessions >= SameStatement).OrderByDescending(habit => habit.Sessions).ThenByDescending(habit => habit.Longest);

    // What a pool runs when a connection comes back or is tried, and what a fresh one has run: nothing.
    private static bool IsGivenBack(IdleHabit habit) => habit.Statement.IsEmpty || PoolStatement.IsMatch(habit.Statement.Value);

    [GeneratedRegex(@"^\s*((discard|reset|rollback|commit|end|abort|deallocate|unlisten|set|show)\b.*|select(\s+(\?|version\(\)))?\s*;?\s*|;?\s*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex PoolStatement { get; }
}

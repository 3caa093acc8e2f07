namespace ChatBot.Incidents.Evidence;

/// <summary>How services handle their sessions, at one moment.</summary>
/// <param name="Sessions">All client sessions, the bot's own excluded.</param>
/// <param name="Nameless">Of these, those whose client sent no application name.</param>
/// <param name="IdleFor">From this age on an idle session counts.</param>
/// <param name="Idle">Sessions idle outside a transaction for at least that long, by their last statement; most sessions first.</param>
/// <param name="Transactions">Sessions in a transaction, working or idle; the longest first.</param>
/// <param name="SeesEverything">False when the bot's role may not see what strangers' sessions do: then only the numbers above hold.</param>
public sealed record SessionHabits(
    int Sessions,
    int Nameless,
    TimeSpan IdleFor,
    IReadOnlyList<IdleHabit> Idle,
    IReadOnlyList<TransactionHabit> Transactions,
    bool SeesEverything)
{
    /// <summary>More groups of either kind than this say nothing more to a responder.</summary>
    public const int AtMost = 50;
}

/// <summary>Sessions of one service that are idle after the same statement.</summary>
/// <param name="Statement">Its shape, without values; empty when they never ran one.</param>
/// <param name="Shortest">How long the one that was used last has been idle.</param>
/// <param name="Longest">How long the one that was used first has been idle.</param>
public sealed record IdleHabit(ForeignText Application, ForeignText User, ForeignText Statement, int Sessions, TimeSpan Shortest, TimeSpan Longest);

/// <summary>Sessions of one service that are in a transaction.</summary>
/// <param name="Idle">Of these, those that do nothing.</param>
/// <param name="LongestIdle">How long the longest has been doing nothing; null when none does.</param>
/// <param name="Longest">Age of the oldest transaction.</param>
/// <param name="Statement">The last or current statement of the oldest transaction; its shape.</param>
public sealed record TransactionHabit(
    ForeignText Application, ForeignText User, int Sessions, int Idle, TimeSpan? LongestIdle, TimeSpan Longest, ForeignText Statement);

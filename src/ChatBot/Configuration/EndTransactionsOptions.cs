namespace ChatBot.Configuration;

/// <summary>Section <c>EndTransactions</c>: which sessions that idle inside a transaction one plan may end. Their work is lost.</summary>
internal sealed record EndTransactionsOptions
{
    /// <summary>More lost at once would need a second approver, and every plan has one: 5.</summary>
    public const int Most = 5;

    /// <summary>Only sessions that have done nothing in their transaction for at least this long, from 1 s to 7 days.</summary>
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sessions in one plan, from 1 to 5; never more than <see cref="EndIdleSessionsOptions.MaxSessions"/>.</summary>
    public int MaxSessions { get; init; } = Most;
}

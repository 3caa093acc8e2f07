using ChatBot.Configuration;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Steps.EndOpenTransactions;

/// <summary>Which transactions one plan may name. The page may ask for less than the settings allow, never for more.</summary>
/// <param name="IdleFor">How long a session has done nothing in its transaction at least.</param>
/// <param name="Most">How many one plan may name at most, from 1 to 5.</param>
internal readonly record struct TransactionBounds(TimeSpan IdleFor, int Most)
{
    public static readonly DurationParameter IdleForParameter =
        new("idle-for", "how long a session has done nothing in its transaction at least", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "EndTransactions:IdleFor" };

    public static readonly CountParameter MaxParameter =
        new("max", "how many one plan may end at most", 1, EndTransactionsOptions.Most) { Default = "EndTransactions:MaxSessions" };

    /// <param name="binding">Null when the page doesn't say, or can't be read: then the settings alone hold.</param>
    public static TransactionBounds Of(StepBinding? binding, ChatBotOptions options)
    {
        var allowed = options.EndTransactions;
        var most = Math.Min(allowed.MaxSessions, options.EndIdleSessions.MaxSessions); // no plan of any kind may name more
        return new TransactionBounds(
            binding?.Duration(IdleForParameter.Name) is { } wanted && wanted > allowed.IdleFor ? wanted : allowed.IdleFor,
            Math.Min(binding?.Count(MaxParameter.Name) ?? most, most));
    }
}

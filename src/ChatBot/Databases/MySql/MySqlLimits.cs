using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.MySql;

/// <summary>Which limits of accounts there are, and how far they are used. Pure.</summary>
/// <remarks>
/// The process list shows the user's name, not which of several accounts of that name it is; so where there are several,
/// the sessions are told apart by their hosts, and one that fits two accounts counts for both.
/// </remarks>
internal static class MySqlLimits
{
    private const int AtMost = 50;

    /// <param name="everybody"><c>max_user_connections</c>, for accounts without a limit of their own; null for none.</param>
    public static List<ConnectionLimit> Of(MySqlAccounts accounts, int? everybody, IReadOnlyList<ClientSession> sessions)
    {
        var byUser = sessions.ToLookup(session => session.User, StringComparer.Ordinal);
        var known = accounts.All
            .Where(account => (account.Limit ?? everybody) is not null)
            .Select(account => Limit($"{account.User}@{account.Host}", (account.Limit ?? everybody)!.Value, byUser[account.User].Count(session => Fits(session, account))));
        var unknown = accounts.Known || everybody is not { } limit
            ? []
            : byUser.Select(user => Limit(user.Key, limit, user.Count()));
        return
        [
            .. known.Concat(unknown)
                .Where(limit => limit.Used > 0 || accounts.All.Any(account => account.Limit is not null && $"{account.User}@{account.Host}" == limit.Name.Value))
                .OrderByDescending(limit => (double)limit.Used / Math.Max(1, limit.Limit))
                .ThenBy(limit => limit.Name.Value, StringComparer.Ordinal)
                .Take(AtMost),
        ];

        static ConnectionLimit Limit(string name, int limit, int used) => new(LimitScope.Account, MySqlNames.Read(name), limit, used);
    }

    private static bool Fits(ClientSession session, MySqlAccount account) =>
        account.Host is "%" or "" || account.Host.Contains('/', StringComparison.Ordinal) // a network: the name alone has to do
        || IsLike(session.Client.Length == 0 ? "localhost" : session.Client, account.Host);

    /// <summary>As LIKE does, without regard to case, as hosts are compared.</summary>
    internal static bool IsLike(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var (at, next, star, mark) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] is '%')
            {
                (star, mark) = (next++, at);
            }
            else if (next < pattern.Length && (pattern[next] is '_' || char.ToLowerInvariant(pattern[next]) == char.ToLowerInvariant(text[at])))
            {
                (at, next) = (at + 1, next + 1);
            }
            else if (star >= 0)
            {
                (next, at) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[next..].TrimStart('%').IsEmpty;
    }
}

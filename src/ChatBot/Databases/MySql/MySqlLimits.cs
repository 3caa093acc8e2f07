using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.MySql;

/// <summary>Which limits of accounts there are, and how far they are used. Pure.</summary>
/// <remarks>
/// The process list shows the user's name, not which of several accounts of that name it is; so where there are several, a
/// session belongs to the one that the server itself would have taken for its host (<see cref="AccountHosts"/>).
/// </remarks>
internal static class MySqlLimits
{
    private const int AtMost = 50;

    /// <param name="everybody"><c>max_user_connections</c>, for accounts without a limit of their own; null for none.</param>
    public static List<ConnectionLimit> Of(MySqlAccounts accounts, int? everybody, IReadOnlyList<ClientSession> sessions)
    {
        var byUser = sessions.ToLookup(session => session.User, StringComparer.Ordinal);
        var known = accounts.All
            .GroupBy(account => account.User, StringComparer.Ordinal)
            .SelectMany(same => AccountHosts.Count([.. same], byUser[same.Key]))
            .Where(account => (account.Account.Limit ?? everybody) is not null)
            .Select(account => Limit($"{account.Account.User}@{account.Account.Host}", (account.Account.Limit ?? everybody)!.Value, account.Sessions));
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
}

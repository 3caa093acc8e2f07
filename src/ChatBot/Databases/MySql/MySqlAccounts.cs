using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>The server's accounts as the view <c>chatbot.accounts</c> shows them: who is out of reach, and who has a limit.</summary>
/// <param name="Known">False without the view: then nobody is known to be touchable, so nobody is.</param>
internal sealed record MySqlAccounts(bool Known, IReadOnlyList<MySqlAccount> All)
{
    private const int AtMost = 10_000;

    private readonly HashSet<string> _touchable =
        [.. All.GroupBy(account => account.User, StringComparer.Ordinal).Where(group => !group.Any(one => one.Untouchable)).Select(group => group.Key)];

    public static async Task<MySqlAccounts> ReadAsync(MySqlConnection connection)
    {
        var accounts = await connection.TryReadAllAsync(
            $"select user, host, max_user_connections, untouchable from chatbot.accounts limit {AtMost}",
            row => new MySqlAccount(row.Text(0), row.Text(1), row.IsDBNull(2) ? null : (int)Math.Min(row.Number(2), int.MaxValue), row.Number(3) != 0));
        return new MySqlAccounts(accounts is not null, accounts ?? []);
    }

    /// <summary>Nobody ends it from here, whatever is approved.</summary>
    public bool Protect(MySqlTarget target, ClientSession session) =>
        !_touchable.Contains(session.User)
        || session.User == target.User
        || target.ProtectedUsers.Contains(session.User, StringComparer.OrdinalIgnoreCase) // as the effect does
        || target.ProtectedApplications.Any(name =>
            session.Application == name || session.Application.StartsWith($"{name} ", StringComparison.Ordinal));
}

/// <param name="Host">A pattern: <c>%</c> and <c>_</c> stand for others.</param>
/// <param name="Limit">Null when there is none of its own.</param>
internal sealed record MySqlAccount(string User, string Host, int? Limit, bool Untouchable);

using System.Text.RegularExpressions;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>What an account may do, as the server's own <c>show grants</c> prints it: with the roles that it has at that moment.</summary>
/// <remarks>See https://dev.mysql.com/doc/refman/8.4/en/show-grants.html, https://mariadb.com/kb/en/show-grants/.</remarks>
internal sealed partial class MySqlGrants(IReadOnlyList<string> lines)
{
    private readonly List<Grant> _grants = [.. lines.Select(Read).OfType<Grant>()];

    /// <summary>Of the bot's own session.</summary>
    public static async Task<MySqlGrants> OfBotAsync(MySqlConnection session) =>
        new(await session.ReadAllAsync("show grants", row => row.Text(0)));

    /// <summary>Whether they are those of this account; a routine that somebody else defined acts with theirs.</summary>
    /// <param name="account">In backticks, with its host.</param>
    public bool AreOf(string account) => lines.Any(line => To().Match(line).Groups["account"].Value == account);

    /// <param name="right">As between <c>grant</c> and <c>to</c>: <c>select (Host, User) on mysql.global_priv</c>. One privilege.</param>
    public bool Include(string right)
    {
        var needed = Read($"grant {right} to anybody") ?? throw new ArgumentException($"This is no right: {right}", nameof(right));
        var one = needed.Privileges.Single();
        return _grants.Any(grant => Covers(grant.On, needed.On) && grant.Privileges.Any(has => Covers(has, one)));
    }

    /// <summary>A right on all, on a database or on the very thing.</summary>
    private static bool Covers(string granted, string needed)
    {
        var database = $"{needed[(needed.IndexOf(' ', StringComparison.Ordinal) + 1)..needed.IndexOf('.', StringComparison.Ordinal)]}.*";
        return new[] { "*.*", needed, database }.Contains(granted, StringComparer.OrdinalIgnoreCase);
    }

    private static bool Covers(Privilege granted, Privilege needed) => granted.Name == "ALL PRIVILEGES"
        || (granted.Name == needed.Name && (granted.Columns is not { } columns || needed.Columns?.All(columns.Contains) is true));

    /// <returns>Null for what grants a role, or is no grant.</returns>
    private static Grant? Read(string line) => Line().Match(line) is { Success: true } grant
        ? new(
            grant.Groups["on"].Value.Replace("`", "", StringComparison.Ordinal).Replace("\\_", "_", StringComparison.Ordinal), // a database can be a pattern
            [.. PrivilegeIn().Matches(grant.Groups["what"].Value).Select(one => new Privilege(
                one.Groups["name"].Value.Trim().ToUpperInvariant(),
                one.Groups["columns"] is { Success: true, Value: var columns }
                    ? columns.Replace("`", "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase)
                    : null))])
        : null;

    [GeneratedRegex("^GRANT (?<what>.+?) ON (?<on>.+?) TO ", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<name>[A-Za-z_ ]+)(\((?<columns>[^)]*)\))?", RegexOptions.CultureInvariant)]
    private static partial Regex PrivilegeIn();

    [GeneratedRegex(" TO (?<account>`.*?`@`.*?`)", RegexOptions.CultureInvariant)]
    private static partial Regex To();

    /// <param name="On">Without backticks: <c>*.*</c>, <c>mysql.*</c>, <c>mysql.user</c>, <c>PROCEDURE chatbot.end_session</c>.</param>
    private sealed record Grant(string On, IReadOnlyList<Privilege> Privileges);

    /// <param name="Columns">Null for all of them.</param>
    private sealed record Privilege(string Name, HashSet<string>? Columns);
}

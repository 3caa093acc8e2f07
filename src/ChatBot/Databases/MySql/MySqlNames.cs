using System.Net;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.MySql;

/// <summary>Names that strangers gave themselves on a server: made safe to show, or quoted for it.</summary>
internal static class MySqlNames
{
    /// <summary>Users have at most 128 characters (MariaDB), program names what the client likes.</summary>
    private const int MaxLength = 128;

    /// <summary>More of a statement says nothing more to somebody who decides about its session.</summary>
    private const int LongestShape = 300;

    public static ForeignText Read(string? name) => ForeignText.From(name, MaxLength);

    public static ForeignText ReadStatement(string? sql) => ForeignText.Query(sql, LongestShape, SqlDialect.MySql);

    /// <summary>As people know it; empty for a socket.</summary>
    public static ForeignText ReadClient(string host)
    {
        var address = AddressOf(host);
        return IPAddress.TryParse(address, out var ip) && ip.IsIPv4MappedToIPv6
            ? ForeignText.From(ip.MapToIPv4().ToString(), MaxLength)
            : ForeignText.From(address, MaxLength);
    }

    /// <summary><c>HOST</c> without the port. The address can be an IPv6 one, so the port is what follows the last colon. Only
    /// a socket has none.</summary>
    public static string AddressOf(string host) =>
        host.LastIndexOf(':') is >= 0 and var colon ? host[..colon] : host is "localhost" ? "" : host;

    /// <summary>An account as a statement takes it. Backticks mean the same whatever the server's <c>sql_mode</c> makes of
    /// quotes and backslashes.</summary>
    public static string Quote(string user, string host) => $"{Quote(user)}@{Quote(host)}";

    /// <param name="account"><c>user@host</c>: a user's name can hold an @, a host can't.</param>
    /// <returns>Null when there is no host.</returns>
    public static (string User, string Host)? Split(string account) =>
        account.LastIndexOf('@') is >= 0 and var at ? (account[..at], account[(at + 1)..]) : null;

    private static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}

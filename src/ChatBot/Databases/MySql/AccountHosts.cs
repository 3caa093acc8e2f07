using System.Net;

namespace ChatBot.Databases.MySql;

/// <summary>Which of a user's accounts a client belongs to: as the server does it, the first that fits, the most specific host first. Pure.</summary>
/// <remarks>See https://dev.mysql.com/doc/refman/8.4/en/connection-access.html: names and addresses, then networks, then patterns; <c>%</c> and an empty host come last.</remarks>
internal static class AccountHosts
{
    private static readonly char[] Wildcards = ['%', '_'];

    /// <summary>How many of the sessions belong to each account.</summary>
    /// <param name="accounts">All of one user.</param>
    /// <param name="sessions">All of that user.</param>
    public static IEnumerable<(MySqlAccount Account, int Sessions)> Count(IReadOnlyList<MySqlAccount> accounts, IEnumerable<ClientSession> sessions)
    {
        var ordered = accounts.OrderBy(account => RankOf(account.Host)).ThenByDescending(account => account.Host.IndexOfAny(Wildcards)).ToArray();
        var only = ordered is [var one] ? one : null; // nobody else of that name could have let the client in, whatever its host is called here
        var owners = sessions.Select(session => only ?? ordered.FirstOrDefault(account => Fits(ClientOf(session), account.Host))).ToArray();
        return ordered.Select(account => (account, owners.Count(owner => owner == account)));
    }

    private static string ClientOf(ClientSession session) => session.Client.Length == 0 ? "localhost" : session.Client;

    private static int RankOf(string host) => host switch
    {
        "" => 4,
        "%" => 3,
        _ when host.IndexOfAny(Wildcards) >= 0 => 2,
        _ when host.Contains('/', StringComparison.Ordinal) => 1,
        _ => 0,
    };

    private static bool Fits(string client, string host) => host.Split('/') switch
    {
        [""] => true,
        [var network, var mask] => IsIn(client, network, mask),
        _ => IsLike(client, host),
    };

    /// <param name="mask">Its length in bits, or as an address.</param>
    private static bool IsIn(string client, string network, string mask)
    {
        if (!IPAddress.TryParse(client, out var address) || !IPAddress.TryParse(network, out var first))
        {
            return false;
        }

        var (wanted, of) = (Plain(address), Plain(first));
        var bits = int.TryParse(mask, out var length) ? length
            : IPAddress.TryParse(mask, out var asAddress) ? asAddress.GetAddressBytes().Sum(part => byte.PopCount(part))
            : -1;
        return bits >= 0 && bits <= of.Length * 8 && wanted.Length == of.Length
            && Enumerable.Range(0, bits).All(bit => ((wanted[bit / 8] ^ of[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }

    private static byte[] Plain(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();

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

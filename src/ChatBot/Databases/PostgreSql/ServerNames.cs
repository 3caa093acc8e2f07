using System.Net;
using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Names that strangers gave themselves on a server, made safe to show.</summary>
internal static class ServerNames
{
    /// <summary>PostgreSQL cuts names at 63 bytes, so this cuts none.</summary>
    private const int MaxLength = 63;

    /// <param name="column">Not null; empty where there is no name.</param>
    public static ForeignText Read(NpgsqlDataReader row, int column) => ForeignText.From(row.GetString(column), MaxLength);

    /// <summary>An IPv4 address in the clothes of IPv6 (<c>::ffff:10.0.0.5</c>) is shown as what it is.</summary>
    public static ForeignText ReadAddress(NpgsqlDataReader row, int column)
    {
        var text = row.GetString(column);
        return IPAddress.TryParse(text, out var address) && address.IsIPv4MappedToIPv6
            ? ForeignText.From(address.MapToIPv4().ToString(), MaxLength)
            : ForeignText.From(text, MaxLength);
    }
}

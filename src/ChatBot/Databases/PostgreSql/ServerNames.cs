using System.Net;
using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Names that strangers gave themselves on a server, made safe to show.</summary>
internal static class ServerNames
{
    /// <summary>PostgreSQL cuts names at 63 bytes, so this cuts none.</summary>
    private const int MaxLength = 63;

    /// <summary>The start of a statement tells which it is; more doesn't fit a Slack message: 300.</summary>
    private const int LongestShape = 300;

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

    /// <summary>Only the statement's shape, without values and comments.</summary>
    /// <inheritdoc cref="Read"/>
    public static ForeignText ReadStatement(NpgsqlDataReader row, int column) => ForeignText.Query(row.GetString(column), LongestShape);

    /// <summary>The name of a prepared transaction: up to 200 bytes (GIDSIZE), with no more left away than what looks like a secret.</summary>
    /// <inheritdoc cref="Read"/>
    public static ForeignText ReadPrepared(NpgsqlDataReader row, int column) => ForeignText.From(row.GetString(column), 200);
}

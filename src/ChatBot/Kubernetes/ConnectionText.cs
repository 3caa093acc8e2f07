using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatBot.Kubernetes;

/// <summary>A connection string that a service keeps: one parameter of it is read or set, and nothing else is touched or told.</summary>
/// <remarks>Either an address (<c>postgres://host/db?pool=5</c>) or keywords (<c>Host=db;Maximum Pool Size=20</c>). Its other parts hold passwords.</remarks>
internal static class ConnectionText
{
    /// <summary>No connection string is longer: 8,192 characters.</summary>
    private const int Longest = 8192;

    /// <returns>The parameter's value; null when it isn't there, or the text is no connection string.</returns>
    public static string? Read(string text, string parameter)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        if (IsAddress(text))
        {
            return Query(text).Where(pair => pair.Key == parameter).Select(pair => pair.Value.Count == 1 ? pair.Value[0] : null).FirstOrDefault();
        }

        return Keywords(text) is { } keywords && keywords.TryGetValue(parameter, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
    }

    /// <returns>The text with the parameter's new value; null when it isn't there, or the rest would change with it.</returns>
    public static string? Write(string text, string parameter, int value)
    {
        if (Read(text, parameter) is null)
        {
            return null;
        }

        var written = IsAddress(text) ? WriteQuery(text, parameter, value) : WriteKeyword(text, parameter, value);
        return IsSameBut(text, written, parameter) && Read(written, parameter) == Text(value) ? written : null;
    }

    private static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out _);

    private static Dictionary<string, Microsoft.Extensions.Primitives.StringValues> Query(string address) => QueryHelpers.ParseQuery(QueryOf(address));

    // From the text itself: a Uri would write the rest anew.
    private static string QueryOf(string address)
    {
        var end = address.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment ? fragment : address.Length;
        return address.IndexOf('?', 0, end) is >= 0 and var begin ? address[begin..end] : "";
    }

    private static string WriteQuery(string address, string parameter, int value)
    {
        var query = QueryOf(address);
        var pairs = query.TrimStart('?').Split('&').Select(pair =>
            QueryHelpers.ParseQuery(pair).Keys.SingleOrDefault() == parameter ? $"{pair.Split('=')[0]}={Text(value)}" : pair);
        return address.Replace(query, $"?{string.Join('&', pairs)}", StringComparison.Ordinal);
    }

    private static DbConnectionStringBuilder? Keywords(string text)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string WriteKeyword(string text, string parameter, int value)
    {
        var keywords = Keywords(text)!;
        keywords[parameter] = Text(value);
        return keywords.ConnectionString;
    }

    private static bool IsSameBut(string before, string after, string parameter)
    {
        if (IsAddress(before))
        {
            return IsAddress(after)
                && before.Replace(QueryOf(before), "", StringComparison.Ordinal) == after.Replace(QueryOf(after), "", StringComparison.Ordinal)
                && Others(before).SequenceEqual(Others(after));
        }

        return Keywords(before) is { } old && Keywords(after) is { } now && Without(old).EquivalentTo(Without(now));

        IEnumerable<(string, string)> Others(string address) => Query(address).Where(pair => pair.Key != parameter).Select(pair => (pair.Key, pair.Value.ToString()));

        DbConnectionStringBuilder Without(DbConnectionStringBuilder keywords)
        {
            keywords.Remove(parameter);
            return keywords;
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

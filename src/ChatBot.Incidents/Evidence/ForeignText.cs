using System.Globalization;
using System.Text.Json.Serialization;

namespace ChatBot.Incidents.Evidence;

/// <summary>Text that strangers control: application names, queries, typed words, a server's error messages.</summary>
/// <remarks>
/// The one door for such text. What comes out holds no control or invisible characters and no secret we know how to
/// recognise, and is as short as asked. In this order: decode, strip, join, redact, cut; a secret that is cut first
/// or split by a colour code would not be recognised. It is not escaped: that belongs to the view that shows it.
/// </remarks>
[JsonConverter(typeof(ForeignTextConverter))]
public readonly record struct ForeignText
{
    /// <summary>Stands where a secret stood.</summary>
    public const string HiddenMark = "[hidden]";

    /// <summary>Stands for a whole text that could not be made safe.</summary>
    public const string WithheldMark = "[withheld]";

    /// <summary>Two are normal, three rare. More means that the rules fight over the text.</summary>
    private const int MaxRounds = 6;

    private ForeignText(string value)
    {
        Value = value.Length == 0 ? null! : value; // as default: no text equals no text
    }

    /// <summary>The clean text, never null. Not escaped for Slack or anything else.</summary>
    public string Value { get => field ?? ""; private init; }

    public bool IsEmpty => Value.Length == 0;

    /// <summary>How many secrets are hidden in <see cref="Value"/>.</summary>
    public int Hidden => Redaction.CountHidden(Value);

    /// <param name="maxLength">At most so many UTF-16 units, the ellipsis included; at least 1.</param>
    /// <param name="keepLines">Line breaks stay (as \n); otherwise they become spaces.</param>
    public static ForeignText From(string? text, int maxLength, bool keepLines = false) =>
        new(Clean(text, maxLength, keepLines));

    /// <param name="utf8">What isn't valid UTF-8 becomes U+FFFD.</param>
    /// <inheritdoc cref="From"/>
    public static ForeignText FromBytes(ReadOnlySpan<byte> utf8, int maxLength, bool keepLines = false) =>
        new(Clean(TextStripping.Decode(utf8), maxLength, keepLines));

    /// <summary>A query's shape: literals and numbers become <c>?</c>, comments go.</summary>
    /// <param name="dialect">Read by another's rules, a literal could end too early, and what follows would show.</param>
    /// <inheritdoc cref="From"/>
    public static ForeignText Query(string? sql, int maxLength, SqlDialect dialect = SqlDialect.PostgreSql) =>
        new(CleanQuery(sql, maxLength, dialect));

    /// <summary>Text that was clean when it was stored. Only stripped again, which is cheap.</summary>
    internal static ForeignText FromStored(string? text) => new(TextStripping.Strip(text ?? "", keepLines: true));

    public override string ToString() => Value;

    private static string Clean(string? text, int maxLength, bool keepLines) =>
        HideAndCut(TextStripping.Strip(text ?? "", keepLines), maxLength, part => part);

    // With its line breaks first: a comment ends at one.
    private static string CleanQuery(string? sql, int maxLength, SqlDialect dialect) => HideAndCut(
        TextStripping.Strip(QueryShape.Of(TextStripping.Strip(WithServersLines(sql ?? "", dialect), keepLines: true), dialect), keepLines: false),
        maxLength,
        part => TextStripping.Strip(QueryShape.Of(part, dialect), keepLines: false));

    // Only what the server takes for the end of a line ends a comment; behind any other, words and literals would change places.
    private static string WithServersLines(string sql, SqlDialect dialect)
    {
        var lines = sql.Replace('\v', ' ').Replace('\f', ' ').Replace('\u0085', ' ').Replace('\u2028', ' ').Replace('\u2029', ' ');
        return dialect is SqlDialect.MySql ? lines.Replace('\r', ' ') : lines;
    }

    private static string HideAndCut(string clean, int maxLength, Func<string, string> reshape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);

        // What is left after hiding and cutting can look like a secret itself, so repeat until nothing changes.
        for (var round = 0; round < MaxRounds; round++)
        {
            var safe = Cut(Redaction.Hide(reshape(clean)), maxLength);
            if (safe == clean)
            {
                return safe;
            }

            clean = safe;
        }

        return Cut(WithheldMark, maxLength);
    }

    private static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var end = maxLength - 1; // one for the ellipsis
        while (end > 0 && IsInsideCharacter(text, end))
        {
            end--;
        }

        var mark = text.IndexOf(HiddenMark, Math.Max(0, end - HiddenMark.Length + 1), StringComparison.Ordinal);
        if (mark >= 0 && mark < end)
        {
            end = mark; // half a mark would look like a word of the stranger's
        }

        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    // A surrogate pair, or a letter and its marks; there are at most three of them.
    private static bool IsInsideCharacter(string text, int at) =>
        char.IsLowSurrogate(text[at])
        || char.GetUnicodeCategory(text, at) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark;
}

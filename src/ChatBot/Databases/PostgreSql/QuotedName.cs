using System.Globalization;
using System.Text;

namespace ChatBot.Databases.PostgreSql;

/// <summary>A name in a statement that a person pastes. What the bot sends itself is quoted by the server.</summary>
/// <remarks>
/// Always in double quotes. A name with characters that nobody sees, or that turn the text around, is written with escapes:
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS-UESCAPE.
/// </remarks>
internal static class QuotedName
{
    public static string Of(string name) => name.EnumerateRunes().All(IsSeen)
        ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : $"U&\"{string.Concat(name.EnumerateRunes().Select(Escape))}\"";

    private static string Escape(Rune letter) => letter.Value switch
    {
        '"' => "\"\"",
        '\\' => "\\\\",
        _ when IsSeen(letter) => letter.ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\+{letter.Value:X6}"),
    };

    private static bool IsSeen(Rune letter) => letter.Value == ' ' || Rune.GetUnicodeCategory(letter) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);
}

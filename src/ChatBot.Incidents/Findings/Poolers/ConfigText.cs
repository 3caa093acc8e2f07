using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>Words of others in configuration files: each stays one word on one line, whatever it holds.</summary>
/// <remarks>A name with a control character can't be written in any of these files; then there is null instead.</remarks>
internal static partial class ConfigText
{
    /// <summary>The database of its admin console.</summary>
    private const string PgBouncerItself = "pgbouncer";

    /// <summary>A database's name at the start of a line of <c>[databases]</c>.</summary>
    /// <remarks>
    /// The manual says that double quotes allow any name, but no released parser reads them:
    /// https://github.com/libusual/libusual/blob/master/usual/cfparser.c.
    /// </remarks>
    public static string? IniName(string name) => SimpleName.IsMatch(name) && name != PgBouncerItself ? name : null;

    /// <summary>A value in PgBouncer's connection strings.</summary>
    public static string? IniValue(string value) => IsOneLine(value) ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : null;

    /// <summary>A string in libconfig's files. See https://hyperrealm.github.io/libconfig/libconfig_manual.html#String-Values.</summary>
    public static string? LibConfig(string value) => IsOneLine(value)
        ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : null;

    /// <summary>A literal for ProxySQL's admin interface, which is SQLite: a backslash means nothing there.</summary>
    public static string? SqliteLiteral(string value) => IniValue(value);

    /// <summary>Somebody's words in a comment: they can't end its line.</summary>
    public static string Comment(string words)
    {
        var line = new StringBuilder(words.Length);
        foreach (var sign in words)
        {
            line.Append(EndsLines(sign) ? ' ' : sign);
        }

        return line.ToString();
    }

    private static bool IsOneLine(string text) => text.Length > 0 && !text.Any(EndsLines);

    private static bool EndsLines(char sign) =>
        char.GetUnicodeCategory(sign) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SimpleName { get; }
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChatBot.Reports;

/// <summary>
/// Text in Markdown (CommonMark and tables) in which other people's words can do no harm: in <c>$"**{name}** waits"</c> the
/// literal part is markup, and every value is escaped unless it is itself a <see cref="MarkdownText"/>.
/// </summary>
/// <remarks>
/// The compiler builds it piece by piece (an interpolated-string handler). A value has no line break in it, so it can begin a
/// list, a heading or a table only where it begins a line; its first sign is escaped for that.
/// See https://spec.commonmark.org/0.31.2/#backslash-escapes.
/// </remarks>
[InterpolatedStringHandler]
internal sealed class MarkdownText
{
    private readonly StringBuilder _pieces;

    public MarkdownText(int literalLength, int formattedCount)
    {
        _pieces = new StringBuilder(literalLength + (formattedCount * 16));
    }

    private MarkdownText(string markup)
    {
        _pieces = new StringBuilder(markup);
    }

    public static MarkdownText Empty { get; } = new("");

    public int Length => _pieces.Length;

    public bool IsEmpty => _pieces.Length == 0;

    public static MarkdownText Join(MarkdownText separator, IEnumerable<MarkdownText> parts) =>
        new(string.Join(separator.ToString(), parts));

    /// <summary>Somebody's words in code type: nothing in them means anything. On one line.</summary>
    public static MarkdownText Code(string text)
    {
        // A table's bar parts cells also inside code, and an escape would be shown there: it becomes a look-alike.
        var line = OneLine(text).Replace('|', '\u00a6');
        if (line.Length == 0)
        {
            return Empty;
        }

        var fence = new string('`', LongestRun(line) + 1);
        var space = line[0] == '`' || line[^1] == '`' ? " " : "";
        return new($"{fence}{space}{line}{space}{fence}");
    }

    /// <summary>Only for the compiler: a piece of source text.</summary>
    public void AppendLiteral(string markup) => _pieces.Append(markup);

    /// <summary>Only for the compiler: markup keeps its meaning.</summary>
    public void AppendFormatted(MarkdownText? markup) => _pieces.Append(markup?._pieces);

    /// <summary>Only for the compiler: somebody's words.</summary>
    public void AppendFormatted(string? text) => _pieces.Append(Escape(text ?? ""));

    /// <summary>Only for the compiler: anything else, formatted the same in every country, then escaped.</summary>
    public void AppendFormatted<T>(T value, string? format = null) =>
        AppendFormatted(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString());

    public override string ToString() => _pieces.ToString();

    /// <summary>Words as they are, whatever signs are in them, on one line.</summary>
    internal static string Escape(string text)
    {
        var line = OneLine(text);
        var escaped = new StringBuilder(line.Length + 8);
        for (var at = 0; at < line.Length; at++)
        {
            if (MeansSomething(line, at))
            {
                escaped.Append('\\');
            }

            escaped.Append(line[at]);
        }

        return escaped.ToString();
    }

    private static bool MeansSomething(string line, int at) => line[at] switch
    {
        '\\' or '`' or '*' or '[' or ']' or '<' or '>' or '|' or '&' or '~' or '{' or '}' or '$' or '@' => true,

        // At the start of a line: lists, headings, rules, and the underline of a heading.
        '#' or '+' or '-' or '=' or ':' or '^' when at == 0 => true,
        '.' or ')' when at + 1 == line.Length || line[at + 1] == ' ' => line.AsSpan(0, at).IndexOfAnyExceptInRange('0', '9') < 0,

        // Many readers of Markdown make a link of www., http://, mailto: and the like, whether asked or not.
        '.' => line.AsSpan(0, at).EndsWith("www", StringComparison.OrdinalIgnoreCase),
        ':' => at + 1 < line.Length && line[at + 1] != ' ' && !char.IsAsciiDigit(line[at - 1]),

        // Within a word it is one: pg_stat_activity.
        '_' => at == 0 || at == line.Length - 1 || !char.IsLetterOrDigit(line[at - 1]) || !char.IsLetterOrDigit(line[at + 1]),
        _ => false,
    };

    /// <summary>Line breaks and other controls become spaces; what is invisible or turns the text round goes.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => line.Append(' '),
                UnicodeCategory.Format => line,
                _ => line.Append(rune),
            };
        }

        return line.ToString().Trim();
    }

    private static int LongestRun(string line)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in line)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}

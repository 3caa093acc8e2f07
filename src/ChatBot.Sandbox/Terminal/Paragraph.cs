using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace ChatBot.Sandbox.Terminal;

/// <summary>mrkdwn, already readable, as lines of a terminal.</summary>
internal static partial class Paragraph
{
    private const char BoldOn = '\u0001';
    private const char BoldOff = '\u0002';

    /// <summary>Wrapped at blanks, the lines after the first indented below the text. A table's row stays whole.</summary>
    public static IEnumerable<string> Lines(string lead, string text, string style, int width)
    {
        var marked = Marked(text);
        var indent = new string(' ', lead.Length);
        var lines = IsTableRow(text) ? [marked] : Wrap(marked, Math.Max(20, width - lead.Length));
        var (first, isBold) = (true, false);
        foreach (var line in lines)
        {
            var markup = new StringBuilder(first ? $"[grey]{Markup.Escape(lead)}[/]" : indent);
            markup.Append('[').Append(style).Append(']').Append(isBold ? "[bold]" : "");
            foreach (var part in Markers().Split(line))
            {
                (isBold, var written) = part switch
                {
                    [BoldOn] => (true, "[bold]"),
                    [BoldOff] => (false, "[/]"),
                    _ => (isBold, Markup.Escape(part)),
                };
                markup.Append(written);
            }

            yield return markup.Append(isBold ? "[/]" : "").Append("[/]").ToString();
            first = false;
        }
    }

    /// <summary>Columns are two blanks apart.</summary>
    public static bool IsTableRow(string line) => line.TrimStart().Contains("  ", StringComparison.Ordinal);

    private static string Marked(string text) => Code().Replace(
        Bold().Replace(text.Replace(":warning:", "(!)", StringComparison.Ordinal), $"{BoldOn}$1{BoldOff}"), "$1");

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var (line, length) = (new StringBuilder(), 0);
        foreach (var word in text.Split(' '))
        {
            var wordLength = word.Count(c => c is not (BoldOn or BoldOff));
            if (length > 0 && length + 1 + wordLength > width)
            {
                yield return line.ToString();
                line.Clear();
                length = 0;
            }

            if (length > 0)
            {
                line.Append(' ');
                length++;
            }

            line.Append(word);
            length += wordLength;
        }

        yield return line.ToString();
    }

    [GeneratedRegex(@"(?<!\w)\*([^*\s](?:[^*]*[^*\s])?)\*(?!\w)")]
    private static partial Regex Bold();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("([\u0001\u0002])")]
    private static partial Regex Markers();
}

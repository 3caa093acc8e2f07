using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Slack.Views;

/// <summary>Columns in code type, each as wide as its longest cell.</summary>
internal sealed class TextTable(params string[] header)
{
    /// <summary>A longer name is cut: the start tells most.</summary>
    private const int LongestCell = 24;

    /// <summary>In the last column nothing stands behind it, so a statement may be longer.</summary>
    private const int LongestLast = 72;

    private readonly List<string[]> _rows = [header];

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Short(string text) => Short(text, LongestCell);

    /// <summary>For a statement in the last column.</summary>
    public static string Last(string text) => Short(text, LongestLast);

    /// <summary>A dash for nobody.</summary>
    public static string Name(ForeignText text) => text.IsEmpty ? "-" : Short(text.Value);

    private static string Short(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var end = longest - 1; // one for the ellipsis
        return $"{text[..(char.IsLowSurrogate(text[end]) ? end - 1 : end)]}…";
    }

    /// <param name="cells">As many as there are columns.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => cell.ReplaceLineEndings(" "))]);

    /// <summary>The header and the rows, without spaces at the end.</summary>
    public IReadOnlyList<string> Lines()
    {
        var widths = header.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        return [.. _rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())];
    }

    public override string ToString() => string.Join('\n', Lines());
}

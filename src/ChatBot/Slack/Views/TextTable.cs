using System.Globalization;
using System.Text;

namespace ChatBot.Slack.Views;

/// <summary>Columns in code type, each as wide as its longest cell.</summary>
internal sealed class TextTable(params string[] header)
{
    /// <summary>A longer name is cut: the start tells most.</summary>
    private const int LongestCell = 24;

    private readonly List<string[]> _rows = [header];

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Short(string text) => text.Length <= LongestCell ? text : $"{text[..(LongestCell - 1)]}…";

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = header.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            text.AppendJoin("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).Replace(" \n", "\n");
            while (text.Length > 0 && text[^1] == ' ')
            {
                text.Length--;
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}

using System.Globalization;
using System.Text;

namespace ChatBot.Reports;

/// <summary>Headings, paragraphs and tables, one after the other.</summary>
/// <param name="most">Rows of one table at most; of a longer one the middle is left out, and a row says so. At least 2.</param>
internal sealed class ReportDocument(int most)
{
    private readonly StringBuilder _text = new();

    /// <summary>How much of anything there is room for, as <see cref="Table"/> counts.</summary>
    public int Most => most;

    /// <param name="level">1 for the title.</param>
    public void Heading(int level, MarkdownText text) => Block($"{new string('#', level)} {text}");

    public void Paragraph(MarkdownText text)
    {
        if (!text.IsEmpty)
        {
            Block(text.ToString());
        }
    }

    /// <summary>Nothing when there are no items.</summary>
    public void List(IReadOnlyList<MarkdownText> items)
    {
        if (items.Count > 0)
        {
            Block(string.Join('\n', Shortened(items, left => (MarkdownText)$"… {left} more …").Select(item => $"* {item}")));
        }
    }

    /// <summary>Nothing when there are no rows.</summary>
    /// <param name="rows">Each with as many cells as the header has.</param>
    /// <param name="more">Rows that are missing from the middle already.</param>
    public void Table(IReadOnlyList<MarkdownText> header, IReadOnlyList<IReadOnlyList<MarkdownText>> rows, long more = 0)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var lines = new StringBuilder();
        Line(lines, header);
        Line(lines, [.. header.Select(_ => (MarkdownText)$"---")]);
        foreach (var row in Shortened(rows, left => [.. header.Select((_, column) => column == header.Count - 1 ? $"… {left} lines are left out here …" : (MarkdownText)$"…")], more))
        {
            Line(lines, row);
        }

        Block(lines.ToString().TrimEnd('\n'));
    }

    public override string ToString() => _text.ToString();

    /// <summary>All of them, or the first and the last with a sentence between them.</summary>
    private IEnumerable<T> Shortened<T>(IReadOnlyList<T> all, Func<string, T> sentence, long more = 0)
    {
        if (all.Count <= most && more == 0)
        {
            return all;
        }

        var kept = Math.Min(most, all.Count);
        var head = kept / 2;
        var left = (all.Count - kept + more).ToString("N0", CultureInfo.InvariantCulture);
        return [.. all.Take(head), sentence(left), .. all.Skip(all.Count - (kept - head))];
    }

    private static void Line(StringBuilder lines, IReadOnlyList<MarkdownText> cells) =>
        lines.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.IsEmpty ? " " : cell.ToString())).Append(" |\n");

    private void Block(string text)
    {
        if (_text.Length > 0)
        {
            _text.Append('\n');
        }

        _text.Append(text).Append('\n');
    }
}

using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Where something stands on a page.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units, as most editors count; a byte order mark doesn't count.</param>
internal readonly record struct PagePlace(int Line, int Column);

/// <summary>The characters of a page and where its lines begin.</summary>
internal sealed class PageText
{
    /// <summary>1 MiB.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>20,000. A parser may need the square of it.</summary>
    public const int MostLines = 20_000;

    /// <summary>4,000 characters. A parser may need the square of it.</summary>
    public const int LongestLine = 4_000;

    private const char ByteOrderMark = '\uFEFF';

    private readonly List<int> _lineStarts = [];

    private PageText(string text)
    {
        Text = text;
        _lineStarts.Add(0);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.Length || text[at + 1] != '\n')))
            {
                _lineStarts.Add(at + 1);
            }
        }
    }

    /// <summary>Without a byte order mark; line ends as on the page.</summary>
    public string Text { get; }

    /// <param name="offset">In <see cref="Text"/>; one beyond the end is the end.</param>
    public PagePlace At(int offset)
    {
        var found = _lineStarts.BinarySearch(Math.Clamp(offset, 0, Text.Length));
        var line = found >= 0 ? found : ~found - 1;
        return new PagePlace(line + 1, Math.Clamp(offset, 0, Text.Length) - _lineStarts[line] + 1);
    }

    /// <param name="line">From 1; one beyond the last is the last.</param>
    public int StartOf(int line) => _lineStarts[Math.Clamp(line, 1, _lineStarts.Count) - 1];

    /// <returns>Null, and a mistake, when this is no text or too much of it.</returns>
    public static PageText? Decode(ReadOnlySpan<byte> utf8, PageMistakes mistakes)
    {
        if (utf8.Length > MostBytes)
        {
            mistakes.Add(new PagePlace(1, 1), Say($"The page has {utf8.Length} bytes."), Say($"At most {MostBytes} bytes."));
            return null;
        }

        var characters = new char[utf8.Length];
        var status = Utf8.ToUtf16(utf8, characters, out _, out var length, replaceInvalidSequences: false);
        var page = new PageText(new string(characters, 0, length).TrimStart(ByteOrderMark));
        if (status != OperationStatus.Done)
        {
            mistakes.Add(page.At(page.Text.Length), "Here the page is not UTF-8 text.", "A Markdown page, saved as UTF-8.");
            return null;
        }

        if (page.Text.IndexOf('\0') is >= 0 and var binary)
        {
            mistakes.Add(page.At(binary), "Here is a zero byte: this is not a text page.", "A Markdown page, saved as UTF-8.");
            return null;
        }

        return page.IsTooMuch(mistakes) ? null : page;
    }

    private bool IsTooMuch(PageMistakes mistakes)
    {
        if (_lineStarts.Count > MostLines + 1)
        {
            mistakes.Add(new PagePlace(MostLines + 1, 1), Say($"The page has {_lineStarts.Count} lines."), Say($"At most {MostLines} lines."));
            return true;
        }

        for (var line = 0; line < _lineStarts.Count; line++)
        {
            var end = line + 1 < _lineStarts.Count ? _lineStarts[line + 1] : Text.Length;
            if (Text.AsSpan(_lineStarts[line], end - _lineStarts[line]).TrimEnd("\r\n").Length > LongestLine)
            {
                mistakes.Add(new PagePlace(line + 1, LongestLine + 1), "This line is too long.", Say($"At most {LongestLine} characters a line."));
                return true;
            }
        }

        return false;
    }

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}

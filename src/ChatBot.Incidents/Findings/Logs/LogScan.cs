using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>Where a log comes from.</summary>
/// <param name="IsPrevious">Of the container that ran before the last restart.</param>
public sealed record LogSource(ForeignText Service, ForeignText Pod, ForeignText Container, bool IsPrevious);

/// <summary>Looks through one container's log while it streams by. Holds a window of it, however long the log or a line is.</summary>
/// <param name="window">The memory for it, <see cref="Window"/> characters, which a later scan may use again; null for memory of its own.</param>
/// <remarks>Not for two callers at once.</remarks>
public sealed class LogScan(LogSource source, LogTally tally, char[]? window = null)
{
    /// <summary>So many characters are held, and of a longer line only so many are looked at: 256 Ki.</summary>
    public const int Window = 256 * 1024;

    /// <summary>Room for the trace above or below a line: 16 Ki characters.</summary>
    private const int Around = 16 * 1024;

    private readonly char[] _window = window ?? new char[Window];
    private int _filled;
    private int _scanned; // up to here; always the beginning of a line
    private bool _skipsRestOfLine;

    /// <summary>The next piece, cut anywhere.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        tally.CountCharacters(text.Length);
        while (!text.IsEmpty)
        {
            if (_skipsRestOfLine)
            {
                var end = text.IndexOf('\n');
                text = end < 0 ? [] : text[(end + 1)..];
                _skipsRestOfLine = end < 0;
                continue;
            }

            var taken = Math.Min(text.Length, Window - _filled);
            text[..taken].CopyTo(_window.AsSpan(_filled));
            _filled += taken;
            text = text[taken..];
            if (_filled == Window)
            {
                Advance();
            }
        }
    }

    /// <summary>The log is at its end, or nobody reads on.</summary>
    public void End()
    {
        Scan(_filled);
        (_filled, _scanned, _skipsRestOfLine) = (0, 0, false);
    }

    /// <summary>The window is full: looks at what is whole, and makes room.</summary>
    private void Advance()
    {
        // With enough below the last line for its trace; or else what there is.
        var until = EndOfLines(Window - Around) is { } early && early > _scanned ? early : EndOfLines(Window);
        if (until > _scanned)
        {
            Scan(until);
            Drop(_scanned > Around ? _scanned - Around : _scanned);
        }
        else if (_scanned > 0)
        {
            Drop(_scanned);
        }
        else
        {
            tally.CountLongLine();
            Scan(Window);
            (_filled, _scanned, _skipsRestOfLine) = (0, 0, true);
        }
    }

    private int EndOfLines(int before) => _window.AsSpan(0, before).LastIndexOf('\n') + 1;

    private void Drop(int count)
    {
        _window.AsSpan(count, _filled - count).CopyTo(_window);
        (_filled, _scanned) = (_filled - count, _scanned - count);
    }

    private void Scan(int until)
    {
        if (until == _scanned)
        {
            return;
        }

        var all = _window.AsSpan(0, _filled);
        var lines = all[_scanned..until];
        tally.CountLines(lines.Count('\n') + (lines[^1] == '\n' ? 0 : 1), CountRunbooks(lines));
        for (var at = _scanned; at < until && all[at..until].IndexOfAny(LogPatterns.Anchors) is >= 0 and var hit;)
        {
            var begin = all[..(at + hit)].LastIndexOf('\n') + 1;
            var end = EndOfLine(all[..until], at + hit);
            var below = Math.Min(_filled, end + 1);
            Look(all[Math.Max(0, begin - Around)..begin], all[begin..end], all[below..Math.Min(_filled, below + Around)]);
            at = end + 1;
        }

        _scanned = until;
    }

    private static int EndOfLine(ReadOnlySpan<char> text, int from) => text[from..].IndexOf('\n') is >= 0 and var length ? from + length : text.Length;

    private static int CountRunbooks(ReadOnlySpan<char> lines)
    {
        var count = 0;
        while (lines.IndexOfAny(LogPatterns.RunbooksOwn) is >= 0 and var hit)
        {
            count++;
            var end = EndOfLine(lines, hit);
            lines = end < lines.Length ? lines[(end + 1)..] : [];
        }

        return count;
    }

    private void Look(ReadOnlySpan<char> above, ReadOnlySpan<char> line, ReadOnlySpan<char> below)
    {
        var content = LogLine.Content(line);
        if (LogPatterns.Find(content) is { } pattern)
        {
            tally.Add(source, pattern, LogLine.At(line), above, content, below);
        }
    }
}

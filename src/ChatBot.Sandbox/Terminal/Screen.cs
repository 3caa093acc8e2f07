using Spectre.Console;

namespace ChatBot.Sandbox.Terminal;

/// <summary>The terminal: whole lines above, and below them the line that somebody is typing.</summary>
internal sealed class Screen
{
    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console;
    private readonly bool _isLive;
    private string _prompt = "";
    private string _draft = "";
    private bool _isGone;

    public Screen(IAnsiConsole console)
    {
        _console = console;
        _isLive = console.Profile.Out.IsTerminal;
        Width = _isLive ? Math.Clamp(console.Profile.Width - 1, 40, 120) : 110;
        console.Profile.Width = short.MaxValue; // lines are wrapped here, with their indent
    }

    /// <summary>Columns a line may take.</summary>
    public int Width { get; }

    /// <summary>Writes a paragraph: wrapped, the lines after the first indented.</summary>
    /// <param name="lead">What stands before the first line, plain: <c>03:12:24  </c>.</param>
    /// <param name="text">May hold *bold* words.</param>
    /// <param name="style">A Spectre style for the text: <c>grey</c>.</param>
    public void Write(string lead, string text, string style = "default") => Write([(lead, text, style)]);

    /// <summary>Writes paragraphs that nothing may come between.</summary>
    public void Write(IEnumerable<(string Lead, string Text, string Style)> paragraphs)
    {
        lock (_gate)
        {
            Output(() =>
            {
                Erase();
                foreach (var (lead, text, style) in paragraphs)
                {
                    foreach (var line in Paragraph.Lines(lead, text, style, Width))
                    {
                        _console.MarkupLine(line);
                    }
                }

                Draw();
            });
        }
    }

    public void Blank() => Write("", "");

    /// <summary>Shows the line that is being typed; an empty prompt takes it away.</summary>
    public void Type(string prompt, string draft)
    {
        lock (_gate)
        {
            Output(() =>
            {
                Erase();
                (_prompt, _draft) = (prompt, draft);
                Draw();
            });
        }
    }

    private void Output(Action write)
    {
        if (_isGone)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            _isGone = true; // the terminal was closed: nobody reads it, and the rest must still be cleaned up
        }
    }

    private void Erase()
    {
        if (_isLive && _prompt.Length > 0)
        {
            _console.Profile.Out.Writer.Write("\r\e[2K");
        }
    }

    private void Draw()
    {
        if (!_isLive || _prompt.Length == 0)
        {
            return;
        }

        // One line only, or it could not be erased: of a long draft the end is shown.
        var room = Math.Max(10, Width - _prompt.Length);
        var shown = _draft.Length <= room ? _draft : "…" + _draft[^(room - 1)..];
        _console.Profile.Out.Writer.Write(_prompt + shown);
        _console.Profile.Out.Writer.Flush();
    }
}

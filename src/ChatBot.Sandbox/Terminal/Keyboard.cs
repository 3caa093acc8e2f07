namespace ChatBot.Sandbox.Terminal;

/// <summary>Lines as somebody types them, while the channel goes on above; or the lines of a script.</summary>
internal sealed class Keyboard(Screen screen)
{
    private readonly List<string> _history = [];

    /// <summary>Standard input is a file or a pipe.</summary>
    public bool IsScript { get; } = Console.IsInputRedirected;

    /// <returns>Null at the end of the input.</returns>
    public async Task<string?> ReadLineAsync(string prompt, CancellationToken cancellationToken)
    {
        // Neither kind of reading can be cancelled, so the reader is left behind when the program ends.
        var reading = Task.Factory.StartNew(
            () => IsScript ? Console.In.ReadLine() : Edit(prompt),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var line = await reading.WaitAsync(cancellationToken);
        if (IsScript && line is not null)
        {
            screen.Write(prompt, line);
        }

        return line;
    }

    private string? Edit(string prompt)
    {
        var (draft, at) = ("", _history.Count);
        while (true)
        {
            screen.Type(prompt, draft);
            ConsoleKeyInfo key;
            try
            {
                key = Console.ReadKey(intercept: true);
            }
            catch (Exception gone) when (gone is InvalidOperationException or IOException)
            {
                return null; // the terminal is gone
            }

            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    screen.Type("", "");
                    screen.Write(prompt, draft);
                    Remember(draft);
                    return draft;
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when draft.Length == 0:
                    screen.Type("", "");
                    return null;
                case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control } or { Key: ConsoleKey.Escape }:
                    draft = "";
                    break;
                case { Key: ConsoleKey.Backspace }:
                    draft = draft.Length > 0 ? draft[..^1] : "";
                    break;
                case { Key: ConsoleKey.UpArrow } when at > 0:
                    draft = _history[--at];
                    break;
                case { Key: ConsoleKey.DownArrow } when at < _history.Count:
                    at++;
                    draft = at < _history.Count ? _history[at] : "";
                    break;
                default:
                    draft += char.IsControl(key.KeyChar) ? "" : key.KeyChar.ToString();
                    break;
            }
        }
    }

    private void Remember(string line)
    {
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }
    }
}

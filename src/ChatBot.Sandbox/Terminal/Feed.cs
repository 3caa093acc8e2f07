using System.Globalization;
using System.Text.RegularExpressions;
using ChatBot.Sandbox.Slack;

namespace ChatBot.Sandbox.Terminal;

/// <summary>
/// The channel as it happens. A new message is printed whole; of an edited one, only what says something new: the card
/// changes every second, and a terminal is not a card.
/// </summary>
internal sealed partial class Feed(SlackWorkspace workspace, string channel, Screen screen, TimeProvider time) : IDisposable
{
    /// <summary>A message that says something new is printed again after this at the earliest: 1 s.</summary>
    private static readonly TimeSpan News = TimeSpan.FromSeconds(1);

    /// <summary>... and one whose numbers alone moved: 3 s.</summary>
    private static readonly TimeSpan Numbers = TimeSpan.FromSeconds(3);

    /// <summary>How often to look: five times a second.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>More rows of a table than this are counted instead.</summary>
    private const int Rows = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Printed> _printed = [];
    private readonly ChannelText _text = new(workspace);
    private readonly Eyes _eyes = new(workspace, workspace.BotUser);
    private ITimer? _timer;

    /// <summary>Begins to print.</summary>
    public void Start() => _timer = time.CreateTimer(_ => Show(hurry: false), null, Glance, Glance);

    /// <summary>Prints what is new since the last look, then this.</summary>
    public void Tell(string text, string style = "default")
    {
        Show(hurry: true);
        screen.Write(Clock(), text, style);
    }

    /// <summary>A block of text as it stands, below the last line.</summary>
    public void Quote(string text, string style = "default") =>
        screen.Write(text.Split('\n').Select(line => (Indent(line[..^line.TrimStart().Length]), line.TrimStart(), style)));

    /// <param name="hurry">Something is about to be said about it: don't hold news back.</param>
    public void Show(bool hurry)
    {
        lock (_gate)
        {
            foreach (var message in workspace.Messages(workspace.RequireChannel(channel).Id))
            {
                Show(message, hurry);
            }
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Show(SlackMessage message, bool hurry)
    {
        if (_printed.TryGetValue(message.Ts, out var before) && before.EditedTs == message.EditedTs)
        {
            return;
        }

        var seen = _eyes.See(message);
        var lines = seen.Lines.Select(_text.Readable).Where(line => line.Length > 0).Concat(seen.Files.Select(file => file.Line)).ToArray();
        var buttons = string.Join(' ', seen.Buttons.Select(button => $"[{button.Label}]"));
        var now = new Printed(message.EditedTs, time.GetTimestamp(), lines.FirstOrDefault() ?? "", [.. lines.Select(Shape)], buttons);
        if (before is null)
        {
            _printed[message.Ts] = now;
            Print(message, "", lines, buttons);
            return;
        }

        var fresh = lines.Skip(1).Where(line => !before.Shapes.Contains(Shape(line))).ToArray();
        var isNews = fresh.Length > 0 || buttons != before.Buttons || Shape(now.Headline) != Shape(before.Headline);
        var isNumbersOnly = !isNews && now.Headline != before.Headline;
        if (!isNews && (!isNumbersOnly || message.ThreadTs is not null))
        {
            return;
        }

        if (time.GetElapsedTime(before.At) >= (isNews ? News : Numbers) || (hurry && isNews))
        {
            _printed[message.Ts] = now;
            Print(message, " edits", [now.Headline, .. fresh], buttons != before.Buttons || fresh.Length > 0 ? buttons : "");
        }
    }

    private void Print(SlackMessage message, string verb, IReadOnlyList<string> lines, string buttons)
    {
        var author = workspace.FindUser(message.AuthorId)?.Name ?? "slackbot";
        var where = message.ThreadTs is null ? "" : " (thread)";
        var who = message.EphemeralFor is { } only ? $", only to {workspace.FindUser(only)?.Name}" : "";
        var style = message.EphemeralFor is null ? "default" : "yellow";
        var paragraphs = Shortened(lines).Select((line, i) => i == 0
            ? ($"{Clock()}{author}{verb}{where}{who}: ", line, style)
            : (Indent("  "), line, style));
        if (buttons.Length > 0)
        {
            paragraphs = paragraphs.Append((Indent("  "), buttons, "blue"));
        }

        screen.Write(paragraphs);
    }

    private static IEnumerable<string> Shortened(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (!Paragraph.IsTableRow(lines[i]))
            {
                yield return lines[i];
                continue;
            }

            // A long table comes in several blocks, each with the same header.
            var header = lines[i];
            var rows = lines.Skip(i).TakeWhile(Paragraph.IsTableRow).ToArray();
            var distinct = rows.Where((row, at) => at == 0 || row != header).ToArray();
            var shown = distinct.Length <= Rows + 1 ? distinct.Length : Rows;
            foreach (var row in distinct.Take(shown))
            {
                yield return row;
            }

            if (shown < distinct.Length)
            {
                yield return $"... and {distinct.Length - shown} more rows";
            }

            i += rows.Length - 1;
        }
    }

    private string Clock() => time.GetUtcNow().ToString("HH:mm:ss  ", CultureInfo.InvariantCulture);

    private static string Indent(string more) => "          " + more;

    /// <summary>The line without its numbers and column widths.</summary>
    private static string Shape(string line) => Blanks().Replace(Digits().Replace(line, "#"), " ");

    [GeneratedRegex(@"\d+([.,:]\d+)*")]
    private static partial Regex Digits();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    private sealed record Printed(string? EditedTs, long At, string Headline, HashSet<string> Shapes, string Buttons);
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatBot.Sandbox.Slack;

/// <summary>A channel as plain text: what a person sees, without colours and pictures.</summary>
public sealed partial class ChannelText(SlackWorkspace workspace)
{
    /// <summary>Every message, replies indented below their parent.</summary>
    public string Of(IEnumerable<SeenMessage> messages) => string.Join('\n', messages.Select(Of));

    /// <summary>One message: author, lines, files, buttons.</summary>
    public string Of(SeenMessage message)
    {
        var indent = message.ThreadTs is null ? "" : "    ";
        var text = new StringBuilder();
        text.Append(indent).Append('@').Append(message.Author);
        text.Append(message.IsEdited ? " (edited)" : "");
        text.Append(message.IsEphemeral ? " (only visible to you)" : "");
        foreach (var line in message.Lines)
        {
            text.Append('\n').Append(indent).Append("  ").Append(Readable(line));
        }

        foreach (var file in message.Files)
        {
            text.Append('\n').Append(indent).Append("  ").Append(file.Line);
        }

        if (message.Buttons.Count > 0)
        {
            text.Append('\n').Append(indent).Append("  ").AppendJoin(' ', message.Buttons.Select(button => $"[{button.Label}]"));
        }

        return text.ToString();
    }

    /// <summary>The topmost modal on somebody's screen.</summary>
    public string Of(SeenView view)
    {
        var text = new StringBuilder($"== {view.Title} ==");
        foreach (var line in view.Lines)
        {
            text.Append("\n  ").Append(Readable(line));
        }

        var buttons = view.Buttons.Select(button => button.Label).Append(view.Submit).OfType<string>();
        return text.Append("\n  ").AppendJoin(' ', buttons.Select(label => $"[{label}]")).ToString();
    }

    /// <summary>A confirmation dialog.</summary>
    public string Of(DialogSeen dialog)
    {
        var text = Readable(dialog.Text).Replace("\n", "\n  ", StringComparison.Ordinal);
        return $"== {dialog.Title} ==\n  {text}\n  [{dialog.Confirm}] [{dialog.Deny}]";
    }

    /// <summary>
    /// mrkdwn as a person reads it: ids as names, dates in UTC, links as their label and address, entities unescaped.
    /// </summary>
    public string Readable(string mrkdwn)
    {
        var text = Angled().Replace(mrkdwn, match => Reference(match.Groups[1].Value));
        return text
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private string Reference(string inner)
    {
        var bar = inner.IndexOf('|', StringComparison.Ordinal);
        var (target, label) = bar < 0 ? (inner, null) : (inner[..bar], inner[(bar + 1)..]);
        return target switch
        {
            ['@', .. var id] => "@" + (workspace.FindUser(id)?.Name ?? label ?? id),
            ['#', .. var id] => "#" + (workspace.FindChannel(id)?.Name ?? label ?? id),
            _ when target.StartsWith("!subteam^", StringComparison.Ordinal) =>
                "@" + (workspace.FindUserGroup(target[9..])?.Handle ?? label?.TrimStart('@') ?? target[9..]),
            _ when target.StartsWith("!date^", StringComparison.Ordinal) => Date(target, label),
            ['!', .. var everyone] => "@" + everyone,
            _ => label is null ? target : $"{label} ({target})",
        };
    }

    /// <summary><c>!date^seconds^format[^link]</c>: the format's tokens in UTC, or the fallback when it can't be read.</summary>
    private static string Date(string target, string? fallback)
    {
        var parts = target.Split('^');
        if (parts.Length < 3 || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var seconds))
        {
            return fallback ?? target;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return DateToken().Replace(parts[2], token => token.Value switch
        {
            "{time}" => at.ToString("HH:mm", CultureInfo.InvariantCulture),
            "{time_secs}" => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            "{date_num}" => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "{date}" or "{date_pretty}" => at.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture),
            "{date_short}" or "{date_short_pretty}" => at.ToString("MMM d, yyyy", CultureInfo.InvariantCulture),
            "{date_long}" or "{date_long_pretty}" => at.ToString("dddd, MMMM d, yyyy", CultureInfo.InvariantCulture),
            _ => token.Value,
        });
    }

    // Slack's references only: a page's <host> in a code block is text.
    [GeneratedRegex("<([@#!][^<>]+|(?:https?|mailto|slack):[^<>]+)>")]
    private static partial Regex Angled();

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex DateToken();
}

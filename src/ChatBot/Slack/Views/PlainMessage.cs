using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A message of ours as a terminal can show it: no markup, nothing that a terminal would obey, and its buttons.</summary>
/// <param name="Text">Lines, parted by \n; no other control character, and none that is invisible.</param>
internal sealed partial record PlainMessage(string Text, IReadOnlyList<PlainButton> Buttons)
{
    /// <summary>The pictures that our views draw, in a word.</summary>
    private static readonly Dictionary<string, string> Pictures = new()
    {
        ["warning"] = "Warning:",
        ["no_entry"] = "Stop:",
    };

    /// <param name="nameOf">A person's name by their user id; null where it isn't known, and then the id is shown.</param>
    public static PlainMessage Of(SlackMessage message, Func<string, string?> nameOf) => new(
        string.Join('\n', message.Blocks.Select(block => TextOf(block, nameOf)).Where(text => text.Length > 0)),
        [.. message.Blocks.SelectMany(ElementsOf).SelectMany(element => ButtonsOf(element, nameOf))]);

    /// <summary>Our markup as plain text.</summary>
    public static string TextOf(Mrkdwn markup, Func<string, string?> nameOf)
    {
        var even = Bold.Replace(markup.ToString(), found => found.Groups["code"].Success ? found.Value : found.Groups["words"].Value);
        return Visible(Sign.Replace(even, found => found.Groups switch
        {
            _ when found.Groups["code"] is { Success: true, Value: var code } => Unescape(code),
            _ when found.Groups["reference"] is { Success: true, Value: var reference } => TextOfReference(reference, nameOf),
            _ when found.Groups["picture"] is { Success: true, Value: var picture } => Pictures.GetValueOrDefault(picture, found.Value),
            _ => Unescape(found.Value),
        }));
    }

    private static string TextOf(Block block, Func<string, string?> nameOf) => block switch
    {
        SectionBlock section => string.Join('\n', section.Fields.Select(field => TextOf(field, nameOf)).Prepend(TextOf(section.Text, nameOf)).Where(text => text.Length > 0)),
        ContextBlock context => string.Join(' ', context.Elements.Select(element => TextOf(element, nameOf))),
        RichTextBlock table => string.Join('\n', table.Elements.Select(element => Visible(element.Text))),
        HeaderBlock header => Visible(header.Text),
        _ => "",
    };

    private static string TextOf(TextObject? text, Func<string, string?> nameOf) => text switch
    {
        MarkdownText markdown => TextOf(markdown.Text, nameOf),
        PlainText plain => Visible(plain.Text),
        _ => "",
    };

    /// <param name="reference">What stands between &lt; and &gt;. See https://docs.slack.dev/messaging/formatting-message-text.</param>
    private static string TextOfReference(string reference, Func<string, string?> nameOf)
    {
        var bar = reference.IndexOf('|', StringComparison.Ordinal);
        var (target, label) = bar < 0 ? (reference, null) : (reference[..bar], Unescape(reference[(bar + 1)..]));
        return target switch
        {
            ['@', .. var user] => $"@{nameOf(user) ?? user}",
            ['#', .. var channel] => $"#{label ?? channel}",
            _ when target.StartsWith("!subteam^", StringComparison.Ordinal) => label ?? $"@{target["!subteam^".Length..]}",
            ['!', ..] => label ?? target,
            _ => label is null ? Unescape(target) : $"{label} ({Unescape(target)})",
        };
    }

    private static IEnumerable<BlockElement> ElementsOf(Block block) => block switch
    {
        ActionsBlock actions => actions.Elements,
        SectionBlock { Accessory: { } accessory } => [accessory],
        _ => [],
    };

    private static IEnumerable<PlainButton> ButtonsOf(BlockElement element, Func<string, string?> nameOf) => element switch
    {
        Button { Url: null } button => [new PlainButton(Visible(button.Text), button.ActionId, button.Value ?? "", Question(button.Confirm, nameOf))],
        OverflowMenu menu => menu.Options.Select(option => new PlainButton(Visible(option.Text), menu.ActionId, option.Value, Question(menu.Confirm, nameOf))),
        _ => [],
    };

    private static string? Question(ConfirmationDialog? confirm, Func<string, string?> nameOf) =>
        confirm is null ? null : $"{Visible(confirm.Title)}{(confirm.Title.EndsWith('?') ? "" : ":")} {TextOf(confirm.Text, nameOf)}";

    private static string Unescape(string text) => Escaped.Replace(text, found => found.Value switch
    {
        "&lt;" => "<",
        "&gt;" => ">",
        _ => "&",
    });

    /// <summary>Last of all: a terminal obeys an escape sequence wherever it came from, and shows text backwards that says so.</summary>
    public static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator))
            {
                visible.Append(rune);
            }
        }

        return visible.ToString();
    }

    [GeneratedRegex(@"(?<code>`[^`\n]+`)|(?<![\w*])\*(?!\s)(?<words>[^*\n]+)(?<!\s)\*(?![\w*])")]
    private static partial Regex Bold { get; }

    [GeneratedRegex(@"(?<code>`[^`\n]+`)|<(?<reference>[^<>\n]+)>|(?<!\w):(?<picture>[a-z_]+):|&(?:amp|lt|gt);")]
    private static partial Regex Sign { get; }

    [GeneratedRegex("&(?:amp|lt|gt);")]
    private static partial Regex Escaped { get; }
}

/// <summary>Something to press.</summary>
/// <param name="Question">What the person is asked before; null when nothing.</param>
internal sealed record PlainButton(string Label, string ActionId, string Value, string? Question);

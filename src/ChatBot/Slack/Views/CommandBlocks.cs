using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What a page says about a step, with its commands ready to paste.</summary>
internal static partial class CommandBlocks
{
    /// <summary>All commands of one step together; what is longer is read on the page.</summary>
    private const int LongestCommands = 6_000;

    /// <summary>More are seen in the command.</summary>
    private const int Named = 8;

    public static IEnumerable<Block> Of(string text, ImmutableArray<CommandBlock> commands, PlaceholderValues values)
    {
        if (text.Length > 0)
        {
            yield return new SectionBlock($"{text}");
        }

        var left = LongestCommands;
        var open = new List<string>();
        foreach (var command in commands.Select(command => Placeholders.Fill(command, values).Text))
        {
            if (command.Length == 0)
            {
                continue;
            }

            // Half a command is worse than none.
            if (command.Length > Math.Min(left, SlackLimits.Text.Most))
            {
                yield return new ContextBlock($"This command is too long for Slack: take it from the page.");
                continue;
            }

            left -= command.Length;
            yield return new RichTextBlock(command);
            open.AddRange(Placeholder.Matches(command).Select(placeholder => placeholder.Value));
        }

        if (open.Count > 0)
        {
            yield return new ContextBlock($"Fill in yourself: {Mrkdwn.Join($", ", open.Distinct(StringComparer.Ordinal).Take(Named).Select(Mrkdwn.Code))}.");
        }
    }

    [GeneratedRegex("<[a-z][a-z0-9_-]{0,40}>", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder { get; }
}

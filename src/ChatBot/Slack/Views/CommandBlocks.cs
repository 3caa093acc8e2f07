using System.Collections.Immutable;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What a page says about a step, with its commands ready to paste.</summary>
internal static class CommandBlocks
{
    /// <summary>All commands of one step together; what is longer is read on the page.</summary>
    private const int LongestCommands = 6_000;

    public static IEnumerable<Block> Of(string text, ImmutableArray<CommandBlock> commands, PlaceholderValues values)
    {
        if (text.Length > 0)
        {
            yield return new SectionBlock($"{text}");
        }

        var left = LongestCommands;
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
        }
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What a page says about a step, with its commands ready to paste.</summary>
internal static partial class CommandBlocks
{
    /// <summary>More are seen in the command.</summary>
    private const int Named = 8;

    /// <param name="room">Smaller afterwards by what is returned, but for the last lines.</param>
    public static IReadOnlyList<Block> Of(string text, ImmutableArray<CommandBlock> commands, PlaceholderValues values, MessageRoom room)
    {
        List<Block> blocks = [];
        if (text.Length > 0 && new SectionBlock($"{text}") is var words && room.Takes(words))
        {
            blocks.Add(words);
        }

        var open = new List<string>();
        var tooLong = 0;
        foreach (var command in commands.Select(command => Placeholders.Fill(command, values).Text))
        {
            if (command.Length == 0)
            {
                continue;
            }

            // Half a command is worse than none.
            var block = command.Length <= SlackLimits.Text.Most ? new RichTextBlock(command) : null;
            if (block is null || !room.Takes(block))
            {
                tooLong++;
                continue;
            }

            blocks.Add(block);
            open.AddRange(Placeholder.Matches(command).Select(placeholder => placeholder.Value));
        }

        if (open.Count > 0)
        {
            blocks.Add(new ContextBlock($"Fill in yourself: {Mrkdwn.Join($", ", open.Distinct(StringComparer.Ordinal).Take(Named).Select(Mrkdwn.Code))}."));
        }

        if (tooLong > 0)
        {
            blocks.Add(new ContextBlock($"{(tooLong == 1 ? "One more command doesn't" : $"{tooLong} more commands don't")} fit here: see the page."));
        }

        return blocks;
    }

    [GeneratedRegex("<[a-z][a-z0-9_-]{0,40}>", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder { get; }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>A message as it can be posted: blocks, and the line a notification or a screen reader gets instead.</summary>
internal sealed record SlackMessage
{
    /// <summary>Escapes only what JSON needs escaped: Slack counts characters, not their escapes.</summary>
    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="text">One line that says it without the blocks.</param>
    public SlackMessage(Mrkdwn text, IEnumerable<Block> blocks)
    {
        SlackLimits.FallbackText.Check(text.ToString());
        Text = text;
        Blocks = SlackLimits.MessageBlocks.Check(blocks);

        if (Blocks.FirstOrDefault(block => block is InputBlock) is not null)
        {
            throw new ArgumentException("An input belongs in a modal, and this is a message.");
        }

        Unique.Check("block id", Blocks.Select(block => block.BlockId));
        SlackLimits.MessageJson.Check(BlocksToJson().ToJsonString(Unescaped));
    }

    public Mrkdwn Text { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>How many of <see cref="SlackLimits.MessageJson"/> a block takes, its comma included.</summary>
    public static int SizeOf(Block block) => block.ToJson().ToJsonString(Unescaped).Length + 1;

    public JsonArray BlocksToJson() => [.. Blocks.Select(block => block.ToJson())];

    /// <summary>
    /// The arguments of <c>chat.postMessage</c> and <c>chat.update</c>, but for where it goes. Slack is told to make no
    /// links and previews of its own.
    /// </summary>
    public JsonObject ToJson() => new()
    {
        ["text"] = Text.ToString(),
        ["blocks"] = BlocksToJson(),
        ["parse"] = "none",
        ["link_names"] = false,
        ["unfurl_links"] = false,
        ["unfurl_media"] = false,
    };
}

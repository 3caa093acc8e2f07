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
        SlackLimits.MessageJson.Check(JsonOf(Blocks));
    }

    public Mrkdwn Text { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>For whoever can say the same in fewer words.</summary>
    public static bool Fits(IEnumerable<Block> blocks) => JsonOf(blocks).Length <= SlackLimits.MessageJson.Most;

    private static string JsonOf(IEnumerable<Block> blocks) => new JsonArray([.. blocks.Select(block => block.ToJson())]).ToJsonString(Unescaped);

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

using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>One block of a message or view. See https://docs.slack.dev/reference/block-kit/blocks.</summary>
internal abstract record Block(string? BlockId)
{
    /// <summary>Unique in its message; null lets Slack choose.</summary>
    public string? BlockId { get; } = BlockId is null ? null : SlackLimits.BlockId.Check(BlockId);

    /// <summary>The block as Slack wants it, a new object at each call.</summary>
    public abstract JsonObject ToJson();

    /// <summary>Type and id: what every block starts with.</summary>
    protected JsonObject Start(string type)
    {
        var json = new JsonObject { ["type"] = type };

        if (BlockId is not null)
        {
            json["block_id"] = BlockId;
        }

        return json;
    }
}

/// <summary>A large line of plain text, at most 150 characters.</summary>
internal sealed record HeaderBlock(string Text, string? BlockId = null) : Block(BlockId)
{
    public string Text { get; } = SlackLimits.Header.Check(Text);

    public override JsonObject ToJson()
    {
        var json = Start("header");
        json["text"] = new PlainText(Text).ToJson();
        return json;
    }
}

/// <summary>A thin line.</summary>
internal sealed record DividerBlock(string? BlockId = null) : Block(BlockId)
{
    public override JsonObject ToJson() => Start("divider");
}

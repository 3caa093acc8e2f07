using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>Small grey text: up to 10 pieces, one after the other.</summary>
internal sealed record ContextBlock : Block
{
    public ContextBlock(IEnumerable<TextObject> elements, string? blockId = null)
        : base(blockId)
    {
        Elements = SlackLimits.ContextElements.Check(elements);
    }

    public ContextBlock(Mrkdwn text, string? blockId = null)
        : this([new MarkdownText(text)], blockId)
    {
    }

    public IReadOnlyList<TextObject> Elements { get; }

    public override JsonObject ToJson()
    {
        var json = Start("context");
        json["elements"] = new JsonArray([.. Elements.Select(element => element.ToJson())]);
        return json;
    }
}

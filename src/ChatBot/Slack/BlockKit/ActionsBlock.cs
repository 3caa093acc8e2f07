using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>A row of up to 25 buttons and menus.</summary>
internal sealed record ActionsBlock : Block
{
    public ActionsBlock(IEnumerable<BlockElement> elements, string? blockId = null)
        : base(blockId)
    {
        Elements = SlackLimits.ActionsElements.Check(elements);
        Unique.Check("action id", Elements.Select(element => element.ActionId));
    }

    public IReadOnlyList<BlockElement> Elements { get; }

    public override JsonObject ToJson()
    {
        var json = Start("actions");
        json["elements"] = new JsonArray([.. Elements.Select(element => element.ToJson())]);
        return json;
    }
}

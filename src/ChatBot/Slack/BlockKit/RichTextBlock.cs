using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>Preformatted text, which Slack never reads for markup: the place for log lines, queries and tables.</summary>
internal sealed record RichTextBlock : Block
{
    public RichTextBlock(IEnumerable<RichTextPreformatted> elements, string? blockId = null)
        : base(blockId)
    {
        Elements = SlackLimits.RichTextElements.Check(elements);
    }

    public RichTextBlock(string preformatted, string? blockId = null)
        : this([new RichTextPreformatted(preformatted)], blockId)
    {
    }

    public IReadOnlyList<RichTextPreformatted> Elements { get; }

    public override JsonObject ToJson()
    {
        var json = Start("rich_text");
        json["elements"] = new JsonArray([.. Elements.Select(element => element.ToJson())]);
        return json;
    }
}

/// <summary>Lines in code type, shown as they are.</summary>
internal sealed record RichTextPreformatted(string Text)
{
    public string Text { get; } = SlackLimits.Text.Check(Text);

    public JsonObject ToJson() => new()
    {
        ["type"] = "rich_text_preformatted",
        ["elements"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Text }),
    };
}

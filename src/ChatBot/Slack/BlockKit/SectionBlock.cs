using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>A paragraph of at most 3,000 characters, up to 10 short fields, or both; with one element beside it.</summary>
internal sealed record SectionBlock : Block
{
    public SectionBlock(
        TextObject? text,
        IEnumerable<Mrkdwn> fields,
        BlockElement? accessory = null,
        string? blockId = null)
        : base(blockId)
    {
        Text = text;
        Fields = [.. fields];
        Accessory = accessory;

        if (text is null || Fields.Count > 0)
        {
            SlackLimits.SectionFields.Check(Fields);
        }

        foreach (var field in Fields)
        {
            SlackLimits.SectionField.Check(field.ToString());
        }
    }

    public SectionBlock(Mrkdwn text, BlockElement? accessory = null, string? blockId = null)
        : this(new MarkdownText(text), [], accessory, blockId)
    {
    }

    public SectionBlock(PlainText text, BlockElement? accessory = null, string? blockId = null)
        : this(text, [], accessory, blockId)
    {
    }

    public TextObject? Text { get; }

    public IReadOnlyList<Mrkdwn> Fields { get; }

    public BlockElement? Accessory { get; }

    public override JsonObject ToJson()
    {
        var json = Start("section");

        if (Text is not null)
        {
            json["text"] = Text.ToJson();
        }

        if (Fields.Count > 0)
        {
            json["fields"] = new JsonArray([.. Fields.Select(field => new MarkdownText(field).ToJson())]);
        }

        if (Accessory is not null)
        {
            json["accessory"] = Accessory.ToJson();
        }

        return json;
    }
}

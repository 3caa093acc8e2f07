using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>A labelled field of a modal. What is typed comes back under the block id and the action id.</summary>
internal sealed record InputBlock(
    string BlockId,
    string Label,
    PlainTextInput Element,
    string? Hint = null,
    bool Optional = false) : Block(BlockId)
{
    public string Label { get; } = SlackLimits.InputLabel.Check(Label);

    public PlainTextInput Element { get; } = Element;

    public string? Hint { get; } = Hint is null ? null : SlackLimits.InputHint.Check(Hint);

    public bool Optional { get; } = Optional;

    public override JsonObject ToJson()
    {
        var json = Start("input");
        json["label"] = new PlainText(Label).ToJson();
        json["element"] = Element.ToJson();
        json["optional"] = Optional;

        if (Hint is not null)
        {
            json["hint"] = new PlainText(Hint).ToJson();
        }

        return json;
    }
}

/// <param name="MinLength">Fewest characters a person may send, from 0 to 3,000.</param>
/// <param name="MaxLength">Most characters a person may send, from 1 to 3,000.</param>
internal sealed record PlainTextInput(
    string ActionId,
    bool Multiline = false,
    string? Placeholder = null,
    string? InitialValue = null,
    int MinLength = 0,
    int MaxLength = 3_000) : BlockElement(ActionId)
{
    public bool Multiline { get; } = Multiline;

    public string? Placeholder { get; } = Placeholder is null ? null : SlackLimits.Placeholder.Check(Placeholder);

    public string? InitialValue { get; } = InitialValue is null ? null : SlackLimits.PlainTextInput.Check(InitialValue);

    public int MinLength { get; } = MinLength >= 0 && MinLength <= MaxLength
        ? MinLength
        : throw new ArgumentException($"A text input's min_length is from 0 to its max_length, and this is {MinLength}.");

    public int MaxLength { get; } = MaxLength >= 1 && MaxLength <= SlackLimits.PlainTextInput.Most
        ? MaxLength
        : throw new ArgumentException($"A text input's max_length is from 1 to 3000, and this is {MaxLength}.");

    public override JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = "plain_text_input",
            ["action_id"] = ActionId,
            ["multiline"] = Multiline,
            ["min_length"] = MinLength,
            ["max_length"] = MaxLength,
        };

        if (Placeholder is not null)
        {
            json["placeholder"] = new PlainText(Placeholder).ToJson();
        }

        if (InitialValue is not null)
        {
            json["initial_value"] = InitialValue;
        }

        return json;
    }
}

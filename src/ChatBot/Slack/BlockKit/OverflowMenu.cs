using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>The three dots: up to 5 things that needn't be a button.</summary>
internal sealed record OverflowMenu : BlockElement
{
    public OverflowMenu(string actionId, IEnumerable<Option> options, ConfirmationDialog? confirm = null)
        : base(actionId)
    {
        Options = SlackLimits.OverflowOptions.Check(options);
        Confirm = confirm;
    }

    public IReadOnlyList<Option> Options { get; }

    public ConfirmationDialog? Confirm { get; }

    public override JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = "overflow",
            ["action_id"] = ActionId,
            ["options"] = new JsonArray([.. Options.Select(option => option.ToJson())]),
        };

        if (Confirm is not null)
        {
            json["confirm"] = Confirm.ToJson();
        }

        return json;
    }
}

/// <param name="Text">Plain, at most 75 characters.</param>
/// <param name="Value">Comes back with the choice, at most 75 characters.</param>
/// <param name="Description">A second, smaller line, at most 75 characters.</param>
internal sealed record Option(string Text, string Value, string? Description = null)
{
    public string Text { get; } = SlackLimits.OptionText.Check(Text);

    public string Value { get; } = SlackLimits.OptionValue.Check(Value);

    public string? Description { get; } =
        Description is null ? null : SlackLimits.OptionDescription.Check(Description);

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["text"] = new PlainText(Text).ToJson(), ["value"] = Value };

        if (Description is not null)
        {
            json["description"] = new PlainText(Description).ToJson();
        }

        return json;
    }
}

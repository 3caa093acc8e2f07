using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

internal enum ButtonStyle
{
    Default,

    /// <summary>Green. At most one in a set.</summary>
    Primary,

    /// <summary>Red, for what can't be undone.</summary>
    Danger,
}

/// <param name="Text">Plain, at most 75 characters; a phone shows about 30.</param>
/// <param name="Value">Comes back with the press, at most 2,000 characters. Anyone can read it: no secrets.</param>
/// <param name="Url">Opened in the presser's browser; the press is delivered all the same.</param>
internal sealed record Button(
    string Text,
    string ActionId,
    string? Value = null,
    ButtonStyle Style = ButtonStyle.Default,
    ConfirmationDialog? Confirm = null,
    Uri? Url = null) : BlockElement(ActionId)
{
    public string Text { get; } = SlackLimits.ButtonText.Check(Text);

    public string? Value { get; } = Value is null ? null : SlackLimits.ButtonValue.Check(Value);

    public ButtonStyle Style { get; } = Style;

    public ConfirmationDialog? Confirm { get; } = Confirm;

    public Uri? Url { get; } = Checked(Url);

    public override JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = "button",
            ["text"] = new PlainText(Text).ToJson(),
            ["action_id"] = ActionId,
        };

        if (Value is not null)
        {
            json["value"] = Value;
        }

        if (Url is not null)
        {
            json["url"] = Url.AbsoluteUri;
        }

        if (Style is not ButtonStyle.Default)
        {
            json["style"] = Style is ButtonStyle.Primary ? "primary" : "danger";
        }

        if (Confirm is not null)
        {
            json["confirm"] = Confirm.ToJson();
        }

        return json;
    }

    private static Uri? Checked(Uri? url)
    {
        if (url is not null)
        {
            SlackLimits.ButtonUrl.Check(url.AbsoluteUri);
        }

        return url;
    }
}

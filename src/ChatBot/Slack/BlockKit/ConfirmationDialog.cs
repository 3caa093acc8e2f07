using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>Asks once more before a press is delivered. Slack delivers nothing when the person backs out.</summary>
/// <param name="Title">Plain, at most 100 characters.</param>
/// <param name="Text">At most 300 characters.</param>
/// <param name="Confirm">The button that goes on, at most 30 characters: a verb.</param>
/// <param name="Deny">The button that backs out, at most 30 characters.</param>
internal sealed record ConfirmationDialog(
    string Title,
    Mrkdwn Text,
    string Confirm,
    string Deny,
    ButtonStyle Style = ButtonStyle.Default)
{
    public string Title { get; } = SlackLimits.ConfirmTitle.Check(Title);

    public Mrkdwn Text { get; } = Checked(Text);

    public string Confirm { get; } = SlackLimits.ConfirmButton.Check(Confirm);

    public string Deny { get; } = SlackLimits.ConfirmButton.Check(Deny);

    public ButtonStyle Style { get; } = Style;

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["title"] = new PlainText(Title).ToJson(),
            ["text"] = new MarkdownText(Text).ToJson(),
            ["confirm"] = new PlainText(Confirm).ToJson(),
            ["deny"] = new PlainText(Deny).ToJson(),
        };

        if (Style is not ButtonStyle.Default)
        {
            json["style"] = Style is ButtonStyle.Primary ? "primary" : "danger";
        }

        return json;
    }

    private static Mrkdwn Checked(Mrkdwn text)
    {
        SlackLimits.ConfirmText.Check(text.ToString());
        return text;
    }
}

using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>Text in a block. See https://docs.slack.dev/reference/block-kit/composition-objects/text-object.</summary>
internal abstract record TextObject
{
    private protected TextObject() { } // Slack knows two

    public abstract int Length { get; }

    public abstract JsonObject ToJson();
}

/// <summary>Text that Slack never reads for markup, mentions or emoji: any string may go in.</summary>
internal sealed record PlainText(string Text) : TextObject
{
    public string Text { get; } = SlackLimits.Text.Check(Text);

    public override int Length => Text.Length;

    public override JsonObject ToJson() => new() { ["type"] = "plain_text", ["text"] = Text, ["emoji"] = false };
}

/// <summary>Text with markup. Verbatim: Slack makes no links of addresses and names that merely look like ones.</summary>
internal sealed record MarkdownText(Mrkdwn Text) : TextObject
{
    public Mrkdwn Text { get; } = Checked(Text);

    public override int Length => Text.Length;

    public override JsonObject ToJson() =>
        new() { ["type"] = "mrkdwn", ["text"] = Text.ToString(), ["verbatim"] = true };

    private static Mrkdwn Checked(Mrkdwn text)
    {
        SlackLimits.Text.Check(text.ToString());
        return text;
    }
}

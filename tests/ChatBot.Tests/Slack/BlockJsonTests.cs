using System.Text.Json.Nodes;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Tests.Slack;

public class BlockJsonTests
{
    private const string Words = """{"type":"plain_text","text":"<b>","emoji":false}""";

    private static readonly ConfirmationDialog Sure = new("<b>", $"*sure*", "<b>", "<b>", ButtonStyle.Danger);

    private const string SureJson =
        $$"""
        {"title":{{Words}},"text":{"type":"mrkdwn","text":"*sure*","verbatim":true},
         "confirm":{{Words}},"deny":{{Words}},"style":"danger"}
        """;

    public static readonly TheoryData<string, string> Goldens = new()
    {
        { "header", $$"""{"type":"header","block_id":"h","text":{{Words}} }""" },
        { "divider", """{"type":"divider"}""" },
        {
            "section",
            """
            {"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"*a* &lt;b&gt;","verbatim":true},
             "fields":[{"type":"mrkdwn","text":"1","verbatim":true},{"type":"mrkdwn","text":"2","verbatim":true}],
             "accessory":{"type":"button","text":{"type":"plain_text","text":"Go","emoji":false},"action_id":"go"}}
            """
        },
        { "plain section", $$"""{"type":"section","text":{{Words}} }""" },
        { "fields", """{"type":"section","fields":[{"type":"mrkdwn","text":"1","verbatim":true}]}""" },
        {
            "context",
            $$"""{"type":"context","elements":[{{Words}},{"type":"mrkdwn","text":"_b_","verbatim":true}]}"""
        },
        {
            "actions",
            $$"""
            {"type":"actions","block_id":"plan","elements":[
              {"type":"button","text":{{Words}},"action_id":"approve","value":"42","style":"primary","confirm":{{SureJson}} },
              {"type":"button","text":{{Words}},"action_id":"dashboard","url":"https://a.test/"},
              {"type":"overflow","action_id":"more","confirm":{{SureJson}},"options":[
                {"text":{{Words}},"value":"1","description":{{Words}} },{"text":{{Words}},"value":"2"}]}]}
            """
        },
        {
            "rich text",
            """
            {"type":"rich_text","elements":[
              {"type":"rich_text_preformatted","elements":[{"type":"text","text":"<!channel> ```"}]}]}
            """
        },
        {
            "modal",
            $$"""
            {"type":"modal","callback_id":"reject","title":{{Words}},"submit":{{Words}},"close":{{Words}},
             "private_metadata":"7","blocks":[
              {"type":"input","block_id":"why","label":{{Words}},"hint":{{Words}},"optional":true,
               "element":{"type":"plain_text_input","action_id":"text","multiline":true,"placeholder":{{Words}},
                 "initial_value":"<b>","min_length":3,"max_length":300} }]}
            """
        },
        {
            "message",
            """
            {"text":"<@U1> &amp;","blocks":[{"type":"divider"}],"parse":"none","link_names":false,
             "unfurl_links":false,"unfurl_media":false}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Is_what_Slack_wants(string what, string golden)
    {
        var json = Json(what);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(golden), json), json.ToJsonString());
    }

    [Fact]
    public void Is_drawn_anew_at_each_call()
    {
        var message = new SlackMessage($"a", [new DividerBlock()]);

        Assert.NotSame(message.ToJson(), message.ToJson());
        Assert.Equal(message.ToJson().ToJsonString(), message.ToJson().ToJsonString());
    }

    [Fact]
    public void Half_a_character_does_not_break_the_message()
    {
        var cut = "\ud83d"; // the first half of an emoji

        var json = new SlackMessage($"{cut}", [new RichTextBlock(cut)]).ToJson().ToJsonString();

        Assert.Contains("\\uFFFD", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\\uD83D", json, StringComparison.OrdinalIgnoreCase);
    }

    private static JsonObject Json(string what) => what switch
    {
        "header" => new HeaderBlock("<b>", "h").ToJson(),
        "divider" => new DividerBlock().ToJson(),
        "section" => new SectionBlock(
            new MarkdownText($"*a* {"<b>"}"), [$"1", $"2"], new Button("Go", "go"), "s").ToJson(),
        "plain section" => new SectionBlock(new PlainText("<b>")).ToJson(),
        "fields" => new SectionBlock(null, [$"1"]).ToJson(),
        "context" => new ContextBlock([new PlainText("<b>"), new MarkdownText($"_b_")]).ToJson(),
        "actions" => new ActionsBlock(
            [
                new Button("<b>", "approve", "42", ButtonStyle.Primary, Sure),
                new Button("<b>", "dashboard", Url: new Uri("https://a.test")),
                new OverflowMenu("more", [new("<b>", "1", "<b>"), new("<b>", "2")], Sure),
            ],
            "plan").ToJson(),
        "rich text" => new RichTextBlock("<!channel> ```").ToJson(),
        "modal" => new ModalView(
            "reject",
            "<b>",
            [new InputBlock("why", "<b>", new PlainTextInput("text", true, "<b>", "<b>", 3, 300), "<b>", true)],
            "<b>",
            "<b>",
            "7").ToJson(),
        "message" => new SlackMessage($"{Mrkdwn.User("U1")} {"&"}", [new DividerBlock()]).ToJson(),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}

using ChatBot.Slack.BlockKit;

namespace ChatBot.Tests.Slack;

public class BlockLimitTests
{
    private static readonly ConfirmationDialog Sure = new("Sure?", $"Really?", "Yes", "No");

    // Each builds a block in which one thing has the given size; every other part of it is fine.
    private static readonly Dictionary<string, Func<int, object>> Made = new()
    {
        ["header"] = n => new HeaderBlock(Text(n)),
        ["block id"] = n => new DividerBlock(Text(n)),
        ["section text"] = n => new SectionBlock(new PlainText(Text(n))),
        ["section markdown"] = n => new SectionBlock(Markup(n)),
        ["section fields"] = n => new SectionBlock(null, Enumerable.Repeat(Markup(1), n)),
        ["section field"] = n => new SectionBlock(null, [Markup(n)]),
        ["context elements"] = n => new ContextBlock(Enumerable.Repeat<TextObject>(new PlainText("a"), n)),
        ["actions elements"] = n => new ActionsBlock(Buttons(n)),
        ["preformatted"] = n => new RichTextBlock(Text(n)),
        ["button text"] = n => new Button(Text(n), "a"),
        ["button value"] = n => new Button("a", "a", Text(n)),
        ["button url"] = n => new Button("a", "a", Url: new Uri("https://a.test/" + Text(n - 15))),
        ["action id"] = n => new Button("a", Text(n)),
        ["overflow options"] = n => new OverflowMenu("a", Enumerable.Repeat(new Option("a", "a"), n)),
        ["option text"] = n => new Option(Text(n), "a"),
        ["option value"] = n => new Option("a", Text(n)),
        ["option description"] = n => new Option("a", "a", Text(n)),
        ["confirm title"] = n => new ConfirmationDialog(Text(n), $"a", "a", "a"),
        ["confirm text"] = n => new ConfirmationDialog("a", Markup(n), "a", "a"),
        ["confirm button"] = n => new ConfirmationDialog("a", $"a", Text(n), "a"),
        ["deny button"] = n => new ConfirmationDialog("a", $"a", "a", Text(n)),
        ["modal title"] = n => Modal(title: Text(n)),
        ["modal submit"] = n => Modal(submit: Text(n)),
        ["modal close"] = n => Modal(close: Text(n)),
        ["private metadata"] = n => Modal(metadata: Text(n)),
        ["callback id"] = n => Modal(callbackId: Text(n)),
        ["view blocks"] = n => Modal(blocks: n),
        ["input label"] = n => new InputBlock("a", Text(n), new PlainTextInput("a")),
        ["input hint"] = n => new InputBlock("a", "a", new PlainTextInput("a"), Text(n)),
        ["placeholder"] = n => new PlainTextInput("a", Placeholder: Text(n)),
        ["initial value"] = n => new PlainTextInput("a", InitialValue: Text(n)),
        ["max length"] = n => new PlainTextInput("a", MaxLength: n),
        ["fallback"] = n => new SlackMessage(Markup(n), [new DividerBlock()]),
        ["message blocks"] = n => new SlackMessage($"a", Enumerable.Repeat(new DividerBlock(), n)),
        ["message json"] = n => new SlackMessage($"a", [.. Sized(n)]),
    };

    public static readonly TheoryData<string, int, int> Limits = new()
    {
        // what                least  most
        { "header",            1,     150 },
        { "block id",          1,     255 },
        { "section text",      1,     3_000 },
        { "section markdown",  1,     3_000 },
        { "section fields",    1,     10 },
        { "section field",     1,     2_000 },
        { "context elements",  1,     10 },
        { "actions elements",  1,     25 },
        { "preformatted",      1,     3_000 },
        { "button text",       1,     75 },
        { "button value",      0,     2_000 },
        { "button url",        16,    3_000 }, // shorter ones aren't made here
        { "action id",         1,     255 },
        { "overflow options",  1,     5 },
        { "option text",       1,     75 },
        { "option value",      1,     75 },
        { "option description", 1,    75 },
        { "confirm title",     1,     100 },
        { "confirm text",      1,     300 },
        { "confirm button",    1,     30 },
        { "deny button",       1,     30 },
        { "modal title",       1,     24 },
        { "modal submit",      1,     24 },
        { "modal close",       1,     24 },
        { "private metadata",  0,     3_000 },
        { "callback id",       1,     255 },
        { "view blocks",       1,     100 },
        { "input label",       1,     2_000 },
        { "input hint",        1,     2_000 },
        { "placeholder",       1,     150 },
        { "initial value",     0,     3_000 },
        { "max length",        1,     3_000 },
        { "fallback",          1,     4_000 },
        { "message blocks",    1,     50 },
        { "message json",      12_900, 13_000 }, // its least isn't a limit
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void The_limit_is_allowed_and_one_more_is_refused_by_name(string what, int least, int most)
    {
        Made[what](least);
        Made[what](most);

        var refused = Assert.Throws<ArgumentException>(() => Made[what](most + 1));
        Assert.Contains($"{most}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{most + 1}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Less_than_the_least_is_refused(string what, int least, int most)
    {
        Assert.True(least <= most);

        if (least == 1)
        {
            Assert.Throws<ArgumentException>(() => Made[what](0));
        }
    }

    [Fact]
    public void Escaping_counts()
    {
        var ampersands = new string('&', 600); // 3,000 characters once escaped

        Assert.Equal(3_000, new SectionBlock($"{ampersands}").Text!.Length);
        Assert.Throws<ArgumentException>(() => new SectionBlock($"{ampersands}&"));
    }

    [Fact]
    public void An_action_id_is_there_once_in_its_block()
    {
        var refused = Assert.Throws<ArgumentException>(() => new ActionsBlock([new Button("A", "x"), new Button("B", "x")]));

        Assert.Contains("'x'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_id_is_there_once_in_its_message_and_its_view()
    {
        Block[] twice = [new DividerBlock("x"), new HeaderBlock("A", "x")];

        Assert.Throws<ArgumentException>(() => new SlackMessage($"a", twice));
        Assert.Throws<ArgumentException>(() => new ModalView("a", "a", twice));
    }

    [Fact]
    public void Blocks_without_an_id_may_repeat() =>
        Assert.Equal(2, new SlackMessage($"a", [new DividerBlock(), new DividerBlock()]).Blocks.Count);

    [Fact]
    public void A_modal_with_an_input_wants_a_submit_button()
    {
        InputBlock[] input = [new("reason", "Why?", new PlainTextInput("text"))];

        Assert.Throws<ArgumentException>(() => new ModalView("a", "a", input));
        Assert.Equal("Send", new ModalView("a", "a", input, submit: "Send").Submit);
    }

    [Fact]
    public void An_input_belongs_in_a_modal()
    {
        InputBlock[] input = [new("reason", "Why?", new PlainTextInput("text"))];

        Assert.Throws<ArgumentException>(() => new SlackMessage($"a", input));
    }

    [Fact]
    public void A_text_input_wants_a_shortest_length_within_its_longest()
    {
        Assert.Throws<ArgumentException>(() => new PlainTextInput("a", MinLength: -1));
        Assert.Throws<ArgumentException>(() => new PlainTextInput("a", MinLength: 11, MaxLength: 10));
        Assert.Equal(10, new PlainTextInput("a", MinLength: 10, MaxLength: 10).MinLength);
    }

    [Fact]
    public void A_block_keeps_its_own_copy_of_its_elements()
    {
        var elements = new List<BlockElement> { new Button("A", "a", Confirm: Sure) };
        var block = new ActionsBlock(elements);

        elements.Clear();

        Assert.Single(block.Elements);
    }

    private static string Text(int length) => new('a', length);

    private static Mrkdwn Markup(int length) => $"{Text(length)}";

    private static IEnumerable<Button> Buttons(int count) =>
        Enumerable.Range(0, count).Select(i => new Button("a", $"a{i}"));

    private static ModalView Modal(
        string title = "a",
        string submit = "a",
        string close = "a",
        string metadata = "a",
        string callbackId = "a",
        int blocks = 1) =>
        new(callbackId, title, Enumerable.Repeat(new DividerBlock(), blocks), submit, close, metadata);

    /// <summary>Preformatted blocks whose JSON is together exactly this long.</summary>
    private static IEnumerable<Block> Sized(int length)
    {
        const int each = 2_500;
        const int empty = 106; // {"type":"rich_text","elements":[...]} around the text
        var left = length - 2; // the array's brackets

        while (left > 2 * each)
        {
            yield return new RichTextBlock(Text(each - empty - 1)); // and a comma
            left -= each;
        }

        yield return new RichTextBlock(Text(left - empty));
    }
}

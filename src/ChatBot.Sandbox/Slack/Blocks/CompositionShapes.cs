namespace ChatBot.Sandbox.Slack;

/// <summary>The small objects blocks are made of. See https://docs.slack.dev/reference/block-kit/composition-objects.</summary>
internal static class CompositionShapes
{
    public static readonly Shape Flag = new FlagShape();

    public static readonly Shape Any = new AnyShape();

    public static readonly Shape Id = new TextShape(255);

    public static readonly Shape Url = new TextShape(3000, 1);

    /// <summary>Label, hint and placeholder lengths differ by element, the shape does not.</summary>
    public static Shape Plain(int max) => new ObjectShape(PlainProperties(max), "type,text");

    public static Shape Text(int max) => new TypedShape(new()
    {
        ["plain_text"] = Plain(max),
        ["mrkdwn"] = new ObjectShape(
            new() { ["type"] = new TextShape(20), ["text"] = new TextShape(max, 1), ["verbatim"] = Flag },
            "type,text"),
    });

    public static readonly Shape Confirm = new ObjectShape(
        new()
        {
            ["title"] = Plain(100),
            ["text"] = Text(300),
            ["confirm"] = Plain(30),
            ["deny"] = Plain(30),
            ["style"] = new TextShape(20, 0, "primary", "danger"),
        },
        "title,text,confirm,deny");

    public static readonly Shape Option = new ObjectShape(
        new()
        {
            ["text"] = Text(75),
            ["value"] = new TextShape(75, 1),
            ["description"] = Text(75),
            ["url"] = Url,
        },
        "text,value");

    public static readonly Shape OptionGroup = new ObjectShape(
        new() { ["label"] = Plain(75), ["options"] = new ListShape(Option, 100) },
        "label,options");

    public static readonly Shape Dispatch = new ObjectShape(
        new() { ["trigger_actions_on"] = new ListShape(new TextShape(40, 0, "on_enter_pressed", "on_character_entered"), 2) });

    private static Dictionary<string, Shape> PlainProperties(int max) => new()
    {
        ["type"] = new TextShape(20, 0, "plain_text"),
        ["text"] = new TextShape(max, 1),
        ["emoji"] = Flag,
    };
}

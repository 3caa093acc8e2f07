using static ChatBot.Sandbox.Slack.CompositionShapes;

namespace ChatBot.Sandbox.Slack;

/// <summary>
/// Slack's blocks and their limits. See https://docs.slack.dev/reference/block-kit/blocks. Blocks this project does not
/// send (video, file, card, carousel and other late ones) are unknown here, and refused like any unknown block.
/// </summary>
internal static class BlockShapes
{
    private static readonly Dictionary<string, Shape> Types = new()
    {
        ["header"] = Block("text", new() { ["text"] = Plain(150) }),
        ["section"] = Block("", anyOf: "text,fields", properties: new()
        {
            ["text"] = Text(3000),
            ["fields"] = new ListShape(Text(2000), 10),
            ["accessory"] = ElementShapes.InSection,
            ["expand"] = Flag,
        }),
        ["divider"] = Block("", []),
        ["context"] = Block("elements", new()
        {
            ["elements"] = new ListShape(
                new TypedShape(new() { ["plain_text"] = Text(3000), ["mrkdwn"] = Text(3000), ["image"] = ElementShapes.Image }),
                10),
        }),
        ["actions"] = Block("elements", new() { ["elements"] = new ListShape(ElementShapes.InActions, 25) }),
        ["image"] = Block("alt_text", anyOf: "image_url,slack_file", properties: new()
        {
            ["image_url"] = Url,
            ["slack_file"] = Any,
            ["alt_text"] = new TextShape(2000, 1),
            ["title"] = Plain(2000),
        }),
        ["input"] = Block("label,element", new()
        {
            ["label"] = Plain(2000),
            ["element"] = ElementShapes.InInput,
            ["hint"] = Plain(2000),
            ["optional"] = Flag,
            ["dispatch_action"] = Flag,
        }),
        ["markdown"] = Block("text", new() { ["text"] = new TextShape(12_000, 1) }),
        ["rich_text"] = Block("elements", new()
        {
            ["elements"] = new ListShape(
                new TypedShape(new()
                {
                    ["rich_text_section"] = Any,
                    ["rich_text_list"] = Any,
                    ["rich_text_preformatted"] = Any,
                    ["rich_text_quote"] = Any,
                }),
                1000),
        }),
        ["table"] = Block("rows", new()
        {
            ["rows"] = new ListShape(new ListShape(Any, 20), 100),
            ["column_settings"] = new ListShape(Any, 20),
        }),
    };

    /// <summary>At most 50 blocks.</summary>
    public static readonly Shape OfMessage = new ListShape(new TypedShape(Types), 50, 0);

    private static readonly Shape OfView = new ListShape(new TypedShape(Types), 100, 0);

    /// <summary>See https://docs.slack.dev/reference/views/modal-views.</summary>
    public static readonly Shape Modal = new ObjectShape(
        new()
        {
            ["type"] = new TextShape(20, 0, "modal"),
            ["title"] = Plain(24),
            ["blocks"] = OfView,
            ["submit"] = Plain(24),
            ["close"] = Plain(24),
            ["private_metadata"] = new TextShape(3000),
            ["callback_id"] = new TextShape(255),
            ["external_id"] = new TextShape(255),
            ["clear_on_close"] = Flag,
            ["notify_on_close"] = Flag,
            ["submit_disabled"] = Flag,
        },
        "type,title,blocks");

    private static ObjectShape Block(string required, Dictionary<string, Shape> properties, string anyOf = "") => new(
        new(properties) { ["type"] = Any, ["block_id"] = Id },
        required.Length > 0 ? "type," + required : "type",
        anyOf);
}

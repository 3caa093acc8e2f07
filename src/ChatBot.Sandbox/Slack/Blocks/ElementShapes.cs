using static ChatBot.Sandbox.Slack.CompositionShapes;

namespace ChatBot.Sandbox.Slack;

/// <summary>What a person can use in a block. See https://docs.slack.dev/reference/block-kit/block-elements.</summary>
internal static class ElementShapes
{
    public static readonly Shape Image = new ObjectShape(
        new()
        {
            ["type"] = Any,
            ["image_url"] = Url,
            ["alt_text"] = new TextShape(2000, 1),
            ["slack_file"] = Any,
        },
        "type,alt_text",
        "image_url,slack_file");

    private static readonly Shape Options = new ListShape(Option, 100);

    private static readonly Shape Button = Element(
        "text",
        new()
        {
            ["text"] = Plain(75),
            ["value"] = new TextShape(2000),
            ["url"] = Url,
            ["style"] = new TextShape(20, 0, "primary", "danger"),
            ["confirm"] = Confirm,
            ["accessibility_label"] = new TextShape(75),
        });

    private static readonly Dictionary<string, Shape> Pressed = new()
    {
        ["button"] = Button,
        ["overflow"] = Element("options", new() { ["options"] = new ListShape(Option, 5), ["confirm"] = Confirm }),
        ["static_select"] = FixedSelect(new() { ["initial_option"] = Option }),
        ["external_select"] = Select(new() { ["initial_option"] = Option, ["min_query_length"] = Any }),
        ["users_select"] = Select(new() { ["initial_user"] = Id }),
        ["channels_select"] = Select(new() { ["initial_channel"] = Id, ["response_url_enabled"] = Flag }),
        ["conversations_select"] = Select(ConversationsSelect(new() { ["initial_conversation"] = Id })),
        ["checkboxes"] = Choice(new() { ["initial_options"] = new ListShape(Option, 10) }),
        ["radio_buttons"] = Choice(new() { ["initial_option"] = Option }),
        ["datepicker"] = Select(new() { ["initial_date"] = new TextShape(10, 10) }),
        ["timepicker"] = Select(new() { ["initial_time"] = new TextShape(5, 5), ["timezone"] = Any }),
        ["datetimepicker"] = Element("", new() { ["initial_date_time"] = Any, ["confirm"] = Confirm, ["focus_on_load"] = Flag }),
    };

    private static readonly Dictionary<string, Shape> Multiple = new()
    {
        ["multi_static_select"] = FixedSelect(Several("initial_options")),
        ["multi_external_select"] = Select(Several("initial_options")),
        ["multi_users_select"] = Select(Several("initial_users")),
        ["multi_channels_select"] = Select(Several("initial_channels")),
        ["multi_conversations_select"] = Select(ConversationsSelect(Several("initial_conversations"))),
    };

    private static readonly Dictionary<string, Shape> Typed = new()
    {
        ["plain_text_input"] = Input(new()
        {
            ["initial_value"] = new TextShape(3000),
            ["multiline"] = Flag,
            ["min_length"] = new NumberShape(0, 3000),
            ["max_length"] = new NumberShape(1, 3000),
        }),
        ["email_text_input"] = Input(new() { ["initial_value"] = new TextShape(3000) }),
        ["url_text_input"] = Input(new() { ["initial_value"] = new TextShape(3000) }),
        ["number_input"] = Input(new()
        {
            ["initial_value"] = Any,
            ["is_decimal_allowed"] = Flag,
            ["min_value"] = Any,
            ["max_value"] = Any,
        }),
    };

    /// <summary>Elements of an actions block.</summary>
    public static readonly Shape InActions = new TypedShape(Pressed);

    /// <summary>The one element beside a section's text.</summary>
    public static readonly Shape InSection =
        new TypedShape(new(Pressed.Concat(Multiple)) { ["image"] = Image });

    /// <summary>The one element of an input block: everything but a button.</summary>
    public static readonly Shape InInput = new TypedShape(
        new(Pressed.Concat(Multiple).Concat(Typed).Where(element => element.Key is not ("button" or "overflow"))));

    private static ObjectShape Element(string required, Dictionary<string, Shape> properties) => new(
        new(properties) { ["type"] = Any, ["action_id"] = Id },
        required.Length > 0 ? "type," + required : "type");

    private static ObjectShape Select(Dictionary<string, Shape> properties) => Element("", Pickable(properties));

    /// <summary>With its entries in the block: a list, or a list of groups.</summary>
    private static ObjectShape FixedSelect(Dictionary<string, Shape> properties)
    {
        var all = new Dictionary<string, Shape>(properties)
        {
            ["options"] = Options,
            ["option_groups"] = new ListShape(OptionGroup, 100),
        };
        return Element("", Pickable(all)) with { AnyOf = "options,option_groups" };
    }

    private static Dictionary<string, Shape> Pickable(Dictionary<string, Shape> properties) =>
        new(properties) { ["placeholder"] = Plain(150), ["confirm"] = Confirm, ["focus_on_load"] = Flag };

    private static ObjectShape Choice(Dictionary<string, Shape> properties) => Element(
        "options",
        new(properties) { ["options"] = new ListShape(Option, 10), ["confirm"] = Confirm, ["focus_on_load"] = Flag });

    private static ObjectShape Input(Dictionary<string, Shape> properties) => Element(
        "",
        new(properties) { ["placeholder"] = Plain(150), ["dispatch_action_config"] = Dispatch, ["focus_on_load"] = Flag });

    private static Dictionary<string, Shape> Several(string initial) => new()
    {
        [initial] = new ListShape(Any, 100),
        ["max_selected_items"] = new NumberShape(1, 100),
        ["min_query_length"] = Any,
    };

    private static Dictionary<string, Shape> ConversationsSelect(Dictionary<string, Shape> properties) =>
        new(properties) { ["default_to_current_conversation"] = Flag, ["response_url_enabled"] = Flag, ["filter"] = Any };
}

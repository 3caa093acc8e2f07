using System.Text;
using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>Blocks as a person reads them: lines of text, and what can be pressed.</summary>
internal static class BlockReading
{
    public static IEnumerable<string> Lines(JsonElement blocks) => blocks.EnumerateArray().SelectMany(LinesOf);

    public static IEnumerable<SeenButton> Buttons(JsonElement blocks) =>
        from block in blocks.EnumerateArray()
        where !block.GetProperty("type").ValueEquals("input")
        from element in BlockCheck.ElementsOf(block)
        from button in ButtonsOf(element, block.GetProperty("block_id").GetString()!)
        select button;

    public static IEnumerable<SeenInput> Inputs(JsonElement blocks) =>
        from block in blocks.EnumerateArray()
        where block.GetProperty("type").ValueEquals("input")
        let element = block.GetProperty("element")
        select new SeenInput(
            block.GetProperty("block_id").GetString()!,
            element.GetProperty("action_id").GetString()!,
            element.GetProperty("type").GetString()!,
            TextOf(block, "label"),
            block.TryGetProperty("optional", out var optional) && optional.GetBoolean(),
            [.. OptionsOf(element).Select(option => TextOf(option, "text"))]);

    /// <summary>Entries of a select or group, those of option groups included.</summary>
    public static IEnumerable<JsonElement> OptionsOf(JsonElement element)
    {
        if (element.TryGetProperty("options", out var options))
        {
            return options.EnumerateArray();
        }

        return element.TryGetProperty("option_groups", out var groups)
            ? groups.EnumerateArray().SelectMany(group => group.GetProperty("options").EnumerateArray())
            : [];
    }

    /// <summary>The text inside a text object; empty when it isn't there.</summary>
    public static string TextOf(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.Object
        && text.TryGetProperty("text", out var inner)
            ? inner.GetString() ?? ""
            : "";

    private static IEnumerable<string> LinesOf(JsonElement block)
    {
        switch (block.GetProperty("type").GetString())
        {
            case "header":
                return Split(TextOf(block, "text"));
            case "section":
                var fields = block.TryGetProperty("fields", out var all) ? all.EnumerateArray() : default;
                return Split(TextOf(block, "text"))
                    .Concat(fields.SelectMany(field => Split(field.GetProperty("text").GetString()!)));
            case "context":
                return [string.Join(" ", block.GetProperty("elements").EnumerateArray().Select(ContextText))];
            case "markdown":
                return Split(block.GetProperty("text").GetString()!);
            case "divider":
                return ["---"];
            case "image":
                return [$"[image: {block.GetProperty("alt_text").GetString()}]"];
            case "input":
                return [TextOf(block, "label") + ":"];
            case "rich_text":
                return Split(RichText(block));
            case "table":
                return block.GetProperty("rows").EnumerateArray()
                    .Select(row => string.Join(" | ", row.EnumerateArray().Select(RichText)));
            default:
                return [];
        }
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split('\n');

    private static string ContextText(JsonElement element) => element.GetProperty("type").ValueEquals("image")
        ? $"[image: {element.GetProperty("alt_text").GetString()}]"
        : element.GetProperty("text").GetString()!;

    private static string RichText(JsonElement element)
    {
        var type = element.TryGetProperty("type", out var named) ? named.GetString() : "";
        var inner = new StringBuilder();
        if (element.TryGetProperty("elements", out var elements))
        {
            foreach (var part in elements.EnumerateArray())
            {
                inner.Append(RichText(part));
            }
        }

        return type switch
        {
            "text" or "raw_text" => element.GetProperty("text").GetString()!,
            "link" => element.TryGetProperty("text", out var text) ? text.GetString()! : element.GetProperty("url").GetString()!,
            "user" => $"<@{element.GetProperty("user_id").GetString()}>",
            "usergroup" => $"<!subteam^{element.GetProperty("usergroup_id").GetString()}>",
            "channel" => $"<#{element.GetProperty("channel_id").GetString()}>",
            "emoji" => $":{element.GetProperty("name").GetString()}:",
            "rich_text_section" or "rich_text_preformatted" or "rich_text_quote" => inner.ToString().TrimEnd('\n') + "\n",
            "rich_text" => inner.ToString().TrimEnd('\n'),
            _ => inner.ToString(),
        };
    }

    private static IEnumerable<SeenButton> ButtonsOf(JsonElement element, string blockId)
    {
        var type = element.GetProperty("type").GetString()!;
        if (type is "image")
        {
            yield break;
        }

        var action = element.GetProperty("action_id").GetString()!;
        var confirm = element.TryGetProperty("confirm", out var dialog) ? DialogOf(dialog) : null;
        if (type is "button")
        {
            yield return new SeenButton(
                TextOf(element, "text"), action, blockId, StringOf(element, "value"), StringOf(element, "style"), confirm)
            {
                Url = StringOf(element, "url"),
            };
        }

        foreach (var option in OptionsOf(element))
        {
            yield return new SeenButton(
                TextOf(option, "text"), action, blockId, StringOf(option, "value"), null, confirm)
            {
                Type = type,
            };
        }
    }

    private static DialogSeen DialogOf(JsonElement dialog) => new(
        TextOf(dialog, "title"),
        TextOf(dialog, "text"),
        TextOf(dialog, "confirm"),
        TextOf(dialog, "deny"),
        StringOf(dialog, "style"));

    private static string? StringOf(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) ? value.GetString() : null;
}

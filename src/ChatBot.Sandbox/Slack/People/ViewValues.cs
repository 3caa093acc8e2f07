using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>What stands in a modal's inputs: <c>view.state.values</c> by block_id and action_id.</summary>
internal static class ViewValues
{
    /// <summary>As the app opened it.</summary>
    public static JsonObject Initial(SlackView view) => Build(view, new Dictionary<string, string>(), isSubmitted: false);

    /// <summary>As a person filled it in.</summary>
    public static JsonObject Fill(SlackView view, IReadOnlyDictionary<string, string> values) =>
        Build(view, values, isSubmitted: true);

    private static JsonObject Build(SlackView view, IReadOnlyDictionary<string, string> values, bool isSubmitted)
    {
        var left = values.Keys.ToHashSet();
        var state = new JsonObject();
        foreach (var block in view.Definition.GetProperty("blocks").EnumerateArray())
        {
            if (!block.GetProperty("type").ValueEquals("input"))
            {
                continue;
            }

            var element = block.GetProperty("element");
            var blockId = block.GetProperty("block_id").GetString()!;
            var actionId = element.GetProperty("action_id").GetString()!;
            var label = BlockReading.TextOf(block, "label");
            var key = values.Keys.FirstOrDefault(name => name == blockId || name == actionId || name == label);
            left.Remove(key ?? "");
            var value = ValueOf(element, key is null ? null : values[key]);
            var isOptional = block.TryGetProperty("optional", out var optional) && optional.GetBoolean();
            if (isSubmitted && !isOptional && IsEmpty(value))
            {
                throw new InvalidOperationException($"'{label}': Please complete this required field.");
            }

            state[blockId] = new JsonObject { [actionId] = value };
        }

        return left.Count == 0 ? state : throw new InvalidOperationException($"The modal has no input '{left.First()}'.");
    }

    private static bool IsEmpty(JsonObject value) =>
        value.All(property => property.Key is "type" || property.Value is null or JsonArray { Count: 0 });

    private static JsonObject ValueOf(JsonElement element, string? typed)
    {
        var type = element.GetProperty("type").GetString();
        var value = new JsonObject { ["type"] = type };
        switch (type)
        {
            case "static_select" or "radio_buttons" or "external_select":
                value["selected_option"] = typed is null ? Initial(element, "initial_option") : Option(element, typed);
                break;
            case "checkboxes" or "multi_static_select":
                var names = typed?.Split(',', StringSplitOptions.RemoveEmptyEntries);
                value["selected_options"] = names is null
                    ? Initial(element, "initial_options") ?? new JsonArray()
                    : new JsonArray([.. names.Select(name => Option(element, name))]);
                break;
            case "users_select":
                value["selected_user"] = typed ?? Initial(element, "initial_user");
                break;
            case "conversations_select":
                value["selected_conversation"] = typed ?? Initial(element, "initial_conversation");
                break;
            case "channels_select":
                value["selected_channel"] = typed ?? Initial(element, "initial_channel");
                break;
            case "datepicker":
                value["selected_date"] = typed ?? Initial(element, "initial_date");
                break;
            case "timepicker":
                value["selected_time"] = typed ?? Initial(element, "initial_time");
                break;
            default:
                value["value"] = typed is { Length: 0 } ? null : typed ?? Initial(element, "initial_value");
                break;
        }

        return value;
    }

    private static JsonNode? Initial(JsonElement element, string name) =>
        element.TryGetProperty(name, out var initial) ? JsonNode.Parse(initial.GetRawText()) : null;

    private static JsonNode? Option(JsonElement element, string labelOrValue)
    {
        foreach (var option in BlockReading.OptionsOf(element))
        {
            if (BlockReading.TextOf(option, "text") == labelOrValue || option.GetProperty("value").ValueEquals(labelOrValue))
            {
                return JsonNode.Parse(option.GetRawText());
            }
        }

        throw new InvalidOperationException($"No option '{labelOrValue}' to choose.");
    }
}

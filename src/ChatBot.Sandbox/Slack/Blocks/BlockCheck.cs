using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>Refuses blocks and views as Slack does, and fills in the ids Slack fills in.</summary>
internal sealed class BlockCheck(Func<string, string> newId)
{
    /// <summary>Not documented; seen at about this many characters (github.com/slackapi/bolt-js/issues/2509).</summary>
    private const int MostTextInAllBlocks = 13_200;

    /// <summary>The blocks of a message as Slack would keep them.</summary>
    /// <exception cref="SlackRefusal"><c>invalid_blocks</c> or <c>msg_blocks_too_long</c>.</exception>
    public JsonElement Message(JsonElement blocks)
    {
        if (blocks.ValueKind is not JsonValueKind.Array)
        {
            throw new SlackRefusal("invalid_blocks_format");
        }

        var problems = new List<string>();
        BlockShapes.OfMessage.Check(blocks, "/blocks", problems);
        RefuseDuplicates(blocks, "/blocks", problems);
        ThrowIfAny("invalid_blocks", problems);
        if (TextIn(blocks) > MostTextInAllBlocks)
        {
            throw new SlackRefusal("msg_blocks_too_long");
        }

        return WithIds(blocks);
    }

    /// <exception cref="SlackRefusal"><c>invalid_arguments</c>, as Slack answers to a wrong view.</exception>
    public JsonElement View(JsonElement view)
    {
        var problems = new List<string>();
        BlockShapes.Modal.Check(view, "/view", problems);
        if (problems.Count == 0)
        {
            var blocks = view.GetProperty("blocks");
            RefuseDuplicates(blocks, "/view/blocks", problems);
            if (!view.TryGetProperty("submit", out _)
                && blocks.EnumerateArray().Any(block => block.GetProperty("type").ValueEquals("input")))
            {
                problems.Add("missing required field: submit [json-pointer:/view]");
            }
        }

        ThrowIfAny("invalid_arguments", problems);
        var kept = JsonObject.Create(view)!;
        kept["blocks"] = JsonArray.Create(WithIds(view.GetProperty("blocks")));
        return JsonSerializer.SerializeToElement(kept);
    }

    /// <summary>Buttons, selects and inputs, wherever they stand in a block.</summary>
    public static IEnumerable<JsonElement> ElementsOf(JsonElement block)
    {
        if (block.TryGetProperty("accessory", out var accessory))
        {
            yield return accessory;
        }

        if (block.TryGetProperty("element", out var element))
        {
            yield return element;
        }

        if (block.GetProperty("type").ValueEquals("actions"))
        {
            foreach (var action in block.GetProperty("elements").EnumerateArray())
            {
                yield return action;
            }
        }
    }

    private static void ThrowIfAny(string error, List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new SlackRefusal(error, [.. problems]);
        }
    }

    /// <remarks>An action_id may come again in another block: the same button for each step of a list, with another value.</remarks>
    private static void RefuseDuplicates(JsonElement blocks, string at, List<string> problems)
    {
        if (problems.Count > 0)
        {
            return; // not well formed enough to look inside
        }

        var ids = new HashSet<string>();
        var index = 0;
        foreach (var block in blocks.EnumerateArray())
        {
            var here = $"{at}/{index++}";
            if (block.TryGetProperty("block_id", out var id) && !ids.Add(id.GetString()!))
            {
                problems.Add($"`block_id` \"{id.GetString()}\" already exists [json-pointer:{here}/block_id]");
            }

            var actions = new HashSet<string>();
            foreach (var element in ElementsOf(block))
            {
                if (element.TryGetProperty("action_id", out var action) && !actions.Add(action.GetString()!))
                {
                    problems.Add($"`action_id` \"{action.GetString()}\" already exists [json-pointer:{here}]");
                }
            }
        }
    }

    private static int TextIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Sum(TextIn),
        JsonValueKind.Object => value.EnumerateObject().Sum(property =>
            property is { Name: "text", Value.ValueKind: JsonValueKind.String }
                ? property.Value.GetString()!.Length
                : TextIn(property.Value)),
        _ => 0,
    };

    private JsonElement WithIds(JsonElement blocks)
    {
        var kept = JsonArray.Create(blocks)!;
        foreach (var block in kept.OfType<JsonObject>())
        {
            block["block_id"] ??= newId("b");
            var elements = (block["type"]!.GetValue<string>() is "actions" ? block["elements"]?.AsArray() : null) ?? [];
            foreach (var element in elements.Append(block["accessory"]).Append(block["element"]).OfType<JsonObject>())
            {
                if (element["type"]!.GetValue<string>() is not "image")
                {
                    element["action_id"] ??= newId("a");
                }
            }
        }

        return JsonSerializer.SerializeToElement(kept);
    }
}

using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>A press as it stands in <c>actions</c> of a block_actions payload.</summary>
internal static class PressedAction
{
    public static JsonObject Of(SeenButton pressed)
    {
        var action = new JsonObject
        {
            ["action_id"] = pressed.ActionId,
            ["block_id"] = pressed.BlockId,
            ["type"] = pressed.Type,
        };
        var text = new JsonObject { ["type"] = "plain_text", ["text"] = pressed.Label, ["emoji"] = true };
        switch (pressed.Type)
        {
            case "button":
                action["text"] = text;
                Put(action, "value", pressed.Value);
                Put(action, "style", pressed.Style);
                break;
            case "checkboxes" or "multi_static_select":
                action["selected_options"] = new JsonArray(new JsonObject { ["text"] = text, ["value"] = pressed.Value });
                break;
            default:
                action["selected_option"] = new JsonObject { ["text"] = text, ["value"] = pressed.Value };
                break;
        }

        return action;
    }

    private static void Put(JsonObject action, string name, string? value)
    {
        if (value is not null)
        {
            action[name] = value;
        }
    }
}

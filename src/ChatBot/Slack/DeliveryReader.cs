using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Slack;

/// <summary>Slack's envelopes to deliveries: a command typed, a button pressed.</summary>
/// <remarks>See https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/interactivity/implementing-slash-commands.</remarks>
internal static class DeliveryReader
{
    private const int LongestText = 500;
    private const int LongestId = 255;

    /// <returns>Null when the envelope is nothing a person did, or not what Slack documents: acknowledge and forget it.</returns>
    public static Delivery? Read(SlackEnvelope envelope)
    {
        if (envelope.Payload.ValueKind is not JsonValueKind.Object || envelope.Id.Length > LongestId)
        {
            return null;
        }

        try
        {
            return envelope.Type switch
            {
                "slash_commands" => ReadCommand(envelope),
                "interactive" when Text(envelope.Payload, "type") == "block_actions" => ReadPress(envelope),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair, which shows only when the text is asked for
        }
    }

    private static Delivery? ReadCommand(SlackEnvelope envelope)
    {
        var payload = envelope.Payload;
        if (Text(payload, "user_id") is not { } user || Text(payload, "team_id") is not { } team || Text(payload, "channel_id") is not { } channel)
        {
            return null;
        }

        return new Delivery(IdOf(envelope, "command"), DeliveryKind.Command, new Person(team, user), channel)
        {
            Text = ForeignText.From(Text(payload, "text", 40_000), LongestText).Value,
        };
    }

    private static Delivery? ReadPress(SlackEnvelope envelope)
    {
        var payload = envelope.Payload;
        if (Child(payload, "user") is not { } by || Text(by, "id") is not { } user
            || (Text(by, "team_id") ?? (Child(payload, "team") is { } workspace ? Text(workspace, "id") : null)) is not { } team
            || Child(payload, "channel") is not { } channel || Text(channel, "id") is not { } channelId
            || !payload.TryGetProperty("actions", out var actions) || actions.ValueKind is not JsonValueKind.Array || actions.GetArrayLength() != 1)
        {
            return null;
        }

        var action = actions[0];
        return new Delivery(IdOf(envelope, "press"), DeliveryKind.Press, new Person(team, user), channelId)
        {
            ActionId = Text(action, "action_id") ?? "",
            Value = Text(action, "value", 2_000) ?? (Child(action, "selected_option") is { } option ? Text(option, "value") : null) ?? "",
            MessageTs = Child(payload, "container") is { } container ? Text(container, "message_ts") : null,
        };
    }

    // The trigger is made for one act of one person; a redelivery carries the same, whatever socket it comes by.
    private static string IdOf(SlackEnvelope envelope, string kind) =>
        $"{kind}:{Text(envelope.Payload, "trigger_id") ?? envelope.Id}";

    private static JsonElement? Child(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var child) && child.ValueKind is JsonValueKind.Object ? child : null;

    private static string? Text(JsonElement json, string name, int longest = LongestId) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
        && value.GetString() is { Length: > 0 } text && text.Length <= longest
            ? text
            : null;
}

using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Slack;

/// <summary>Slack's envelopes to deliveries: a command typed, a button pressed, a modal sent.</summary>
/// <remarks>See https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/interactivity/implementing-slash-commands.</remarks>
internal static class DeliveryReader
{
    /// <summary>Of a command or a note, in UTF-16 units.</summary>
    public const int LongestText = 500;
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
                "interactive" when Text(envelope.Payload, "type") == "view_submission" => ReadSubmission(envelope),
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
        if (PersonOf(payload) is not { } by
            || Child(payload, "channel") is not { } channel || Text(channel, "id") is not { } channelId
            || !payload.TryGetProperty("actions", out var actions) || actions.ValueKind is not JsonValueKind.Array || actions.GetArrayLength() != 1)
        {
            return null;
        }

        var action = actions[0];
        return new Delivery(IdOf(envelope, "press"), DeliveryKind.Press, by, channelId)
        {
            ActionId = Text(action, "action_id") ?? "",
            Value = Text(action, "value", 2_000) ?? (Child(action, "selected_option") is { } option ? Text(option, "value") : null) ?? "",
            MessageTs = Child(payload, "container") is { } container ? Text(container, "message_ts") : null,
            TriggerId = Text(payload, "trigger_id"),
        };
    }

    /// <summary>Only modals of <see cref="NoteModal"/> and <see cref="FormModal"/>: they know where the button stands that opened them.</summary>
    private static Delivery? ReadSubmission(SlackEnvelope envelope)
    {
        var payload = envelope.Payload;
        if (PersonOf(payload) is not { } by
            || Child(payload, "view") is not { } view || Text(view, "callback_id") is not { } callback
            || NoteModal.Read(Text(view, "private_metadata", SlackLimits.PrivateMetadata.Most)) is not { } button)
        {
            return null;
        }

        // Sent again, a modal has a new trigger; the view itself stays the same.
        var id = Text(view, "id", 100) is { } open && Text(view, "hash", 100) is { } hash
            ? $"submission:{open}:{hash}"
            : IdOf(envelope, "submission");
        return new Delivery(id, DeliveryKind.Submission, by, button.Channel)
        {
            Text = ForeignText.From(NoteIn(view) ?? ChoiceIn(view), LongestText).Value,
            ActionId = callback,
            Value = button.Value,
            MessageTs = button.MessageTs,
        };
    }

    private static string? NoteIn(JsonElement view) =>
        Child(view, "state") is { } state && Child(state, "values") is { } values
        && Child(values, NoteModal.Input) is { } block && Child(block, NoteModal.Input) is { } input
            ? Text(input, "value", SlackLimits.PlainTextInput.Most)
            : null;

    /// <summary>What was put into a form, as a page would write it; null when it is no form.</summary>
    private static string? ChoiceIn(JsonElement view)
    {
        if (Child(view, "state") is not { } state || Child(state, "values") is not { } values)
        {
            return null;
        }

        var chosen = values.EnumerateObject()
            .Where(block => block.Name.StartsWith(FormModal.Prefix, StringComparison.Ordinal) && Child(values, block.Name) is not null)
            .Select(block => (Parameter: block.Name[FormModal.Prefix.Length..], Value: Child(block.Value, block.Name) is { } input ? Text(input, "value")?.Trim() : null))
            .Where(field => field.Value is { Length: > 0 })
            .Select(field => $"{field.Parameter}={field.Value}")
            .ToArray();
        return chosen.Length > 0 ? string.Join(' ', chosen) : null;
    }

    private static Person? PersonOf(JsonElement payload) =>
        Child(payload, "user") is { } by && Text(by, "id") is { } user
        && (Text(by, "team_id") ?? (Child(payload, "team") is { } workspace ? Text(workspace, "id") : null)) is { } team
            ? new Person(team, user)
            : null;

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

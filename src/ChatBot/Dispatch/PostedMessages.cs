using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Slack;

namespace ChatBot.Dispatch;

/// <summary>Finds a message or a file whose posting got no answer, by the mark that it carries, so that it isn't posted twice.</summary>
/// <remarks>Every app of the workspace can read and copy a mark, so the author counts too.</remarks>
internal sealed class PostedMessages(ISlackWire wire)
{
    private const string MarkType = "chatbot_part";

    /// <summary>Messages in one answer of Slack.</summary>
    private const int Page = 200;

    /// <summary>A channel with more messages than these pages since the incident began hides the lost one.</summary>
    private const int PagesAtMost = 10;

    /// <summary>The metadata of a message.</summary>
    public static JsonObject Mark(Incident incident, string slot) => new()
    {
        ["event_type"] = MarkType,
        ["event_payload"] = new JsonObject { ["incident"] = incident.Id.ToString(), ["slot"] = slot },
    };

    /// <param name="card">Where the incident's thread is; null when the part stands in the channel itself.</param>
    /// <returns>The message's ts; null when there is none.</returns>
    /// <exception cref="SlackCallException">Slack didn't say.</exception>
    public Task<string?> FindAsync(Incident incident, string? card, string slot, CancellationToken cancellationToken) =>
        FindAsync(incident, card, message => IsMarked(message, incident, slot) ? Text(message, "ts") : null, cancellationToken);

    /// <summary>A file of ours in the incident's thread. Files carry no metadata: the title is the mark.</summary>
    /// <param name="title">Names the file and its content, so that an earlier version of it is another.</param>
    /// <returns>The file's id; null when there is none.</returns>
    /// <exception cref="SlackCallException">Slack didn't say.</exception>
    public Task<string?> FindFileAsync(Incident incident, string card, string title, CancellationToken cancellationToken) =>
        FindAsync(incident, card, message => FileIn(message, title), cancellationToken);

    /// <param name="pick">What is looked for, of one of our messages; null when it isn't there.</param>
    private async Task<string?> FindAsync(Incident incident, string? card, Func<JsonElement, string?> pick, CancellationToken cancellationToken)
    {
        var me = Text(await wire.CallAsync("auth.test", [], cancellationToken), "user_id");
        string? cursor = null;
        for (var page = 0; page < PagesAtMost; page++)
        {
            var arguments = new JsonObject { ["channel"] = incident.Channel, ["include_all_metadata"] = true, ["limit"] = Page };
            if (card is not null)
            {
                arguments["ts"] = card;
            }

            arguments["oldest"] = incident.OpenedAt.AddMinutes(-1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            if (cursor is not null)
            {
                arguments["cursor"] = cursor;
            }

            var answer = await wire.CallAsync(card is null ? "conversations.history" : "conversations.replies", arguments, cancellationToken);
            var messages = answer.TryGetProperty("messages", out var all) && all.ValueKind is JsonValueKind.Array ? all.EnumerateArray() : default;
            foreach (var message in messages)
            {
                if (me is not null && Text(message, "user") == me && pick(message) is { } found)
                {
                    return found;
                }
            }

            cursor = answer.TryGetProperty("response_metadata", out var more) ? Text(more, "next_cursor") : null;
            if (string.IsNullOrEmpty(cursor))
            {
                return null;
            }
        }

        return null;
    }

    private static bool IsMarked(JsonElement message, Incident incident, string slot) =>
        message.TryGetProperty("metadata", out var metadata) && Text(metadata, "event_type") == MarkType
        && metadata.TryGetProperty("event_payload", out var payload)
        && Text(payload, "incident") == incident.Id.ToString() && Text(payload, "slot") == slot;

    private static string? FileIn(JsonElement message, string title) =>
        message.TryGetProperty("files", out var files) && files.ValueKind is JsonValueKind.Array
            ? files.EnumerateArray().Where(file => Text(file, "title") == title).Select(file => Text(file, "id")).FirstOrDefault(id => id is not null)
            : null;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}

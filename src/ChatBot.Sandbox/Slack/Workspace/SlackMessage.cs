using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>What a message says, apart from where and by whom.</summary>
/// <param name="Blocks">An array, already checked, with every block_id filled in.</param>
/// <param name="Metadata">An object with event_type and event_payload.</param>
public sealed record SlackContent(
    string Text,
    JsonElement? Blocks = null,
    JsonElement? Attachments = null,
    JsonElement? Metadata = null);

/// <summary>One message as the workspace holds it; a change makes a new record under the same timestamp.</summary>
/// <param name="Ts">The message's id within its channel: seconds and microseconds, strictly rising.</param>
/// <param name="ThreadTs">The parent of a reply; null for a message of the channel itself.</param>
/// <param name="EphemeralFor">The only user who sees it; null for everyone's.</param>
public sealed record SlackMessage(
    string ChannelId,
    string Ts,
    string AuthorId,
    SlackContent Content,
    string? ThreadTs = null,
    string? EphemeralFor = null,
    string? EditedTs = null)
{
    /// <summary>Shared with it; an edit leaves them.</summary>
    public IReadOnlyList<SlackFile> Files { get; init; } = [];
}

/// <summary>A modal on somebody's screen.</summary>
/// <param name="Hash">Changes with each update; views.update may ask for the one it knows.</param>
/// <param name="Definition">The view as the app sent it, checked, with every block_id filled in.</param>
public sealed record SlackView(string Id, string RootId, string UserId, string Hash, JsonElement Definition);

/// <summary>What happened to a message.</summary>
public enum SlackChangeKind
{
    Posted,
    Edited,
    Deleted,

    /// <summary>A modal of <see cref="SlackChange.UserId"/> was opened, changed or closed.</summary>
    ViewChanged,
}

/// <param name="UserId">The only user who sees the change; null when everyone in the channel does.</param>
public sealed record SlackChange(SlackChangeKind Kind, string? ChannelId, SlackMessage? Message, string? UserId);

using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>chat.*: the bot's messages. See https://docs.slack.dev/reference/methods/chat.postMessage.</summary>
internal sealed class ChatMethods(
    SlackSimulatorOptions options,
    SlackWorkspace workspace,
    BlockCheck blocks,
    Action<SlackMessage> posted)
{
    /// <summary>Longer text of a post is cut, without an error.</summary>
    private const int LongestPost = 40_000;

    /// <summary>Longer text of an update is refused.</summary>
    private const int LongestUpdate = 4_000;

    public IEnumerable<ApiMethod> All =>
    [
        new("chat.postMessage", RateTier.PostMessage, ["chat:write"], Post),
        new("chat.update", RateTier.Tier3, ["chat:write"], Update),
        new("chat.delete", RateTier.Tier3, ["chat:write"], Delete),
        new("chat.postEphemeral", RateTier.Tier4, ["chat:write"], PostEphemeral),
        new("chat.getPermalink", RateTier.Special, [], Permalink) { IsReading = true },
    ];

    private JsonObject Post(ApiArguments arguments)
    {
        var channel = Writable(arguments);
        var content = Content(arguments);
        var thread = ThreadOf(channel, arguments);
        var message = workspace.Post(channel.Id, workspace.BotUser.Id, content, thread);
        posted(message);
        return new JsonObject
        {
            ["channel"] = channel.Id,
            ["ts"] = message.Ts,
            ["message"] = MessageJson.Of(message, workspace, withMetadata: true),
        };
    }

    private JsonObject PostEphemeral(ApiArguments arguments)
    {
        var channel = Writable(arguments);
        var user = workspace.FindUser(arguments.Require("user")) ?? throw new SlackRefusal("user_not_in_channel");
        if (!channel.Members.Contains(user.Id))
        {
            throw new SlackRefusal("user_not_in_channel");
        }

        var content = Content(arguments);
        var message = workspace.Post(channel.Id, workspace.BotUser.Id, content, ThreadOf(channel, arguments), user.Id);
        return new JsonObject { ["message_ts"] = message.Ts };
    }

    private JsonObject Update(ApiArguments arguments)
    {
        var channel = Known(arguments);
        var ts = arguments.Require("ts");
        Own(channel, ts, "cant_update_message");
        var text = arguments.Text("text");
        var wanted = arguments.Json("blocks", "invalid_blocks_format");
        if (text is null && wanted is null && !arguments.Has("attachments"))
        {
            throw new SlackRefusal("no_text");
        }

        if (text?.Length > LongestUpdate)
        {
            throw new SlackRefusal("msg_too_long");
        }

        var checkedBlocks = wanted is { } some ? blocks.Message(some) : (JsonElement?)null;
        var metadata = Metadata(arguments);
        var message = workspace.Edit(channel.Id, ts, before => new SlackContent(
            text ?? before.Text,
            checkedBlocks ?? before.Blocks, // what isn't sent stays
            arguments.Json("attachments") ?? before.Attachments,
            metadata ?? before.Metadata)) ?? throw new SlackRefusal("message_not_found");
        return new JsonObject
        {
            ["channel"] = channel.Id,
            ["ts"] = ts,
            ["text"] = message.Content.Text,
            ["message"] = MessageJson.Of(message, workspace, withMetadata: true),
        };
    }

    private JsonObject Delete(ApiArguments arguments)
    {
        var channel = Known(arguments);
        var ts = arguments.Require("ts");
        Own(channel, ts, "cant_delete_message");
        workspace.Delete(channel.Id, ts);
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = ts };
    }

    private JsonObject Permalink(ApiArguments arguments)
    {
        var channel = Known(arguments);
        var ts = arguments.Require("message_ts");
        if (workspace.FindMessage(channel.Id, ts) is not { EphemeralFor: null })
        {
            throw new SlackRefusal("message_not_found");
        }

        var place = ts.Replace(".", "", StringComparison.Ordinal);
        return new JsonObject
        {
            ["channel"] = channel.Id,
            ["permalink"] = $"https://{workspace.TeamName.ToLowerInvariant()}.slack.com/archives/{channel.Id}/p{place}",
        };
    }

    private SlackChannel Known(ApiArguments arguments) =>
        workspace.FindChannel(arguments.Require("channel")) ?? throw new SlackRefusal("channel_not_found");

    private SlackChannel Writable(ApiArguments arguments)
    {
        var id = arguments.Require("channel");
        if (id is ['U' or 'W', ..] && workspace.FindUser(id) is { IsBot: false } user)
        {
            return workspace.DirectMessage(user);
        }

        var channel = Known(arguments);
        var isMember = channel.Members.Contains(workspace.BotUser.Id);
        if (!isMember && channel.IsPrivate)
        {
            throw new SlackRefusal("channel_not_found"); // a private channel isn't even admitted to exist
        }

        if (!isMember && !options.BotScopes.Contains("chat:write.public"))
        {
            throw new SlackRefusal("not_in_channel");
        }

        return channel.IsArchived ? throw new SlackRefusal("is_archived") : channel;
    }

    /// <summary>The bot changes only what it wrote; an ephemeral message nobody can change by its timestamp.</summary>
    private void Own(SlackChannel channel, string ts, string refusal)
    {
        var message = workspace.FindMessage(channel.Id, ts);
        if (message is not { EphemeralFor: null })
        {
            throw new SlackRefusal("message_not_found");
        }

        if (message.AuthorId != workspace.BotUser.Id)
        {
            throw new SlackRefusal(refusal);
        }

        if (channel.IsArchived)
        {
            throw new SlackRefusal("is_archived");
        }
    }

    private string? ThreadOf(SlackChannel channel, ApiArguments arguments)
    {
        if (arguments.Text("thread_ts") is not { Length: > 0 } ts)
        {
            return null;
        }

        var parent = workspace.FindMessage(channel.Id, ts);
        return parent is { EphemeralFor: null }
            ? parent.ThreadTs ?? parent.Ts // an answer to a reply joins the reply's thread
            : throw new SlackRefusal("thread_not_found");
    }

    private SlackContent Content(ApiArguments arguments)
    {
        var text = arguments.Text("text") ?? "";
        var wanted = arguments.Json("blocks", "invalid_blocks_format");
        var attachments = arguments.Json("attachments");
        if (text.Length == 0 && wanted is null && attachments is null)
        {
            throw new SlackRefusal("no_text");
        }

        return new SlackContent(
            text.Length > LongestPost ? text[..LongestPost] : text,
            wanted is { } some ? blocks.Message(some) : null,
            attachments,
            Metadata(arguments));
    }

    /// <summary>See https://docs.slack.dev/messaging/message-metadata.</summary>
    private static JsonElement? Metadata(ApiArguments arguments)
    {
        if (arguments.Json("metadata", "invalid_metadata_format") is not { } metadata)
        {
            return null;
        }

        var isSound = metadata.ValueKind is JsonValueKind.Object
            && metadata.TryGetProperty("event_type", out var type) && type.ValueKind is JsonValueKind.String
            && metadata.TryGetProperty("event_payload", out var payload) && payload.ValueKind is JsonValueKind.Object;
        return isSound ? metadata : throw new SlackRefusal(
            "invalid_metadata_format", "metadata needs event_type (string) and event_payload (object) [json-pointer:/metadata]");
    }
}

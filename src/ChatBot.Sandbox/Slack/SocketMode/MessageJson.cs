using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>Messages, channels and users as Slack's JSON shows them.</summary>
internal static class MessageJson
{
    public static JsonObject Of(SlackMessage message, SlackWorkspace workspace, bool withMetadata)
    {
        var json = new JsonObject
        {
            ["type"] = "message",
            ["user"] = message.AuthorId,
            ["ts"] = message.Ts,
            ["text"] = message.Content.Text,
            ["team"] = workspace.TeamId,
        };
        if (message.AuthorId == workspace.BotUser.Id)
        {
            json["bot_id"] = workspace.BotId;
            json["app_id"] = workspace.AppId;
        }

        if (message.Files.Count > 0)
        {
            json["files"] = new JsonArray([.. message.Files.Select(Of)]);
        }

        Put(json, "blocks", message.Content.Blocks);
        Put(json, "attachments", message.Content.Attachments);
        if (withMetadata)
        {
            Put(json, "metadata", message.Content.Metadata);
        }

        if (message.EditedTs is { } edited)
        {
            json["edited"] = new JsonObject { ["user"] = message.AuthorId, ["ts"] = edited };
        }

        PutThread(json, message, workspace);
        return json;
    }

    /// <summary>The bytes are behind an address in Slack; here only people read them.</summary>
    public static JsonObject Of(SlackFile file) => new()
    {
        ["id"] = file.Id,
        ["name"] = file.Name,
        ["title"] = file.Title,
        ["user"] = file.OwnerId,
        ["size"] = file.Content.Length,
        ["mode"] = "hosted",
        ["is_external"] = false,
    };

    public static JsonObject Of(SlackChannel channel, SlackWorkspace workspace) => new()
    {
        ["id"] = channel.Id,
        ["name"] = channel.Name,
        ["is_channel"] = !channel.IsDirect,
        ["is_im"] = channel.IsDirect,
        ["is_private"] = channel.IsPrivate,
        ["is_archived"] = channel.IsArchived,
        ["is_ext_shared"] = channel.IsExtShared,
        ["is_shared"] = channel.IsExtShared,
        ["is_member"] = channel.Members.Contains(workspace.BotUser.Id),
        ["num_members"] = channel.Members.Count,
        ["context_team_id"] = workspace.TeamId,
    };

    public static JsonObject Of(SlackUser user, SlackWorkspace workspace) => new()
    {
        ["id"] = user.Id,
        ["team_id"] = user.TeamId ?? workspace.TeamId,
        ["name"] = user.Name,
        ["real_name"] = user.RealName,
        ["deleted"] = user.IsDeleted,
        ["is_bot"] = user.IsBot,
        ["is_restricted"] = user.IsRestricted,
        ["is_ultra_restricted"] = user.IsUltraRestricted,
        ["is_stranger"] = user.IsStranger,
        ["tz"] = "Etc/UTC",
        ["tz_offset"] = 0,
        ["profile"] = new JsonObject { ["real_name"] = user.RealName, ["display_name"] = user.Name },
    };

    public static JsonObject Of(SlackView view, SlackWorkspace workspace)
    {
        var json = JsonObject.Create(view.Definition)!;
        json["id"] = view.Id;
        json["team_id"] = workspace.TeamId;
        json["app_id"] = workspace.AppId;
        json["bot_id"] = workspace.BotId;
        json["hash"] = view.Hash;
        json["root_view_id"] = view.RootId;
        json["previous_view_id"] = null;
        json["private_metadata"] ??= "";
        json["callback_id"] ??= "";
        return json;
    }

    private static void Put(JsonObject json, string name, JsonElement? value)
    {
        if (value is { } some)
        {
            json[name] = some.ValueKind is JsonValueKind.Array ? JsonArray.Create(some) : JsonObject.Create(some);
        }
    }

    private static void PutThread(JsonObject json, SlackMessage message, SlackWorkspace workspace)
    {
        if (message.ThreadTs is { } parent)
        {
            json["thread_ts"] = parent;
            json["parent_user_id"] = workspace.FindMessage(message.ChannelId, parent)?.AuthorId;
            return;
        }

        var replies = workspace.Messages(message.ChannelId)
            .Where(reply => reply.ThreadTs == message.Ts && reply.EphemeralFor is null)
            .ToList();
        if (replies.Count > 0)
        {
            json["thread_ts"] = message.Ts;
            json["reply_count"] = replies.Count;
            json["reply_users_count"] = replies.DistinctBy(reply => reply.AuthorId).Count();
            json["latest_reply"] = replies[^1].Ts;
        }
    }
}

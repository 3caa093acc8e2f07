using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>conversations.*: where messages are, and reading them back.</summary>
internal sealed class ConversationMethods(SlackWorkspace workspace)
{
    public IEnumerable<ApiMethod> All =>
    [
        new("conversations.info", RateTier.Tier3, ["channels:read", "groups:read"], Info) { IsReading = true },
        new("conversations.history", RateTier.Tier3, ["channels:history", "groups:history"], History) { IsReading = true },
        new("conversations.replies", RateTier.Tier3, ["channels:history", "groups:history"], Replies) { IsReading = true },
        new("conversations.open", RateTier.Tier3, ["im:write"], Open),
    ];

    private JsonObject Info(ApiArguments arguments) => new() { ["channel"] = MessageJson.Of(Visible(arguments), workspace) };

    private JsonObject Open(ApiArguments arguments)
    {
        var user = workspace.FindUser(arguments.Require("users").Split(',')[0]) ?? throw new SlackRefusal("user_not_found");
        return user.IsDeleted
            ? throw new SlackRefusal("user_disabled")
            : new JsonObject { ["channel"] = new JsonObject { ["id"] = workspace.DirectMessage(user).Id } };
    }

    /// <summary>The channel's own messages, newest first.</summary>
    private JsonObject History(ApiArguments arguments)
    {
        var channel = Readable(arguments);
        var messages = workspace.Messages(channel.Id)
            .Where(message => message is { ThreadTs: null, EphemeralFor: null })
            .Reverse();
        return Page(arguments, messages, newestFirst: true);
    }

    /// <summary>A parent and its replies, oldest first.</summary>
    private JsonObject Replies(ApiArguments arguments)
    {
        var channel = Readable(arguments);
        var ts = arguments.Require("ts");
        var messages = workspace.Messages(channel.Id)
            .Where(message => message.EphemeralFor is null && (message.Ts == ts || message.ThreadTs == ts))
            .ToList();
        return messages.Count == 0 ? throw new SlackRefusal("thread_not_found") : Page(arguments, messages, newestFirst: false);
    }

    private SlackChannel Visible(ApiArguments arguments)
    {
        var channel = workspace.FindChannel(arguments.Require("channel"));
        return channel is null || (channel.IsPrivate && !channel.Members.Contains(workspace.BotUser.Id))
            ? throw new SlackRefusal("channel_not_found")
            : channel;
    }

    private SlackChannel Readable(ApiArguments arguments)
    {
        var channel = Visible(arguments);
        return channel.Members.Contains(workspace.BotUser.Id) ? channel : throw new SlackRefusal("not_in_channel");
    }

    private JsonObject Page(ApiArguments arguments, IEnumerable<SlackMessage> messages, bool newestFirst)
    {
        var limit = arguments.Number("limit", otherwise: 100, max: 999);
        var oldest = arguments.Text("oldest");
        var latest = arguments.Text("latest");
        var inclusive = arguments.Flag("inclusive");
        var cursor = arguments.Text("cursor") is { Length: > 0 } text ? text : null;
        var matching = messages
            .Where(message => oldest is null or "0" || After(message.Ts, oldest, inclusive))
            .Where(message => latest is null || After(latest, message.Ts, inclusive))
            .Where(message => cursor is null
                || (newestFirst ? After(cursor, message.Ts, orSame: true) : After(message.Ts, cursor, orSame: true)))
            .Take(limit + 1)
            .ToList();
        var hasMore = matching.Count > limit;
        var withMetadata = arguments.Flag("include_all_metadata");
        var page = matching.Take(limit).Select(message => MessageJson.Of(message, workspace, withMetadata));
        return new JsonObject
        {
            ["messages"] = new JsonArray([.. page]),
            ["has_more"] = hasMore,
            ["response_metadata"] = new JsonObject { ["next_cursor"] = hasMore ? matching[limit].Ts : "" },
        };
    }

    private static bool After(string ts, string than, bool orSame)
    {
        var order = decimal.Parse(ts, null).CompareTo(decimal.TryParse(than, out var other)
            ? other
            : throw new SlackRefusal("invalid_ts_latest"));
        return order > 0 || (orSame && order == 0);
    }
}

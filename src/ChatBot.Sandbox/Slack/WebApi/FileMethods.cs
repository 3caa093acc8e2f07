using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>files.*: a file in three steps: an address, the bytes to it, and the message that shows it.</summary>
/// <remarks>See https://docs.slack.dev/reference/methods/files.completeUploadExternal.</remarks>
internal sealed class FileMethods(SlackWorkspace workspace, FileUploads uploads, Action<SlackMessage> posted)
{
    /// <summary>Far above what anybody reads in a channel; Slack takes 1 GB: 20 MB.</summary>
    private const int LargestFile = 20_000_000;

    /// <summary>What is shown with its lines numbered and coloured: 1 MB, as in Slack.</summary>
    private const int LargestSnippet = 1_000_000;

    private const int MostChannels = 100;

    public IEnumerable<ApiMethod> All =>
    [
        // It writes, but the real one drops a JSON body all the same (github.com/Octember/earshot/pull/10).
        new("files.getUploadURLExternal", RateTier.Tier4, ["files:write"], Begin) { IsReading = true },
        new("files.completeUploadExternal", RateTier.Tier4, ["files:write"], Complete),
    ];

    private JsonObject Begin(ApiArguments arguments)
    {
        var name = arguments.Require("filename");
        var length = arguments.Require("length") is var text && int.TryParse(text, out var bytes) && bytes >= 0
            ? bytes
            : throw new SlackRefusal("invalid_arguments", "must be an integer [json-pointer:/length]");
        if (length == 0)
        {
            throw new SlackRefusal("missing_argument");
        }

        if (length > LargestFile)
        {
            throw new SlackRefusal("file_upload_size_restricted");
        }

        if (arguments.Text("snippet_type") is { Length: > 0 } && length > LargestSnippet)
        {
            throw new SlackRefusal("snippet_too_large");
        }

        var (id, url) = uploads.Issue(name, length);
        return new JsonObject { ["upload_url"] = url, ["file_id"] = id };
    }

    /// <summary>Shares the files as one message in each channel; without a channel they stay private.</summary>
    /// <remarks>The real one answers before the message stands in the channel; here it stands there.</remarks>
    private JsonObject Complete(ApiArguments arguments)
    {
        var wanted = Wanted(arguments.Json("files") ?? throw new SlackRefusal("invalid_arguments", "missing required field: files"));
        var channels = Channels(arguments);
        var threads = channels.Select(channel => ThreadOf(channel, arguments.Text("thread_ts"))).ToList();
        var files = uploads.Complete(wanted);
        foreach (var (channel, thread) in channels.Zip(threads))
        {
            posted(workspace.Post(
                channel.Id,
                workspace.BotUser.Id,
                new SlackContent(arguments.Text("initial_comment") ?? ""),
                thread,
                files: files));
        }

        return new JsonObject { ["files"] = new JsonArray([.. files.Select(MessageJson.Of)]) };
    }

    private static List<(string FileId, string? Title)> Wanted(JsonElement files)
    {
        var wanted = files.ValueKind is JsonValueKind.Array
            ? files.EnumerateArray().Select(file => (Text(file, "id"), Title: Text(file, "title"))).ToList()
            : [];
        return wanted.Count > 0 && wanted.All(file => file.Item1 is not null)
            ? [.. wanted.Select(file => (file.Item1!, file.Title))]
            : throw new SlackRefusal("invalid_arguments", "must be an array of objects with an id [json-pointer:/files]");
    }

    private List<SlackChannel> Channels(ApiArguments arguments)
    {
        var ids = (arguments.Text("channel_id") ?? arguments.Text("channels") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        return ids.Length <= MostChannels ? [.. ids.Select(Writable)] : throw new SlackRefusal("channels_limit_exceeded");
    }

    /// <summary>Only where the bot is a member: chat:write.public isn't about files.</summary>
    private SlackChannel Writable(string id)
    {
        var channel = workspace.FindChannel(id) ?? throw new SlackRefusal("channel_not_found");
        var isMember = channel.Members.Contains(workspace.BotUser.Id);
        return !isMember ? throw new SlackRefusal(channel.IsPrivate ? "channel_not_found" : "not_in_channel")
            : channel.IsArchived ? throw new SlackRefusal("is_archived")
            : channel;
    }

    /// <summary>What Slack does with a thread that isn't there is not documented; here it is refused, as in chat.postMessage.</summary>
    private string? ThreadOf(SlackChannel channel, string? ts) => ts is not { Length: > 0 }
        ? null
        : workspace.FindMessage(channel.Id, ts) is { EphemeralFor: null } parent
            ? parent.ThreadTs ?? parent.Ts
            : throw new SlackRefusal("thread_not_found");

    private static string? Text(JsonElement holder, string name) =>
        holder.ValueKind is JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}

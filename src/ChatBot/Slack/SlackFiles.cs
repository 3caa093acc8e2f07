using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack;

/// <summary>
/// Text or a picture as a file in a channel or thread: an address for it, the bytes to it, and the message that shows it.
/// See https://docs.slack.dev/messaging/working-with-files. Needs the scope <c>files:write</c>.
/// </summary>
internal sealed class SlackFiles(ISlackWire wire)
{
    /// <summary>Shares a file once. A failure tells by <see cref="SlackCallException.MayHaveHappened"/> whether people may see it.</summary>
    /// <param name="threadTs">The first message of a thread; null for the channel itself.</param>
    /// <param name="name">With its ending, by which Slack chooses colours: <c>pgbouncer.ini</c>.</param>
    /// <param name="title">Stands above the file.</param>
    /// <param name="content">Text as UTF-8, which is shown as it is: nothing in it is a mention or a link; or a picture. From 1 to 1,000,000 bytes.</param>
    /// <param name="shows">What a picture shows, for whoever can't see it; null for text. Cut to what Slack takes.</param>
    /// <param name="comment">The message the file comes with; null for none.</param>
    /// <returns>Slack's id of the file: <c>F…</c>.</returns>
    /// <exception cref="SlackCallException">The file wasn't shared, or nobody knows.</exception>
    public async Task<string> ShareAsync(
        string channel,
        string? threadTs,
        string name,
        string title,
        ReadOnlyMemory<byte> content,
        string? shows,
        Mrkdwn? comment,
        CancellationToken cancellationToken)
    {
        SlackLimits.FileName.Check(name);
        SlackLimits.File.Check(content.Length, "bytes");
        var id = await UploadAsync(name, content, shows, cancellationToken);
        var arguments = new JsonObject
        {
            ["files"] = new JsonArray(new JsonObject { ["id"] = id, ["title"] = title }),
            ["channel_id"] = channel,
        };
        if (threadTs is not null)
        {
            arguments["thread_ts"] = threadTs;
        }

        if (comment is not null)
        {
            arguments["initial_comment"] = comment.ToString();
        }

        await wire.CallAsync("files.completeUploadExternal", arguments, cancellationToken);
        return id;
    }

    private async Task<string> UploadAsync(string name, ReadOnlyMemory<byte> content, string? shows, CancellationToken cancellationToken)
    {
        const string method = "files.getUploadURLExternal";
        try
        {
            // Plain arguments go as a form: this method ignores JSON.
            var arguments = new JsonObject { ["filename"] = name, ["length"] = content.Length };
            if (shows is { Length: > 0 })
            {
                arguments["alt_txt"] = ForeignText.From(shows, SlackLimits.FileAlternative.Most).Value;
            }

            var place = await wire.CallAsync(method, arguments, cancellationToken);
            if (Text(place, "file_id") is not { } id || Text(place, "upload_url") is not { } url)
            {
                throw new SlackCallException(method, SlackFailure.Unreadable, null, null, false, "the answer has no file_id or no upload_url");
            }

            await wire.UploadAsync(url, content, cancellationToken);
            return id;
        }
        catch (SlackCallException failed)
        {
            throw failed.WithoutEffect(); // a file that was never shared is forgotten by Slack, and nobody sees it
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}

using System.Security.Cryptography;
using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>Where a response goes, and how often and how long it may.</summary>
/// <param name="Original">The message that was pressed; null for a command.</param>
internal sealed record ResponseTarget(string ChannelId, string UserId, SlackMessage? Original, long IssuedAt, int Uses = 0);

/// <summary>
/// The app's answers to one interaction: five within 30 minutes, without a token and without being in the channel.
/// See https://docs.slack.dev/interactivity/handling-user-interaction.
/// </summary>
internal sealed class ResponseUrls(SlackSimulatorOptions options, SlackWorkspace workspace, BlockCheck blocks)
{
    private const int MostUses = 5;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResponseTarget> _issued = [];

    /// <summary>Known once the server listens: <c>http://127.0.0.1:PORT</c>.</summary>
    public string BaseUrl { get; set; } = "";

    public string Issue(string channelId, string userId, SlackMessage? original)
    {
        var id = RandomNumberGenerator.GetHexString(24, lowercase: true);
        lock (_gate)
        {
            _issued[id] = new ResponseTarget(channelId, userId, original, options.Time.GetTimestamp());
        }

        return $"{BaseUrl}/response/{workspace.TeamId}/{id}";
    }

    /// <exception cref="SlackRefusal"><c>used_url</c>, <c>expired_url</c>, or what is wrong with the message.</exception>
    public void Respond(string id, IReadOnlyDictionary<string, JsonElement> response)
    {
        ResponseTarget target;
        lock (_gate)
        {
            if (!_issued.TryGetValue(id, out target!) || target.Uses >= MostUses)
            {
                throw new SlackRefusal("used_url");
            }

            if (options.Time.GetElapsedTime(target.IssuedAt) > Lifetime)
            {
                throw new SlackRefusal("expired_url");
            }

            _issued[id] = target with { Uses = target.Uses + 1 };
        }

        Apply(target, response);
    }

    /// <summary>Carries out a response, come by URL or with the acknowledgement of a command.</summary>
    public void Apply(ResponseTarget target, IReadOnlyDictionary<string, JsonElement> response)
    {
        var arguments = new ApiArguments(response);
        if (arguments.Flag("delete_original"))
        {
            workspace.Delete(target.ChannelId, target.Original?.Ts ?? throw new SlackRefusal("no_original"));
            return;
        }

        var content = new SlackContent(
            arguments.Text("text") ?? "",
            arguments.Json("blocks") is { } wanted ? blocks.Message(wanted) : null,
            arguments.Json("attachments"));
        if (content is { Text: "", Blocks: null, Attachments: null })
        {
            throw new SlackRefusal("no_text");
        }

        if (arguments.Flag("replace_original") && target.Original is { } original)
        {
            workspace.Edit(target.ChannelId, original.Ts, _ => content);
            return;
        }

        // An ephemeral message never becomes everyone's, but an answer to one may be in the channel.
        var isForAll = arguments.Text("response_type") is "in_channel";
        workspace.Post(
            target.ChannelId,
            workspace.BotUser.Id,
            content,
            isForAll ? arguments.Text("thread_ts") : target.Original?.ThreadTs,
            isForAll ? null : target.UserId);
    }
}

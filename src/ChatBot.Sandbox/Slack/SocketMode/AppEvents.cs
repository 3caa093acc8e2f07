using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>Which of the things people say reach the app as events: those it subscribed to, where it is a member.</summary>
internal static class AppEvents
{
    /// <summary>Ends when the app acknowledged, the last try failed, or the simulator stops.</summary>
    public static async Task TellAsync(
        SlackSimulatorOptions options,
        SlackWorkspace workspace,
        Interactions interactions,
        SlackChannel channel,
        SlackMessage message,
        CancellationToken cancellationToken)
    {
        if (!channel.Members.Contains(workspace.BotUser.Id))
        {
            return;
        }

        var kind = channel.IsDirect ? "message.im" : channel.IsPrivate ? "message.groups" : "message.channels";
        var mention = $"<@{workspace.BotUser.Id}>";
        var isMention = message.AuthorId != workspace.BotUser.Id
            && message.Content.Text.Contains(mention, StringComparison.Ordinal);
        try
        {
            if (options.Events.Contains(kind))
            {
                var happened = Happened(workspace, message, "message");
                happened["channel_type"] = channel.IsDirect ? "im" : channel.IsPrivate ? "group" : "channel";
                await interactions.EventAsync(happened, cancellationToken);
            }

            if (isMention && options.Events.Contains("app_mention"))
            {
                await interactions.EventAsync(Happened(workspace, message, "app_mention"), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator stops.
        }
    }

    private static JsonObject Happened(SlackWorkspace workspace, SlackMessage message, string type)
    {
        var happened = MessageJson.Of(message, workspace, withMetadata: false);
        happened["type"] = type;
        happened["channel"] = message.ChannelId;
        happened["event_ts"] = message.Ts;
        if (message.Files.Count > 0)
        {
            happened["subtype"] = "file_share";
        }

        return happened;
    }
}

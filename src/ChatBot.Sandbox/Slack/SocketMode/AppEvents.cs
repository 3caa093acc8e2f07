using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>Which of the things people say reach the app as events: those it subscribed to, where it is a member.</summary>
internal static class AppEvents
{
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
        if (options.Events.Contains(kind))
        {
            var happened = Happened(workspace, message, "message");
            happened["channel_type"] = channel.IsDirect ? "im" : channel.IsPrivate ? "group" : "channel";
            await interactions.EventAsync(happened, cancellationToken);
        }

        var mention = $"<@{workspace.BotUser.Id}>";
        if (options.Events.Contains("app_mention") && message.Content.Text.Contains(mention, StringComparison.Ordinal))
        {
            await interactions.EventAsync(Happened(workspace, message, "app_mention"), cancellationToken);
        }
    }

    private static JsonObject Happened(SlackWorkspace workspace, SlackMessage message, string type)
    {
        var happened = MessageJson.Of(message, workspace, withMetadata: false);
        happened["type"] = type;
        happened["channel"] = message.ChannelId;
        happened["event_ts"] = message.Ts;
        return happened;
    }
}

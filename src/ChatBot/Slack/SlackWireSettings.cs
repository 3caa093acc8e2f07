using ChatBot.Configuration;

namespace ChatBot.Slack;

/// <summary>Where Slack is, who we are there, and how long we wait for it.</summary>
/// <param name="ApiUrl">Ends in a slash: <c>https://slack.com/api/</c>.</param>
/// <param name="BotToken">xoxb-…</param>
/// <param name="AppToken">xapp-…, with <c>connections:write</c>. Opens sockets and nothing else.</param>
internal sealed record SlackWireSettings(Uri ApiUrl, Secret BotToken, Secret AppToken)
{
    /// <summary>A call that takes longer has no answer. The default is 10 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From dialling to Slack's hello. The default is 10 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A socket without any frame or pong for this long is dead. The default is 75 s: Slack pings every 30 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The first wait before dialling again; doubled each time, with jitter. The default is 500 ms.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait before dialling again. The default is 30 s.</summary>
    public TimeSpan LongestReconnectDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The wait after Slack said that dialling won't help until a person does something: Socket Mode switched off, or
    /// too many sockets open. The default is 1 min.
    /// </summary>
    public TimeSpan RefusedDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Sockets kept open. The default is 2, so that one can be refreshed or lost; Slack allows 10 an app.</summary>
    public int Sockets { get; init; } = 2;
}

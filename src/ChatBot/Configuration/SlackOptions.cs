namespace ChatBot.Configuration;

/// <summary>Section <c>Slack</c>: which workspace, and when a silent Slack counts as gone.</summary>
internal sealed record SlackOptions
{
    /// <summary>Starts with <c>xoxb-</c>. Keys <c>BotToken</c> or <c>BotTokenFile</c>, exactly one of them.</summary>
    public required Secret BotToken { get; init; }

    /// <summary>Starts with <c>xapp-</c>, with the scope connections:write. Keys <c>AppToken</c> or
    /// <c>AppTokenFile</c>, exactly one of them.</summary>
    public required Secret AppToken { get; init; }

    /// <summary>Ends with a slash. Only https, but for a server on this machine.</summary>
    public Uri ApiUrl { get; init; } = new("https://slack.com/api/");

    /// <summary>How long one Web API call may take, from 100 ms to 2 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A socket that said nothing for so long, not even a ping, is dropped: from 100 ms to 10 minutes.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(75);
}

namespace ChatBot.Sandbox.Slack;

/// <param name="PerMinute">How fast it refills.</param>
/// <param name="Burst">How many may come at once.</param>
public sealed record SlackRate(double PerMinute, int Burst);

/// <summary>Slack's limits per method and, for posting, per channel.</summary>
/// <remarks>See https://docs.slack.dev/apis/web-api/rate-limits.</remarks>
public sealed record SlackRateLimits
{
    public static readonly SlackRateLimits AsSlack = new();

    public static readonly SlackRateLimits Off = new() { Enabled = false };

    public bool Enabled { get; init; } = true;

    /// <summary>One a second and channel, "with short bursts": Slack gives no number; three here.</summary>
    public SlackRate PostPerChannel { get; init; } = new(60, 3);

    /// <summary>"One or more a minute"; all ten sockets of an app may be opened at once.</summary>
    public SlackRate Tier1 { get; init; } = new(10, 20);

    public SlackRate Tier2 { get; init; } = new(20, 20);

    public SlackRate Tier3 { get; init; } = new(50, 50);

    public SlackRate Tier4 { get; init; } = new(100, 100);

    /// <summary>Methods Slack calls special: hundreds a minute.</summary>
    public SlackRate Special { get; init; } = new(300, 300);
}

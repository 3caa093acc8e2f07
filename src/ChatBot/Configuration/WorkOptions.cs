namespace ChatBot.Configuration;

/// <summary>Section <c>Work</c>: how effects, timers and messages to Slack are carried out.</summary>
internal sealed record WorkOptions
{
    /// <summary>A worker that hasn't renewed its claim for so long has lost it: from 100 ms to 10 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the store is asked for work nobody announced, from 10 ms to 1 minute.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Pieces of work done at the same time, from 1 to 64: so many for targets, so many for Slack, so many deliveries.
    /// </summary>
    public int Workers { get; init; } = 8;

    /// <summary>The longest pause between two tries, from 10 ms to 1 hour.</summary>
    public TimeSpan RetryAtMost { get; init; } = TimeSpan.FromSeconds(60);
}

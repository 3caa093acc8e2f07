using ChatBot.Incidents.Evidence;

namespace ChatBot.Configuration;

/// <summary>Section <c>Watch</c>: how a target is measured, and when it counts as relieved.</summary>
internal sealed record WatchOptions
{
    /// <summary>Pause between two measurements of a target with an open incident, from 100 ms to 5 minutes.</summary>
    public TimeSpan SampleEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between two questions who holds the connections, from 100 ms to 30 minutes.</summary>
    public TimeSpan ConsumersEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between the two looks that tell what changes on a target, from 100 ms to 30 s.</summary>
    public TimeSpan LookApart { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>An idle session that did nothing for so long rests in its pool or was left behind, from 1 s to 10 minutes.</summary>
    public TimeSpan StillFor { get; init; } = ConnectionConsumers.DefaultStillFor;

    /// <summary>Relieved means less than this share of the slots is in use, from 0.1 to 0.99.</summary>
    public double ReliefBelow { get; init; } = 0.80;

    /// <summary>... for at least this long, from 100 ms to 1 hour, and at most 80 times <see cref="SampleEvery"/>.</summary>
    public TimeSpan ReliefAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a relieved target is watched for a refill, from 100 ms to 1 day.</summary>
    public TimeSpan WatchFor { get; init; } = TimeSpan.FromMinutes(30);
}

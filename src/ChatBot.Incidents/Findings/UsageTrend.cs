using System.Collections.Immutable;

namespace ChatBot.Incidents.Findings;

/// <summary>How fast a server fills, from its latest measurements.</summary>
/// <param name="PerMinute">Sessions a minute, negative when it empties; null when there are too few measurements to say.</param>
/// <param name="FullIn">When ordinary users get no slot any more, at this rate; null when it doesn't rise or is full already.</param>
public sealed record UsageTrend(double? PerMinute, TimeSpan? FullIn)
{
    /// <summary>Fewer measurements than this are chance: 3.</summary>
    public const int AtLeast = 3;

    /// <summary>Older measurements say what was, not what is: 2 minutes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>A change of fewer sessions than this is noise: 2.</summary>
    public const int Noise = 2;

    /// <summary>A server that is full later than this doesn't rise: 1 day. (A slope of next to nothing has no moment at all.)</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(1);

    /// <summary>The straight line through the measurements of the window (least squares).</summary>
    public static UsageTrend Of(ImmutableArray<UsageSample> samples)
    {
        if (samples.IsEmpty)
        {
            return new UsageTrend(null, null);
        }

        var last = samples[^1];
        var recent = samples.Where(sample => last.At - sample.At <= Window).ToArray();
        if (recent.Length < AtLeast || recent[^1].At == recent[0].At)
        {
            return new UsageTrend(null, null);
        }

        if (Math.Abs(last.Usage.Used - recent[0].Usage.Used) < Noise)
        {
            return new UsageTrend(0, null);
        }

        var minutes = recent.Select(sample => (sample.At - recent[0].At).TotalMinutes).ToArray();
        var used = recent.Select(sample => (double)sample.Usage.Used).ToArray();
        var (meanMinutes, meanUsed) = (minutes.Average(), used.Average());
        var slope = minutes.Zip(used, (m, u) => (m - meanMinutes) * (u - meanUsed)).Sum()
            / minutes.Sum(m => (m - meanMinutes) * (m - meanMinutes));

        var rises = last.Usage.Free > 0 && slope * Horizon.TotalMinutes >= last.Usage.Free;
        return new UsageTrend(slope, rises ? TimeSpan.FromMinutes(last.Usage.Free / slope) : null);
    }
}

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Metrics;

/// <summary>When the slots are all taken, if it goes on as it did, and how straight it went.</summary>
/// <param name="At">When the line reaches the limit.</param>
/// <param name="PerMinute">Sessions a minute; above 0.</param>
/// <param name="Fit">How much of what was measured the line explains, from 0 to 1 (coefficient of determination).</param>
/// <param name="Over">How much of the past the line was laid through.</param>
public sealed record FullForecast(DateTimeOffset At, double PerMinute, double Fit, TimeSpan Over)
{
    /// <summary>The line is laid through so much: 15 min. What happened before says little of a leak that has begun.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Fewer measurements than these are chance.</summary>
    private const int AtLeast = 5;

    /// <summary>A line that explains less than this is none: 0.5 (experience).</summary>
    private const double Straight = 0.5;

    /// <summary>From here on it is called sure: 0.9 (experience).</summary>
    public const double Sure = 0.9;

    /// <summary>Later than this nobody believes: 1 day.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(1);

    /// <summary>Null when it is full, doesn't rise, rises in no line, or nobody knows the limit.</summary>
    public static FullForecast? Of(MetricReading reading)
    {
        if (reading.Graphs.FirstOrDefault(graph => graph.Kind is GraphKind.Slots) is not { Limit: { } limit } slots)
        {
            return null;
        }

        // A value in between that is missing would look like a fall.
        var points = Enumerable.Range(0, limit.Values.Count)
            .Where(at => limit.Values[at] is not null && slots.Curves.Any(curve => !curve.IsLimit && curve.Values[at] is not null))
            .Select(at => (At: reading.TimeOf(at), Used: slots.Curves.Where(curve => !curve.IsLimit).Sum(curve => curve.Values[at] ?? 0), Limit: limit.Values[at]!.Value))
            .ToArray();
        var latest = points.Where(point => points[^1].At - point.At <= Window).ToArray();
        if (latest.Length < AtLeast || latest[^1].Used >= latest[^1].Limit)
        {
            return null;
        }

        var minutes = latest.Select(point => (point.At - latest[0].At).TotalMinutes).ToArray();
        var used = latest.Select(point => point.Used).ToArray();
        var (meanMinutes, meanUsed) = (minutes.Average(), used.Average());
        var together = minutes.Zip(used, (m, u) => (m - meanMinutes) * (u - meanUsed)).Sum();
        var (across, along) = (minutes.Sum(m => (m - meanMinutes) * (m - meanMinutes)), used.Sum(u => (u - meanUsed) * (u - meanUsed)));
        if (together <= 0 || along == 0)
        {
            return null;
        }

        var (slope, fit) = (together / across, together * together / (across * along));
        var left = (latest[^1].Limit - latest[^1].Used) / slope;
        return fit >= Straight && left <= Horizon.TotalMinutes
            ? new FullForecast(latest[^1].At + TimeSpan.FromMinutes(left), slope, fit, latest[^1].At - latest[0].At)
            : null;
    }
}

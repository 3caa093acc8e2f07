using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Metrics;

/// <summary>The same curves from the bot's own measurements, where no monitoring has them.</summary>
public static class OwnSamples
{
    /// <summary>More points than these no picture shows: 240.</summary>
    public const int PointsAtMost = 240;

    /// <returns>Null when it was measured fewer than twice.</returns>
    public static MetricReading? Of(Incident incident)
    {
        var samples = incident.Samples;
        if (samples.Length < 2)
        {
            return null;
        }

        var pauses = samples.Zip(samples.Skip(1), (former, later) => later.At - former.At).Order().ToArray();
        var span = samples[^1].At - samples[0].At;
        var step = new[] { pauses[pauses.Length / 2], span / (PointsAtMost - 1), TimeSpan.FromMilliseconds(100) }.Max();
        var count = (int)(span / step) + 1;
        var places = new UsageSample?[count];
        foreach (var sample in samples)
        {
            places[Math.Min(count - 1, (int)Math.Round((sample.At - samples[0].At) / step))] = sample;
        }

        return new MetricReading(
            MetricOrigin.OwnSamples,
            samples[0].At,
            step,
            [
                new MetricGraph(
                    GraphKind.Slots,
                    samples[^1].Usage.SeesEverything
                        ? [Curve("active", usage => usage.Active), Curve("idle in a transaction", usage => usage.IdleInTransaction), Curve("idle", usage => usage.Idle), Others(), Limit()]
                        : [Curve("taken", usage => usage.Used), Limit()]),
            ]);

        MetricCurve Curve(string name, Func<ConnectionUsage, double> read) => new(ForeignText.From(name, 63), [.. places.Select(place => place is null ? (double?)null : read(place.Usage))]);
        MetricCurve Others() => Curve("other", usage => Math.Max(0, usage.Used - usage.Active - usage.Idle - usage.IdleInTransaction));
        MetricCurve Limit() => Curve("slots", usage => usage.Capacity) with { IsLimit = true };
    }
}

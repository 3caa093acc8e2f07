using System.Collections.Immutable;

namespace ChatBot.Incidents.Findings;

/// <summary>Since when a server fills, as far as the incident's own measurements tell.</summary>
public static class RiseRule
{
    /// <summary>Whoever opens an incident saw the rise for a while; the runbook's own command reads so much of the logs: 1 h.</summary>
    public static readonly TimeSpan UsualBefore = TimeSpan.FromHours(1);

    /// <summary>What goes wrong shows in the logs before it fills the server: 5 min.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(5);

    /// <summary>A rise of less than a tenth of the slots is the usual coming and going (experience).</summary>
    private const double AtLeast = 0.10;

    /// <summary>The last measurement before it rose, since the latest change.</summary>
    /// <returns>Null when it doesn't rise, or had risen already when somebody first looked.</returns>
    public static DateTimeOffset? BeganAt(ImmutableArray<UsageSample> samples)
    {
        if (samples.Length < UsageTrend.AtLeast)
        {
            return null;
        }

        var least = samples.Min(sample => sample.Usage.Used);
        var low = samples.Last(sample => sample.Usage.Used - least < UsageTrend.Noise);
        var grown = samples[^1].Usage.Used - least;

        // What is low at the first look and high at the next had risen before: nobody knows since when.
        return grown >= Math.Max(UsageTrend.Noise, AtLeast * samples[^1].Usage.Capacity) && low.At > samples[0].At ? low.At : null;
    }

    /// <summary>From when on logs are worth reading.</summary>
    /// <param name="before">How long before the incident, where the rise was not seen to begin.</param>
    public static DateTimeOffset LogsSince(Incident incident, TimeSpan before) =>
        BeganAt(incident.SinceChange) is { } rise ? rise - Lead : incident.OpenedAt - before;
}

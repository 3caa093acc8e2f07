using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>An autoscaler raised a service's number of pods: each brings a pool of its own, without a rollout.</summary>
/// <param name="From">Null when nobody told.</param>
/// <param name="Now">Pods that it sees.</param>
/// <param name="Most">How far it may go.</param>
/// <param name="At">When it changed the number last.</param>
/// <param name="IsCertain">The cluster tells that it was raised then; otherwise only that it was changed, and is more than it must be.</param>
public sealed record AutoscalerRise(int? From, int Now, int Most, DateTimeOffset At, bool IsCertain);

/// <summary>Whether an autoscaler raised a workload about when the server began to fill.</summary>
public static class AutoscalerRule
{
    /// <summary>New pods start, and then take connections: what happened so long before the rise may be why (experience: 10 min).</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(10);

    /// <summary>The autoscaler writes down when it changed the number; the workload's controller follows, and tells of it: within 60 s.</summary>
    private static readonly TimeSpan Follows = TimeSpan.FromSeconds(60);

    /// <summary>Both times are whole seconds.</summary>
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <param name="rise">Since when it fills, or since when somebody cared.</param>
    /// <returns>Null when it did not, or took pods away, or keeps to its least.</returns>
    public static AutoscalerRise? Of(WorkloadLook workload, DateTimeOffset rise)
    {
        if (workload.Autoscaler is not { ScaledAt: { } at } scaler || scaler.Current <= scaler.Minimum || at < rise - Before)
        {
            return null;
        }

        var done = scaler.Scalings.FirstOrDefault(scaling => scaling.At >= at - Second && scaling.At <= at + Follows);
        if (done is { IsUp: false })
        {
            return null;
        }

        return new AutoscalerRise(done is null ? null : Start(scaler.Scalings, done, rise - Before), scaler.Current, scaler.Maximum, at, done is not null);
    }

    /// <summary>From where the last of several steps up began. Up from nothing is a rollout, or the workload's own beginning.</summary>
    private static int? Start(IReadOnlyList<PodScaling> scalings, PodScaling last, DateTimeOffset since)
    {
        // Where a step doesn't tell, the one before it ended there.
        var steps = scalings.Select((step, at) => (Step: step, From: step.From ?? scalings.ElementAtOrDefault(at + 1)?.To)).SkipWhile(each => each.Step != last);
        return steps.TakeWhile(each => each.Step.IsUp && each.From > 0 && (each.Step.At >= since || each.Step == last)).Select(each => each.From).LastOrDefault();
    }
}

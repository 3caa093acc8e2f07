using System.Collections.Immutable;

namespace ChatBot.Incidents.Findings;

/// <summary>Whether a change brought room: the target stays below the mark for a while, and let the bot in each time.</summary>
public static class ReliefRule
{
    /// <summary>Every measurement since the change is below the mark, and they span the time it has to hold.</summary>
    public static bool Holds(ImmutableArray<UsageSample> samples, DateTimeOffset since, DateTimeOffset now, Policy policy)
    {
        var after = samples.Where(sample => sample.At >= since).ToArray();
        var lastAbove = Array.FindLastIndex(after, sample => !IsBelow(sample, policy));
        var below = after[(lastAbove + 1)..];
        return below.Length >= 2 && now - below[0].At >= policy.ReliefAfter;
    }

    /// <summary>Still at or above the mark when it should have held; or it never settles in three times that.</summary>
    /// <remarks>The time counts from the first measurement after the change: while nobody measured, nothing failed.</remarks>
    public static bool Failed(ImmutableArray<UsageSample> samples, DateTimeOffset since, DateTimeOffset now, Policy policy) =>
        samples.FirstOrDefault(sample => sample.At >= since) is { } first
        && ((now - first.At >= policy.ReliefAfter && !IsBelow(samples[^1], policy)) || IsOverdue(first.At, now, policy));

    /// <summary>The change had three times the time it needs to show.</summary>
    public static bool IsOverdue(DateTimeOffset since, DateTimeOffset now, Policy policy) => now - since >= 3 * policy.ReliefAfter;

    /// <summary>The target was above the mark at that moment, and has been below it for the time it has to hold.</summary>
    public static bool CameMeanwhile(ImmutableArray<UsageSample> samples, DateTimeOffset since, DateTimeOffset now, Policy policy) =>
        samples.LastOrDefault(sample => sample.At <= since) is { } then && !IsBelow(then, policy) && Holds(samples, since, now, policy);

    /// <summary>Below the mark, and the bot's own login was not refused.</summary>
    public static bool IsBelow(UsageSample sample, Policy policy) =>
        sample.Usage.Ratio < policy.ReliefBelow && sample.Usage.RefusedLogins == 0;
}

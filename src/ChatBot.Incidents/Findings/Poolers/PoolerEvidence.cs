using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>What an incident says about the size of a pooler.</summary>
/// <param name="Capacity">Slots that ordinary users can have, at the latest measurement.</param>
/// <param name="PeakUsed">Slots in use at the fullest measurement.</param>
/// <param name="PeakBusy">
/// The most sessions that worked or stood in a transaction at one measurement: each of them needs a server connection of
/// its own behind a pooler, too. Null when the bot's role may not see states.
/// </param>
/// <param name="PeakInTransaction">The most sessions that were idle in a transaction at one measurement; null as above.</param>
/// <param name="Pools">Pairs of user and database that the pooler would serve, at least 1; null while the consumers are unknown.</param>
/// <param name="Direct">Sessions in other databases, which go on connecting directly; null while the consumers are unknown.</param>
public sealed record PoolerEvidence(int Capacity, int PeakUsed, int? PeakBusy, int? PeakInTransaction, int? Pools, int? Direct)
{
    /// <summary>Null when the server was never measured.</summary>
    /// <param name="database">The one that gets the pooler.</param>
    public static PoolerEvidence? Of(Incident incident, ConnectionConsumers? consumers, string database)
    {
        if (incident.Latest is not { } latest)
        {
            return null;
        }

        var seen = incident.Samples.Where(sample => sample.Usage.SeesEverything).Select(sample => sample.Usage).ToArray();
        var pooled = consumers?.ByService().Where(group => IsIn(group, database)).ToArray();
        return new PoolerEvidence(
            latest.Usage.Capacity,
            incident.Samples.Max(sample => sample.Usage.Used),
            seen.Length == 0 ? null : seen.Max(usage => usage.Active + usage.IdleInTransaction),
            seen.Length == 0 ? null : seen.Max(usage => usage.IdleInTransaction),
            pooled is null ? null : Math.Max(1, pooled.DistinctBy(group => group.User).Count()),
            pooled is null ? null : consumers!.Sessions - pooled.Sum(group => group.Count));
    }

    // A probe's names were made safe to show; so is the one it is compared with.
    internal static bool IsIn(ConsumerGroup group, string database) => group.Database == ForeignText.From(database, LongestName);

    private const int LongestName = 63;
}

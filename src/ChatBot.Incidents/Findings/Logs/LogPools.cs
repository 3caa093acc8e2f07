using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>The services' own pools, as far as their logs tell: that they ran out, and mostly how large they are.</summary>
public static class LogPools
{
    /// <summary>Older lines say nothing about now: 1 minute.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromMinutes(1);

    /// <summary>Their words are about the pooler's connections, not about those of the service that wrote them down.</summary>
    private static readonly string[] Poolers = ["PgBouncer", "ProxySQL"];

    /// <param name="cluster">Knows a pool's size where no line has it; null where none was asked.</param>
    /// <returns>Empty when no line says that a pool ran out, which proves nothing: some libraries never do (<see cref="LogPatterns"/>).</returns>
    public static IReadOnlyList<ApplicationPool> Of(LogReading reading, ClusterLook? cluster) =>
    [
        .. reading.Groups
            .Where(group => group.Sign is LogSign.PoolExhausted && !Poolers.Contains(group.Stack))
            .GroupBy(group => group.Service)
            .Select(service => Pool(service.Key, [.. service], cluster?.Workloads.FirstOrDefault(workload => workload.Service == service.Key.Value)?.Pool?.Size)),
    ];

    // A line of the kind is only written when none was free.
    private static ApplicationPool Pool(ForeignText service, LogGroup[] groups, int? known)
    {
        var size = groups.Select(group => group.PoolSize).FirstOrDefault(told => told > 0) ?? known;
        return new ApplicationPool(service, size, size ?? 0, Waiting: 0, (int)Math.Min(int.MaxValue, groups.Sum(group => group.Count)))
        {
            Log = groups.MaxBy(group => group.Count)!.Stack,
        };
    }
}

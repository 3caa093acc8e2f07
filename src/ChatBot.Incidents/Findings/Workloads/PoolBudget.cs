using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Whether the pools of all services together fit the server, and which sizes would.</summary>
/// <param name="Capacity">Slots for ordinary users.</param>
/// <param name="Budget">Of these, for the services' pools: what is left for monitors, jobs and people is taken off.</param>
/// <param name="Services">The one that may take most first.</param>
/// <param name="Unknown">Services whose pool's size nobody knows; they are not in the sums.</param>
public sealed record PoolBudget(int Capacity, int Budget, IReadOnlyList<ServicePools> Services, IReadOnlyList<string> Unknown)
{
    /// <summary>Slots beyond this share are no reserve but the accident: 85 % (HikariCP's and our own experience).</summary>
    public const double Share = 0.85;

    /// <summary>Monitors, migrations, jobs and people take 10 to 15 (experience); on a small server a tenth.</summary>
    private const int OthersAtMost = 10;

    /// <summary>A pool of one waits for itself as soon as code needs two connections at once: 2.</summary>
    private const int SmallestPool = 2;

    /// <summary>The most connections that all of them can open.</summary>
    public int Most => Services.Sum(service => service.Most);

    public bool Fits => Most <= Budget;

    /// <param name="services">All that use the server; those that the cluster told nothing of are unknown.</param>
    public static PoolBudget Of(ClusterLook cluster, int capacity, IEnumerable<string> services)
    {
        var budget = Math.Max(1, (int)(capacity * Share) - Math.Min(OthersAtMost, capacity / 10));
        var known = cluster.Workloads.Where(workload => workload.Pool?.Size is > 0).ToArray();
        var most = known.Sum(MostOf);
        return new PoolBudget(
            capacity,
            budget,
            [
                .. known
                    .Select(workload => new ServicePools(
                        workload.Service,
                        workload.Replicas,
                        PeakOf(workload),
                        workload.Processes,
                        workload.Pool!.Size!.Value,
                        Fitting(workload, budget, most)))
                    .OrderByDescending(service => service.Most)
                    .ThenBy(service => service.Service, StringComparer.Ordinal),
            ],
            [.. services.Concat(cluster.Workloads.Select(workload => workload.Service)).Except(known.Select(workload => workload.Service)).Order(StringComparer.Ordinal)]);
    }

    /// <summary>The largest size that one service's pool can have while all the others stay as they are, by what the server holds now.</summary>
    /// <returns>Null when the pool's size is unknown.</returns>
    public static int? LargestFor(WorkloadLook workload, ConnectionUsage usage)
    {
        var room = (int)(usage.Capacity * Share) - usage.Used;
        return workload.Pool?.Size is { } size ? size + (Math.Max(0, room) / Math.Max(1, PeakOf(workload) * workload.Processes)) : null;
    }

    /// <summary>A quarter more, at least one: what one step may change without being a leap (25 %).</summary>
    public static int Larger(int size) => size + Math.Max(1, size / 4);

    /// <summary>Pods at the busiest moment: all that the autoscaler may start, and those that a rollout starts beyond.</summary>
    public static int PeakOf(WorkloadLook workload) => Math.Max(workload.Replicas, workload.Autoscaler?.Maximum ?? 0) + RestartNeed.Surge(workload);

    private static int MostOf(WorkloadLook workload) => PeakOf(workload) * workload.Processes * workload.Pool!.Size!.Value;

    // Each gives up the same part of what it may take.
    private static int Fitting(WorkloadLook workload, int budget, int most) => most <= budget
        ? workload.Pool!.Size!.Value
        : Math.Max(SmallestPool, (int)((long)workload.Pool!.Size!.Value * budget / most));
}

/// <summary>One service's pools.</summary>
/// <param name="Peak">Pods at the busiest moment.</param>
/// <param name="Processes">Of one pod, each with a pool.</param>
/// <param name="Size">Of one pool.</param>
/// <param name="Fitting">The size that would fit; the same as <paramref name="Size"/> when all fit.</param>
public sealed record ServicePools(string Service, int Replicas, int Peak, int Processes, int Size, int Fitting)
{
    public int Most => Peak * Processes * Size;
}

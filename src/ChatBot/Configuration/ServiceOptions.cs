using ChatBot.Incidents.Evidence;

namespace ChatBot.Configuration;

/// <summary>Section <c>Targets:name:Services:service</c>: who uses the database, and which workload runs it.</summary>
internal sealed record ServiceOptions
{
    /// <summary>Its Kubernetes namespace; null when it has none. Then no other key but <see cref="Prometheus"/> has a meaning.</summary>
    public string? Namespace { get; init; }

    /// <summary>The kubeconfig's context that leads to its cluster. Left out: the kubeconfig's current one, or the bot's own cluster.</summary>
    public string? Context { get; init; }

    public WorkloadKind Kind { get; init; } = WorkloadKind.Deployment;

    /// <summary>The workload's name; null when it is the service's own.</summary>
    public string? Workload { get; init; }

    /// <summary>The container that has the pool; null for the first one.</summary>
    public string? Container { get; init; }

    /// <summary>Where the size of its pool is set; null when the bot should look for a well-known name.</summary>
    public PoolSizePlace? PoolSize { get; init; }

    /// <summary>What people call the library of its pool, such as HikariCP; null when the place tells.</summary>
    public string? PoolLibrary { get; init; }

    /// <summary>The processes of one pod that have a pool each: from 1 to 1000.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Labels that select the series of its own pools, such as job; empty when nobody says.</summary>
    public IReadOnlyDictionary<string, string> Prometheus { get; init; } = TargetOptions.NoLabels;
}

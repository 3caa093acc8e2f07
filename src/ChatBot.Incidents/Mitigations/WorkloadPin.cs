using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>What makes one workload the one that was approved, as its specification was then.</summary>
/// <param name="Cluster">As configured: a context; empty for the only one there is.</param>
/// <param name="Uid">Another one of the same name is another workload.</param>
/// <param name="Generation">Counts changes of the specification: whoever changes it afterwards, a person or a tool, makes the pin void.</param>
public sealed record WorkloadPin(string Cluster, string Namespace, WorkloadKind Kind, string Name, string Uid, long Generation)
{
    public static WorkloadPin Of(WorkloadLook workload) =>
        new(workload.Cluster, workload.Namespace, workload.Kind, workload.Name, workload.Uid, workload.Generation);
}

/// <summary>Where the size of a pool is kept, found and resolved.</summary>
/// <param name="Container">Whose environment it is.</param>
/// <param name="Variable">The environment variable; empty when the ConfigMap was named without one.</param>
/// <param name="ConfigMap">Its name; empty when the value stands in the workload itself.</param>
/// <param name="Key">Of the ConfigMap; empty without one.</param>
/// <param name="Parameter">Of the connection string; empty when the value is the number itself.</param>
public sealed record PoolPlace(string Container, string Variable, string ConfigMap, string Key, string Parameter);

/// <summary>Another size for a pool.</summary>
/// <param name="HolderUid">Of the ConfigMap that holds it; empty when the workload does.</param>
/// <param name="HolderVersion">The ConfigMap's resourceVersion as it was read; empty when the workload holds it, whose generation pins it.</param>
/// <param name="From">What it has to be still, when it is changed.</param>
public sealed record PoolSizeChange(WorkloadPin Workload, PoolPlace Place, string HolderUid, string HolderVersion, int From, int To);

using ChatBot.Incidents.Evidence;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>What the cluster warns of about a workload's pods and what makes them.</summary>
/// <remarks>Without them there is still the status of the pods: whatever goes wrong here, the answer is that nobody warned.</remarks>
internal static class WorkloadWarnings
{
    private const int AtMost = 20;

    private const int LongestReason = 100;

    /// <summary>A scheduler's words about a hundred nodes are shorter.</summary>
    private const int LongestWords = 300;

    /// <param name="uid">Of the workload.</param>
    /// <param name="sets">Its ReplicaSets, the newest first; empty for what is no deployment.</param>
    public static async Task<IReadOnlyList<WorkloadWarning>> ReadAsync(
        Cluster cluster, string space, string uid, IReadOnlyList<V1ReplicaSet> sets, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        // What makes pods is asked for by itself: where it fails there is no pod, and in a crowded namespace its word could be beyond the bound.
        var maker = sets is [var newest, ..] ? newest.Metadata.Uid : uid;
        if (await ClusterEvents.FindAsync(cluster, space, $"involvedObject.uid={maker},type=Warning", cancellationToken) is not { } makers)
        {
            return [];
        }

        var others = await ClusterEvents.FindAsync(cluster, space, "involvedObject.kind=Pod,type=Warning", cancellationToken) ?? [];
        var names = pods.ToDictionary(pod => pod.Metadata.Uid, WorkloadPods.NameOf, StringComparer.Ordinal);
        return
        [
            .. makers.Select(told => Of(told, default))
                .Concat(others.Where(told => told.InvolvedObject?.Uid is { } pod && names.ContainsKey(pod)).Select(told => Of(told, names[told.InvolvedObject.Uid])))
                .OrderByDescending(warning => warning.At)
                .Take(AtMost),
        ];
    }

    private static WorkloadWarning Of(Corev1Event told, ForeignText pod) => new(
        pod,
        ForeignText.From(told.Reason, LongestReason),
        ForeignText.From(told.Message, LongestWords),
        ClusterEvents.Count(told),
        ClusterEvents.At(told));
}

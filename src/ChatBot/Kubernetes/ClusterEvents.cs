using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>What scheduler, kubelets and controllers tell of objects. The cluster keeps it for an hour, and nobody has to tell.</summary>
internal static class ClusterEvents
{
    /// <param name="which">A field selector.</param>
    /// <returns>Null when there was no answer that helps: then it is not known.</returns>
    public static async Task<IReadOnlyList<Corev1Event>?> FindAsync(Cluster cluster, string space, string which, CancellationToken cancellationToken)
    {
        try
        {
            var (events, _) = await Paging.ReadAsync<Corev1EventList, Corev1Event>(
                cluster,
                new Access("list", "", "events", space),
                (client, behind, token) => client.CoreV1.ListNamespacedEventAsync(space, fieldSelector: which, limit: Paging.PageSize, continueParameter: behind, cancellationToken: token),
                cancellationToken);
            return events;
        }
        catch (ClusterUnavailableException)
        {
            return null;
        }
    }

    // Who tells events the newer way (the scheduler) counts in a series, and leaves the older fields empty.
    public static int Count(Corev1Event told) => Math.Max(1, told.Series?.Count ?? told.Count ?? 1);

    /// <summary>The last time.</summary>
    public static DateTimeOffset At(Corev1Event told) =>
        WorkloadPods.At(told.Series?.LastObservedTime ?? told.LastTimestamp ?? told.EventTime ?? told.Metadata?.CreationTimestamp) ?? default;
}

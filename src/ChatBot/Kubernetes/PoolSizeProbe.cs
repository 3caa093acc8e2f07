using ChatBot.Incidents.Findings;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Finds where a service keeps the size of its pool. Reads the ConfigMaps behind its container's environment, and never a Secret.</summary>
internal static class PoolSizeProbe
{
    /// <summary>A container's environment comes from more places than this only by mistake.</summary>
    private const int MapsAtMost = 10;

    /// <summary>Never throws for a ConfigMap that can't be read: that is a gap.</summary>
    public static async Task<FoundPool> FindAsync(Cluster cluster, ServiceWorkload service, WorkloadObject workload, CancellationToken cancellationToken)
    {
        var maps = new Dictionary<string, V1ConfigMap?>(StringComparer.Ordinal);
        var gaps = new List<Sentence>();
        foreach (var name in PoolFinder.MapsOf(service, workload.Template).Take(MapsAtMost))
        {
            try
            {
                maps[name] = await cluster.FindAsync(
                    new Access("get", "", "configmaps", service.Namespace, name),
                    (client, token) => client.CoreV1.ReadNamespacedConfigMapAsync(name, service.Namespace, cancellationToken: token),
                    cancellationToken);
            }
            catch (ClusterUnavailableException unreadable)
            {
                // Whoever configured nothing may not want the bot to read them.
                if (service.PoolSize is not null)
                {
                    gaps.Add(NamespaceLook.Own(unreadable.Message));
                }
            }
        }

        var found = new PoolFinder(service, workload.Metadata, workload.Template, maps).Find();
        return gaps.Count == 0 ? found : found with { Gaps = [.. gaps, .. found.Gaps] };
    }
}

using ChatBot.Incidents.Findings;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>What runs in a namespace: read once for all services in it.</summary>
/// <param name="Gaps">What could not be read.</param>
internal sealed record NamespaceLook(
    IReadOnlyList<V1Pod> Pods, IReadOnlyList<V1ReplicaSet> ReplicaSets, IReadOnlyList<V1HorizontalPodAutoscaler> Autoscalers, IReadOnlyList<Sentence> Gaps)
{
    /// <summary>Without autoscalers and ReplicaSets there is still something to say; without pods there isn't.</summary>
    /// <exception cref="ClusterUnavailableException">The pods could not be read: a sentence says why.</exception>
    public static async Task<NamespaceLook> ReadAsync(Cluster cluster, string name, CancellationToken cancellationToken)
    {
        var gaps = new List<Sentence>();
        var (pods, isCut) = await PodsAsync(cluster, name, cancellationToken);
        if (isCut)
        {
            gaps.Add(Own($"Namespace {name} has more than {Paging.MostItems} pods; the others were not looked at."));
        }

        return new NamespaceLook(
            pods,
            await OrGapAsync(ReplicaSetsAsync(cluster, name, cancellationToken), gaps),
            await OrGapAsync(AutoscalersAsync(cluster, name, cancellationToken), gaps),
            gaps);
    }

    public static Task<(IReadOnlyList<V1Pod> Items, bool IsCut)> PodsAsync(Cluster cluster, string name, CancellationToken cancellationToken) => Paging.ReadAsync<V1PodList, V1Pod>(
        cluster,
        new Access("list", "", "pods", name),
        (client, behind, token) => client.CoreV1.ListNamespacedPodAsync(name, limit: Paging.PageSize, continueParameter: behind, cancellationToken: token),
        cancellationToken);

    public static Task<(IReadOnlyList<V1ReplicaSet> Items, bool IsCut)> ReplicaSetsAsync(Cluster cluster, string name, CancellationToken cancellationToken) => Paging.ReadAsync<V1ReplicaSetList, V1ReplicaSet>(
        cluster,
        new Access("list", Access.Apps, "replicasets", name),
        (client, behind, token) => client.AppsV1.ListNamespacedReplicaSetAsync(name, limit: Paging.PageSize, continueParameter: behind, cancellationToken: token),
        cancellationToken);

    /// <summary>In version 1, which every server has.</summary>
    private static Task<(IReadOnlyList<V1HorizontalPodAutoscaler> Items, bool IsCut)> AutoscalersAsync(Cluster cluster, string name, CancellationToken cancellationToken) => Paging.ReadAsync<V1HorizontalPodAutoscalerList, V1HorizontalPodAutoscaler>(
        cluster,
        new Access("list", Access.Autoscaling, "horizontalpodautoscalers", name),
        (client, behind, token) => client.AutoscalingV1.ListNamespacedHorizontalPodAutoscalerAsync(name, limit: Paging.PageSize, continueParameter: behind, cancellationToken: token),
        cancellationToken);

    /// <summary>A sentence all of whose words are ours, or of the configuration.</summary>
    public static Sentence Own(string words) => new([new SentencePart(words)]);

    private static async Task<IReadOnlyList<T>> OrGapAsync<T>(Task<(IReadOnlyList<T> Items, bool IsCut)> reading, List<Sentence> gaps)
    {
        try
        {
            return (await reading).Items;
        }
        catch (ClusterUnavailableException unavailable)
        {
            gaps.Add(Own(unavailable.Message));
            return [];
        }
    }
}

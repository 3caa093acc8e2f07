using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>What runs in a namespace: read once for all services in it.</summary>
/// <param name="ReplicaSets">Null when they could not be read.</param>
/// <param name="Gaps">What could not be read, or was too much.</param>
internal sealed record NamespaceLook(
    string Name, IReadOnlyList<V1Pod> Pods, IReadOnlyList<V1ReplicaSet>? ReplicaSets, IReadOnlyList<V1HorizontalPodAutoscaler> Autoscalers, IReadOnlyList<Sentence> Gaps)
{
    /// <summary>There are more than were read.</summary>
    private bool HasMoreReplicaSets { get; init; }

    /// <summary>Without autoscalers and ReplicaSets there is still something to say; without pods there isn't.</summary>
    /// <param name="kinds">Of the workloads: only a deployment has ReplicaSets.</param>
    /// <param name="autoscalers">Whether to read them.</param>
    /// <exception cref="ClusterUnavailableException">The pods could not be read: a sentence says why.</exception>
    public static async Task<NamespaceLook> ReadAsync(Cluster cluster, string name, IEnumerable<WorkloadKind> kinds, bool autoscalers, CancellationToken cancellationToken)
    {
        var gaps = new List<Sentence>();
        var (pods, hasMorePods) = await PodsAsync(cluster, name, cancellationToken);
        AddIfCut(hasMorePods, "pods");
        var (sets, hasMoreSets) = kinds.Contains(WorkloadKind.Deployment) ? await OrGapAsync(ReplicaSetsAsync(cluster, name, cancellationToken)) : ([], false);
        AddIfCut(hasMoreSets, "ReplicaSets");
        var (scalers, hasMoreScalers) = autoscalers ? await OrGapAsync(AutoscalersAsync(cluster, name, cancellationToken)) : ([], false);
        AddIfCut(hasMoreScalers, "autoscalers");
        return new NamespaceLook(name, pods, sets, scalers ?? [], gaps) { HasMoreReplicaSets = hasMoreSets };

        void AddIfCut(bool isCut, string what)
        {
            if (isCut)
            {
                gaps.Add(Own($"Namespace {name} has more than {Paging.MostItems} {what}; the others were not looked at."));
            }
        }

        async Task<(IReadOnlyList<T>? Items, bool IsCut)> OrGapAsync<T>(Task<(IReadOnlyList<T> Items, bool IsCut)> reading)
        {
            try
            {
                return await reading;
            }
            catch (ClusterUnavailableException unavailable)
            {
                gaps.Add(Own(unavailable.Message));
                return (null, false);
            }
        }
    }

    /// <summary>
    /// A workload's ReplicaSets, the newest first, and its pods. Null where the ReplicaSets that lead from a deployment to its pods are not
    /// known: they could not be read, or its newest one is not among those that were.
    /// </summary>
    public (IReadOnlyList<V1ReplicaSet> Sets, IReadOnlyList<V1Pod> Pods)? PartsOf(WorkloadKind kind, V1ObjectMeta workload)
    {
        var sets = WorkloadPods.ReplicaSetsOf(workload.Uid, ReplicaSets ?? []);
        return kind is WorkloadKind.Deployment && (ReplicaSets is null || (HasMoreReplicaSets && !(sets is [var newest, ..] && WorkloadPods.RevisionOf(newest.Metadata) == WorkloadPods.RevisionOf(workload))))
            ? null
            : (sets, [.. WorkloadPods.PodsOf(workload.Uid, sets, Pods)]);
    }

    /// <summary>Where <see cref="PartsOf"/> is null.</summary>
    public Sentence Unknown(ServiceWorkload service) => Own($"Which pods of namespace {Name} are {service.Service}'s isn't known without its ReplicaSets.");

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
}

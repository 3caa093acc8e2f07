using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Asks the clusters about the services of a target: pods, owners, revisions, rollout, autoscaler, pool size. Changes nothing.</summary>
/// <remarks>Whatever can't be read is a gap; the rest is told.</remarks>
internal sealed class WorkloadProbe(Clusters clusters, TimeProvider clock)
{
    private const int PodsAtMost = 500;

    private const int StrangersAtMost = 500;

    private const int RevisionsAtMost = 10;

    private const int LongestImage = 300;

    /// <inheritdoc cref="LookAsync(IReadOnlyList{ServiceWorkload}, bool, CancellationToken)"/>
    public Task<ClusterLook> LookAsync(TargetOptions target, CancellationToken cancellationToken) => LookAsync(ServiceWorkload.Of(target), warnings: false, cancellationToken);

    /// <summary>For a rollout that is watched: with what the cluster warns of.</summary>
    /// <inheritdoc cref="LookAsync(IReadOnlyList{ServiceWorkload}, bool, CancellationToken)"/>
    public Task<ClusterLook> WatchAsync(IReadOnlyList<ServiceWorkload> services, CancellationToken cancellationToken) => LookAsync(services, warnings: true, cancellationToken);

    /// <exception cref="ClusterUnavailableException">Nothing at all could be read: a sentence says why.</exception>
    private async Task<ClusterLook> LookAsync(IReadOnlyList<ServiceWorkload> services, bool warnings, CancellationToken cancellationToken)
    {
        var workloads = new List<(int Place, WorkloadLook Look)>();
        var strangers = new List<StrangePod>();
        var gaps = new List<Sentence>();
        ClusterUnavailableException? trouble = null;
        foreach (var group in services.Index().GroupBy(service => (service.Item.Context, service.Item.Namespace)))
        {
            try
            {
                var cluster = await clusters.OfAsync(group.Key.Context);
                var space = await NamespaceLook.ReadAsync(cluster, group.Key.Namespace, group.Select(service => service.Item.Kind), autoscalers: true, cancellationToken);
                gaps.AddRange(space.Gaps);
                var claimed = new HashSet<string>(StringComparer.Ordinal);
                var isAnyUnread = false;
                foreach (var (place, service) in group)
                {
                    if (await OneAsync(cluster, service, space, warnings, claimed, gaps, cancellationToken) is { } look)
                    {
                        workloads.Add((place, look));
                    }
                    else
                    {
                        isAnyUnread = true;
                    }
                }

                strangers.AddRange(
                    from pod in space.Pods
                    where !WorkloadPods.IsOver(pod) && !claimed.Contains(pod.Metadata.Uid)
                    select WorkloadPods.StrangeOf(pod, space.Name) with { MayBeService = isAnyUnread });
            }
            catch (ClusterUnavailableException unavailable)
            {
                trouble = unavailable;
                gaps.Add(NamespaceLook.Own(unavailable.Message));
            }
        }

        var others = strangers.Where(pod => pod.Addresses.Count > 0).ToArray();
        if (others.Length > StrangersAtMost)
        {
            gaps.Add(Sentence.Of($"Of {others.Length} pods of nobody's only {StrangersAtMost} were looked at."));
        }

        return workloads.Count == 0 && trouble is not null
            ? throw trouble
            : new ClusterLook(clock.GetUtcNow(), [.. workloads.OrderBy(workload => workload.Place).Select(workload => workload.Look)])
            {
                Others = [.. others.Take(StrangersAtMost)],
                Gaps = [.. gaps.Distinct()],
            };
    }

    /// <summary>Where a service keeps the size of its pool, for a change.</summary>
    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public async Task<FoundPool> FindPoolAsync(ServiceWorkload service, CancellationToken cancellationToken)
    {
        var cluster = await clusters.OfAsync(service.Context);
        return await PoolSizeProbe.FindAsync(cluster, service, await WorkloadObject.ReadAsync(cluster, service, cancellationToken), cancellationToken);
    }

    /// <returns>Null, and a gap, when the workload could not be read.</returns>
    private static async Task<WorkloadLook?> OneAsync(
        Cluster cluster, ServiceWorkload service, NamespaceLook space, bool warnings, HashSet<string> claimed, List<Sentence> gaps, CancellationToken cancellationToken)
    {
        try
        {
            var workload = await WorkloadObject.ReadAsync(cluster, service, cancellationToken);
            if (space.PartsOf(service.Kind, workload.Metadata) is not var (sets, pods))
            {
                gaps.Add(space.Unknown(service));
                return null;
            }

            if (pods.Count > PodsAtMost)
            {
                gaps.Add(NamespaceLook.Own($"Of {service.Service}'s {pods.Count} pods only {PodsAtMost} were looked at."));
            }

            claimed.UnionWith(pods.Select(pod => pod.Metadata.Uid));
            var pool = await PoolSizeProbe.FindAsync(cluster, service, workload, cancellationToken);
            gaps.AddRange(pool.Gaps);
            return new WorkloadLook(
                service.Service,
                service.Context,
                service.Namespace,
                service.Kind,
                service.Name,
                workload.Metadata.Uid,
                workload.Metadata.Generation ?? 0,
                workload.Replicas,
                [.. pods.Take(PodsAtMost).Select(pod => WorkloadPods.LookOf(pod, sets))])
            {
                ObservedGeneration = workload.ObservedGeneration,
                Updated = workload.Updated,
                Ready = workload.Ready,
                Available = workload.Available,
                IsPaused = workload.IsPaused,
                Stuck = ForeignText.From(workload.Stuck, 100),
                Strategy = workload.Strategy,
                Revisions = [.. sets.Take(RevisionsAtMost).Select(set => RevisionOf(set, service.Container)).OfType<WorkloadRevision>()],
                Autoscaler = await AutoscalerLook.ReadAsync(cluster, service, workload.Metadata.Uid, space.Autoscalers, cancellationToken),
                Pool = pool.Setting,
                Owner = OwnerSigns.Of(workload.Metadata),
                Warnings = warnings ? await WorkloadWarnings.ReadAsync(cluster, service.Namespace, workload.Metadata.Uid, sets, pods, cancellationToken) : [],
                Processes = service.Processes,
            };
        }
        catch (ClusterUnavailableException unavailable)
        {
            gaps.Add(NamespaceLook.Own(unavailable.Message));
            return null;
        }
    }

    private static WorkloadRevision? RevisionOf(V1ReplicaSet set, string? container) => WorkloadPods.RevisionOf(set.Metadata) is { } number
        ? new WorkloadRevision(
            number,
            ForeignText.From(PoolFinder.ContainerOf(set.Spec?.Template, container)?.Image, LongestImage),
            WorkloadPods.At(set.Metadata.CreationTimestamp) ?? default,
            set.Status?.Replicas ?? 0,
            Marks.PlanIn(set.Spec?.Template?.Metadata?.Annotations, Marks.Restart))
        : null;
}

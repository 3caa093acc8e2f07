using ChatBot.Incidents.Evidence;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A Deployment, StatefulSet or DaemonSet, as far as they are alike.</summary>
/// <param name="Replicas">As asked for.</param>
internal sealed record WorkloadObject(V1ObjectMeta Metadata, V1PodTemplateSpec Template, int Replicas)
{
    public long ObservedGeneration { get; init; }

    public int Updated { get; init; }

    public int Ready { get; init; }

    public int Available { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The controller's own word; empty when it has none.</summary>
    public string Stuck { get; init; } = "";

    /// <summary>Null for what is no deployment.</summary>
    public RolloutStrategy? Strategy { get; init; }

    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public static Task<WorkloadObject> ReadAsync(Cluster cluster, ServiceWorkload service, CancellationToken cancellationToken) => service.Kind switch
    {
        WorkloadKind.StatefulSet => cluster.ReadAsync(
            service.To("get"), async (client, token) => Of(await client.AppsV1.ReadNamespacedStatefulSetAsync(service.Name, service.Namespace, cancellationToken: token)), cancellationToken),
        WorkloadKind.DaemonSet => cluster.ReadAsync(
            service.To("get"), async (client, token) => Of(await client.AppsV1.ReadNamespacedDaemonSetAsync(service.Name, service.Namespace, cancellationToken: token)), cancellationToken),
        _ => cluster.ReadAsync(
            service.To("get"), async (client, token) => Of(await client.AppsV1.ReadNamespacedDeploymentAsync(service.Name, service.Namespace, cancellationToken: token)), cancellationToken),
    };

    internal static WorkloadObject Of(V1Deployment deployment) => new(Known(deployment.Metadata), Known(deployment.Spec?.Template), deployment.Spec!.Replicas ?? 1)
    {
        ObservedGeneration = deployment.Status?.ObservedGeneration ?? 0,
        Updated = deployment.Status?.UpdatedReplicas ?? 0,
        Ready = deployment.Status?.ReadyReplicas ?? 0,
        Available = deployment.Status?.AvailableReplicas ?? 0,
        IsPaused = deployment.Spec.Paused is true,
        Stuck = StuckIn(deployment.Status?.Conditions ?? []),
        Strategy = PodCounts.StrategyOf(deployment.Spec),
    };

    private static WorkloadObject Of(V1StatefulSet set) => new(Known(set.Metadata), Known(set.Spec?.Template), set.Spec!.Replicas ?? 1)
    {
        ObservedGeneration = set.Status?.ObservedGeneration ?? 0,
        Updated = set.Status?.UpdatedReplicas ?? 0,
        Ready = set.Status?.ReadyReplicas ?? 0,
        Available = set.Status?.AvailableReplicas ?? 0,
    };

    private static WorkloadObject Of(V1DaemonSet set) => new(Known(set.Metadata), Known(set.Spec?.Template), set.Status?.DesiredNumberScheduled ?? 0)
    {
        ObservedGeneration = set.Status?.ObservedGeneration ?? 0,
        Updated = set.Status?.UpdatedNumberScheduled ?? 0,
        Ready = set.Status?.NumberReady ?? 0,
        Available = set.Status?.NumberAvailable ?? 0,
    };

    /// <exception cref="FormatException">A part that every such object has is missing.</exception>
    private static T Known<T>(T? part) => part ?? throw new FormatException("The object lacks a part.");

    private static string StuckIn(IEnumerable<V1DeploymentCondition> conditions) => conditions
        .Where(condition => condition is { Type: "Progressing", Status: "False" } or { Type: "ReplicaFailure", Status: "True" })
        .Select(condition => condition.Reason ?? "")
        .FirstOrDefault(reason => reason.Length > 0 && reason != "DeploymentPaused") ?? "";
}

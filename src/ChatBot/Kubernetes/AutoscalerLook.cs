using System.Globalization;
using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A workload's autoscaler, and how the number of pods changed of late. In version 1, which every server has.</summary>
internal static partial class AutoscalerLook
{
    private const int ScalingsAtMost = 20;

    /// <param name="uid">Of the workload.</param>
    /// <returns>Null when there is none.</returns>
    public static async Task<Autoscaler?> ReadAsync(
        Cluster cluster, ServiceWorkload service, string uid, IEnumerable<V1HorizontalPodAutoscaler> all, CancellationToken cancellationToken)
    {
        if (all.FirstOrDefault(one => one.Spec?.ScaleTargetRef is { } scaled && scaled.Kind == service.Kind.ToString() && scaled.Name == service.Name) is not { } found)
        {
            return null;
        }

        var look = new Autoscaler(found.Spec.MinReplicas ?? 1, found.Spec.MaxReplicas, found.Status?.CurrentReplicas ?? 0, found.Status?.DesiredReplicas ?? 0)
        {
            Name = ForeignText.From(found.Metadata?.Name, WorkloadPods.LongestName),
            ScaledAt = WorkloadPods.At(found.Status?.LastScaleTime),
        };
        return look.ScaledAt is null || look.Current <= look.Minimum
            ? look
            : look with { Scalings = await ScalingsAsync(cluster, service.Namespace, uid, cancellationToken) };
    }

    private static async Task<IReadOnlyList<PodScaling>> ScalingsAsync(Cluster cluster, string space, string uid, CancellationToken cancellationToken)
    {
        var events = await ClusterEvents.FindAsync(cluster, space, $"involvedObject.uid={uid},reason=ScalingReplicaSet", cancellationToken) ?? [];

        // Several within a second, which is all that is told, went one way.
        return [.. events.Select(Of).OfType<PodScaling>().OrderByDescending(scaling => scaling.At).ThenByDescending(scaling => scaling.IsUp ? scaling.To : -scaling.To).Take(ScalingsAtMost)];
    }

    private static PodScaling? Of(Corev1Event told) => Words.Match(told.Message ?? "") is { Success: true } match && Number(match, "to") is { } to
        ? new PodScaling(ClusterEvents.At(told), match.Groups["way"].Value == "up", Number(match, "from"), to)
        : null;

    private static int? Number(Match match, string name) => int.TryParse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // "to 4" at first, "to 4 from 2" from 1.27 on, "from 2 to 4" since 1.31 (pkg/controller/deployment/sync.go).
    [GeneratedRegex(@"\AScaled (?<way>up|down) replica set \S+ (from (?<from>\d+) )?to (?<to>\d+)( from (?<from>\d+))?\z")]
    private static partial Regex Words { get; }
}

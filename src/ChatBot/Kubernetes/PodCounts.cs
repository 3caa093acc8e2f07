using System.Globalization;
using ChatBot.Incidents.Evidence;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A rollout's bounds in pods, rounded as Kubernetes does: the surge up, the unavailable down.</summary>
/// <remarks>See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge.</remarks>
internal static class PodCounts
{
    /// <summary>Of a bound that is left out.</summary>
    private const string Default = "25%";

    public static RolloutStrategy StrategyOf(V1DeploymentSpec deployment)
    {
        if (deployment.Strategy?.Type == "Recreate")
        {
            return new RolloutStrategy(Surge: 0, Unavailable: deployment.Replicas ?? 1, IsRecreate: true);
        }

        var replicas = deployment.Replicas ?? 1;
        var surge = Of(deployment.Strategy?.RollingUpdate?.MaxSurge, replicas, Math.Ceiling);
        var unavailable = Of(deployment.Strategy?.RollingUpdate?.MaxUnavailable, replicas, Math.Floor);

        // With neither it could not begin; then the controller lets one pod be missing.
        return new RolloutStrategy(surge, surge == 0 && unavailable == 0 ? 1 : unavailable, IsRecreate: false);
    }

    private static int Of(string? bound, int replicas, Func<decimal, decimal> round)
    {
        var text = bound is { Length: > 0 } ? bound : Default;
        return text.EndsWith('%')
            ? (int)round(replicas * (decimal)Number(text[..^1]) / 100)
            : Number(text);
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

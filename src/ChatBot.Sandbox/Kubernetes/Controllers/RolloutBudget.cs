using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>How many pods a rollout may have too many, and how many too few.</summary>
internal sealed record RolloutBudget(long Surge, long Unavailable, bool IsRecreate)
{
    public static RolloutBudget Of(JsonObject deployment)
    {
        var replicas = deployment.Number("spec", "replicas") ?? 1;
        var rolling = deployment.At("spec", "strategy", "rollingUpdate");
        if (deployment.Text("spec", "strategy", "type") == "Recreate")
        {
            return new RolloutBudget(0, replicas, IsRecreate: true);
        }

        var surge = Resolve(rolling.At("maxSurge"), replicas, Math.Ceiling);
        var unavailable = Resolve(rolling.At("maxUnavailable"), replicas, Math.Floor);
        return new RolloutBudget(surge, surge == 0 && unavailable == 0 ? 1 : Math.Min(unavailable, replicas), IsRecreate: false);
    }

    private static long Resolve(JsonNode? value, long replicas, Func<double, double> round) =>
        value.Text() is { } text && text.EndsWith('%')
            ? (long)round(double.Parse(text[..^1], CultureInfo.InvariantCulture) * replicas / 100)
            : value.Number() ?? 0;
}

using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>…/scale</c>: the replicas of a workload as an object of its own.</summary>
internal static class ScaleSubresource
{
    public static JsonObject Of(JsonObject workload) => new()
    {
        ["kind"] = "Scale",
        ["apiVersion"] = "autoscaling/v1",
        ["metadata"] = new JsonObject
        {
            ["name"] = workload.Name(),
            ["namespace"] = workload.Namespace(),
            ["uid"] = workload.Uid(),
            ["resourceVersion"] = workload.Text("metadata", "resourceVersion"),
            ["creationTimestamp"] = workload.Text("metadata", "creationTimestamp"),
        },
        ["spec"] = new JsonObject { ["replicas"] = workload.Number("spec", "replicas") ?? 0 },
        ["status"] = new JsonObject
        {
            ["replicas"] = workload.Number("status", "replicas") ?? 0,
            ["selector"] = LabelSelector.Of(workload.At("spec", "selector")).ToString(),
        },
    };

    /// <summary>The workload with what a scale asks for.</summary>
    public static JsonObject Onto(JsonObject workload, JsonObject scale)
    {
        if (scale.At("spec", "replicas") is { } wanted && scale.Number("spec", "replicas") is null)
        {
            throw ApiRefusal.BadRequest($"json: cannot unmarshal {wanted.ToJsonString()} into Go struct field ScaleSpec.spec.replicas of type int32");
        }

        var scaled = workload.Copy();
        scaled.Under("spec")["replicas"] = scale.Number("spec", "replicas") ?? 0;
        foreach (var pin in (ReadOnlySpan<string>)["uid", "resourceVersion"])
        {
            scaled.Under("metadata")[pin] = scale.Text("metadata", pin) ?? workload.Text("metadata", pin);
        }

        return scaled;
    }
}

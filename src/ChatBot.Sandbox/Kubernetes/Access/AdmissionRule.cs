using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// A rule on one account's updates of deployments, as the bot's ValidatingAdmissionPolicy has it: whatever its role
/// allows, it may change an annotation of the pod template, the pause flag and a pool size, and nothing else of a spec.
/// </summary>
internal sealed record AdmissionRule
{
    /// <summary>The account that is held to it: <c>system:serviceaccount:chatbot:chatbot</c>.</summary>
    public required string User { get; init; }

    /// <summary>Of the pod template.</summary>
    public required IReadOnlySet<string> Annotations { get; init; }

    /// <summary>Environment variables of the pod template whose value may change, each with its container.</summary>
    public IReadOnlySet<(string Container, string Variable)> PoolFields { get; init; } = new HashSet<(string, string)>();

    public string PolicyName { get; init; } = "chatbot";

    public string BindingName { get; init; } = "chatbot";

    /// <summary>What the policy's <c>reason</c> makes the answer: Forbidden is 403, Invalid 422.</summary>
    public string Reason { get; init; } = "Forbidden";

    /// <param name="before">Null when the object is new.</param>
    /// <exception cref="ApiRefusal">What the policy denies.</exception>
    public void Check(ClusterUser user, ResourceType type, JsonObject? before, JsonObject after)
    {
        if (user.Name != User || !ReferenceEquals(type, ResourceCatalog.Deployments))
        {
            return;
        }

        var why = before is null ? "the bot creates nothing"
            : !JsonNode.DeepEquals(Rollout(before), Rollout(after)) ? "of a deployment the bot may change only whether it is paused"
            : !JsonNode.DeepEquals(Marks(before), Marks(after)) ? "on the pod template the bot may set only its own annotation"
            : !JsonNode.DeepEquals(Pods(before), Pods(after)) ? "of the pods the bot may change only the variables that the policy lists as pool sizes"
            : null;
        if (why is not null)
        {
            throw ApiRefusal.Forbidden(
                type,
                after.Name(),
                $"ValidatingAdmissionPolicy '{PolicyName}' with binding '{BindingName}' denied request: {why}",
                Reason,
                Reason == "Forbidden" ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static JsonObject Rollout(JsonObject of)
    {
        var spec = of.At("spec")!.Copy();
        spec.Remove("paused");
        spec.Remove("template");
        return spec;
    }

    private JsonObject Marks(JsonObject of)
    {
        var metadata = of.At("spec", "template", "metadata")!.Copy();
        var annotations = metadata.Under("annotations");
        foreach (var annotation in Annotations)
        {
            annotations.Remove(annotation);
        }

        return metadata;
    }

    /// <summary>The pods' specification with the same value wherever a pool size stands; containers and variables by name.</summary>
    private JsonObject Pods(JsonObject of)
    {
        var spec = of.At("spec", "template", "spec")!.Copy();
        foreach (var container in spec.Items("containers"))
        {
            foreach (var variable in container.Items("env"))
            {
                if (variable["value"] is not null && PoolFields.Contains((container.Text("name") ?? "", variable.Text("name") ?? "")))
                {
                    variable["value"] = "";
                }
            }

            container["env"] = ByName(container.Items("env"));
        }

        spec["containers"] = ByName(spec.Items("containers"));
        return spec;
    }

    private static JsonArray ByName(IEnumerable<JsonObject> items) =>
        new([.. items.OrderBy(item => item.Text("name"), StringComparer.Ordinal).Select(item => item.DeepClone())]);
}

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

    /// <summary>Environment variables of the pod template whose value may change, each with its container; <c>*</c> for any container.</summary>
    public IReadOnlySet<(string Container, string Variable)> PoolFields { get; init; } = new HashSet<(string, string)>();

    public bool AllowsPause { get; init; } = true;

    public string PolicyName { get; init; } = "chatbot";

    public string BindingName { get; init; } = "chatbot";

    public string Message { get; init; } = "the bot may change its own annotation, paused and the pool size, and nothing else";

    /// <summary>What the policy's <c>reason</c> makes the answer: Invalid is 422, Forbidden 403.</summary>
    public string Reason { get; init; } = "Invalid";

    /// <exception cref="ApiRefusal">What the policy denies.</exception>
    public void Check(ClusterUser user, ResourceType type, JsonObject before, JsonObject after)
    {
        if (user.Name != User || !ReferenceEquals(type, ResourceCatalog.Deployments))
        {
            return;
        }

        if (!JsonNode.DeepEquals(WithoutAllowed(before), WithoutAllowed(after)))
        {
            throw ApiRefusal.Forbidden(
                type,
                after.Name(),
                $"ValidatingAdmissionPolicy '{PolicyName}' with binding '{BindingName}' denied request: {Message}",
                Reason,
                Reason == "Forbidden" ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity);
        }
    }

    private JsonObject WithoutAllowed(JsonObject of)
    {
        var spec = (of["spec"] as JsonObject ?? []).Copy();
        if (AllowsPause)
        {
            spec.Remove("paused");
        }

        if (spec.At("template", "metadata") is JsonObject metadata)
        {
            foreach (var annotation in Annotations)
            {
                (metadata["annotations"] as JsonObject)?.Remove(annotation);
            }

            if (metadata["annotations"] is JsonObject { Count: 0 })
            {
                metadata.Remove("annotations");
            }
        }

        foreach (var container in spec.Items("template", "spec", "containers"))
        {
            foreach (var variable in container.Items("env"))
            {
                var name = variable.Text("name") ?? "";
                if (variable["valueFrom"] is null
                    && (PoolFields.Contains((container.Text("name") ?? "", name)) || PoolFields.Contains(("*", name))))
                {
                    variable.Remove("value");
                }
            }
        }

        return spec;
    }
}

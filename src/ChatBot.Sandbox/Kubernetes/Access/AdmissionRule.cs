using System.Text.Json;
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

    /// <summary>Environment variables whose value may change, as the policy lists them: <c>NAMESPACE/DEPLOYMENT/CONTAINER/VARIABLE</c>.</summary>
    public IReadOnlySet<string> PoolSizes { get; init; } = new HashSet<string>();

    public string PolicyName { get; init; } = "chatbot";

    public string BindingName { get; init; } = "chatbot";

    /// <summary>What the policy's <c>reason</c> makes the answer: Forbidden is 403, Invalid 422.</summary>
    public string Reason { get; init; } = "Forbidden";

    /// <summary>The rule that a ValidatingAdmissionPolicy of the bot's kind says, with its account, annotation and pool sizes.</summary>
    /// <param name="policy">YAML. Its expressions are not evaluated: the tests hold them against this rule.</param>
    public static AdmissionRule Of(string policy)
    {
        var spec = Manifest.Read(policy).First(one => one.Text("kind") == "ValidatingAdmissionPolicy");
        return new AdmissionRule
        {
            User = JsonSerializer.Deserialize<string>(spec.Items("spec", "matchConditions").Single().Text("expression")!.Split("==")[1])!,
            Annotations = new HashSet<string> { JsonSerializer.Deserialize<string>(Variable("annotation"))! },
            PoolSizes = JsonSerializer.Deserialize<HashSet<string>>(Variable("poolSizes"))!,
            PolicyName = spec.Name(),
            BindingName = spec.Name(),
        };

        string Variable(string name) => spec.Items("spec", "variables").Single(one => one.Text("name") == name).Text("expression")!;
    }

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
                if (variable["value"] is not null && PoolSizes.Contains($"{of.Namespace()}/{of.Name()}/{container.Text("name")}/{variable.Text("name")}"))
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

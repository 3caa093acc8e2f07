using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A deployment's ReplicaSets: the one of its template, and the others.</summary>
internal sealed class DeploymentSets
{
    public const string Hash = "pod-template-hash";
    public const string Desired = "deployment.kubernetes.io/desired-replicas";
    public const string Maximum = "deployment.kubernetes.io/max-replicas";

    private readonly JsonObject _deployment;

    public DeploymentSets(ObjectStore store, JsonObject deployment)
    {
        _deployment = deployment;
        var sets = Owned.By(store, ResourceCatalog.ReplicaSets, deployment);
        Newest = sets.Find(set => JsonNode.DeepEquals(Owned.TemplateOf(set, Hash), deployment.At("spec", "template")));
        Old = [.. sets.Where(set => !ReferenceEquals(set, Newest))];
    }

    /// <summary>Null while there is none of the template.</summary>
    public JsonObject? Newest { get; set; }

    public List<JsonObject> Old { get; }

    public IEnumerable<JsonObject> All => Newest is null ? Old : Old.Prepend(Newest);

    public JsonObject? Latest => All.MaxBy(RevisionHistory.Of);

    public long Total => All.Sum(set => set.Number("spec", "replicas") ?? 0);

    /// <summary>The deployment asks for another number than it did when the sets were scaled last.</summary>
    public bool IsScaled => All.Any(set =>
        set.Number("spec", "replicas") > 0
        && set.Text("metadata", "annotations", Desired) is { } desired
        && desired != $"{_deployment.Number("spec", "replicas") ?? 1}");

    public bool IsScalingOnly => Newest is not null && IsScaled;

    public static JsonObject SetFor(JsonObject deployment)
    {
        var template = deployment.At("spec", "template")!.Copy();
        var hash = NameSuffix.Of(template.ToJsonString());
        template.Under("metadata", "labels")[Hash] = hash;
        var selector = deployment.At("spec", "selector")!.Copy();
        selector.Under("matchLabels")[Hash] = hash;
        var spec = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = template };
        if (deployment.Number("spec", "minReadySeconds") is { } seconds)
        {
            spec["minReadySeconds"] = seconds;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name()}-{hash}",
                ["namespace"] = deployment.Namespace(),
                ["labels"] = template.At("metadata", "labels")!.DeepClone(),
                ["annotations"] = RevisionHistory.Inherited(deployment),
                ["ownerReferences"] = Owned.ReferenceTo(deployment),
            },
            ["spec"] = spec,
            ["status"] = new JsonObject { ["replicas"] = 0 },
        };
    }
}

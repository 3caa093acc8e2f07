using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What belongs to whom, and pods made from a template.</summary>
internal static class Owned
{
    public static List<JsonObject> By(ObjectStore store, ResourceType type, JsonObject owner) =>
    [
        .. store.List(type, owner.Namespace()).Where(one =>
            one.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == owner.Uid())),
    ];

    public static JsonArray ReferenceTo(JsonObject owner) => new(new JsonObject
    {
        ["apiVersion"] = owner.Text("apiVersion"),
        ["kind"] = owner.Text("kind"),
        ["name"] = owner.Name(),
        ["uid"] = owner.Uid(),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    });

    public static JsonObject Pod(JsonObject owner, string name)
    {
        var template = owner.At("spec", "template")!.Copy();
        var metadata = template.Under("metadata").Copy();
        metadata.Remove("creationTimestamp");
        metadata["name"] = name;
        metadata["namespace"] = owner.Namespace();
        metadata["ownerReferences"] = ReferenceTo(owner);
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["spec"] = template.Under("spec").DeepClone(),
            ["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" },
        };
    }

    /// <summary>Neither ended nor told to end.</summary>
    public static bool IsActive(JsonObject pod) =>
        pod.Text("metadata", "deletionTimestamp") is null && pod.Text("status", "phase") is not ("Succeeded" or "Failed");

    public static bool IsReady(JsonObject pod) => Conditions.Find(pod["status"], "Ready").Text("status") == "True";

    public static bool IsAvailable(JsonObject pod, long minReadySeconds, DateTimeOffset now) =>
        IsReady(pod)
        && (minReadySeconds == 0
            || Conditions.Find(pod["status"], "Ready").Time("lastTransitionTime") + TimeSpan.FromSeconds(minReadySeconds) <= now);

    /// <summary>The template without what a controller adds to tell its pods apart.</summary>
    public static JsonObject TemplateOf(JsonObject workload, string revisionLabel)
    {
        var template = workload.At("spec", "template")!.Copy();
        (template.At("metadata", "labels") as JsonObject)?.Remove(revisionLabel);
        return template;
    }
}

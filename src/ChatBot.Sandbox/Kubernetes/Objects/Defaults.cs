using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What the API server fills in where an object says nothing.</summary>
internal static class Defaults
{
    public static void FillIn(ResourceType type, JsonObject of)
    {
        DropNulls(of);
        DropEmptyMaps(of.Under("metadata"));
        if (ReferenceEquals(type, ResourceCatalog.Pods))
        {
            FillInPod(of.Under("spec"));
        }
        else if (type.CountsGenerations)
        {
            FillInWorkload(type, of.Under("spec"));
        }
    }

    private static void FillInWorkload(ResourceType type, JsonObject spec)
    {
        DropEmptyMaps(spec.Under("template", "metadata"));
        FillInPod(spec.Under("template", "spec"));
        if (ReferenceEquals(type, ResourceCatalog.DaemonSets))
        {
            Set(spec, "revisionHistoryLimit", 10);
            return;
        }

        Set(spec, "replicas", 1);
        if (ReferenceEquals(type, ResourceCatalog.Deployments))
        {
            Set(spec, "revisionHistoryLimit", 10);
            Set(spec, "progressDeadlineSeconds", 600); // s
            var strategy = spec.Under("strategy");
            Set(strategy, "type", "RollingUpdate");
            if (strategy.Text("type") == "RollingUpdate")
            {
                Set(strategy.Under("rollingUpdate"), "maxSurge", "25%");
                Set(strategy.Under("rollingUpdate"), "maxUnavailable", "25%");
            }
        }
        else if (ReferenceEquals(type, ResourceCatalog.StatefulSets))
        {
            Set(spec, "revisionHistoryLimit", 10);
            Set(spec, "podManagementPolicy", "OrderedReady");
            Set(spec.Under("updateStrategy"), "type", "RollingUpdate");
        }
    }

    private static void FillInPod(JsonObject spec)
    {
        Set(spec, "restartPolicy", "Always");
        Set(spec, "terminationGracePeriodSeconds", 30); // s
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "schedulerName", "default-scheduler");
        Set(spec, "securityContext", new JsonObject());
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            var image = container.Text("image") ?? "";
            var isLatest = image.EndsWith(":latest", StringComparison.Ordinal) || !image[(image.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
            Set(container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
            Set(container, "terminationMessagePath", "/dev/termination-log");
            Set(container, "terminationMessagePolicy", "File");
            Set(container, "resources", new JsonObject());
            foreach (var port in container.Items("ports"))
            {
                Set(port, "protocol", "TCP");
            }
        }
    }

    /// <summary>A field that is null is a field that isn't there: Go's clients send <c>creationTimestamp: null</c> in every template.</summary>
    private static void DropNulls(JsonNode node)
    {
        if (node is JsonObject map)
        {
            foreach (var name in map.Where(field => field.Value is null).Select(field => field.Key).ToList())
            {
                map.Remove(name);
            }
        }

        foreach (var inner in node is JsonArray list ? list : (node as JsonObject ?? []).Select(field => field.Value))
        {
            if (inner is not null)
            {
                DropNulls(inner);
            }
        }
    }

    /// <summary>The API never shows an empty map of labels or annotations: whoever adds to it has to make it first.</summary>
    private static void DropEmptyMaps(JsonObject metadata)
    {
        foreach (var map in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (metadata[map] is null or JsonObject { Count: 0 })
            {
                metadata.Remove(map);
            }
        }
    }

    private static void Set(JsonObject on, string name, JsonNode value)
    {
        if (on[name] is null)
        {
            on[name] = value;
        }
    }
}

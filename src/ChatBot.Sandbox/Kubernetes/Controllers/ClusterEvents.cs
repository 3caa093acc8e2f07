using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Events: what controllers and kubelets say of an object. The same one again counts up.</summary>
internal sealed class ClusterEvents(ObjectStore store, TimeProvider time)
{
    public void Tell(JsonObject about, string source, string type, string reason, string message)
    {
        var now = time.GetUtcNow();
        var same = store.List(ResourceCatalog.Events, about.Namespace()).FirstOrDefault(told =>
            told.Text("involvedObject", "uid") == about.Uid() && told.Text("reason") == reason && told.Text("message") == message);
        if (same is not null)
        {
            store.Change(ResourceCatalog.Events, same, Writer.Controller, again =>
            {
                again["count"] = (again.Number("count") ?? 1) + 1;
                again["lastTimestamp"] = now.Stamp();
            });
            return;
        }

        store.Create(
            ResourceCatalog.Events,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"{about.Name()}.{Guid.NewGuid():n}",
                    ["namespace"] = about.Namespace(),
                },
                ["involvedObject"] = new JsonObject
                {
                    ["kind"] = about.Text("kind"),
                    ["namespace"] = about.Namespace(),
                    ["name"] = about.Name(),
                    ["uid"] = about.Uid(),
                    ["apiVersion"] = about.Text("apiVersion"),
                    ["resourceVersion"] = about.Text("metadata", "resourceVersion"),
                },
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = source },
                ["firstTimestamp"] = now.Stamp(),
                ["lastTimestamp"] = now.Stamp(),
                ["count"] = 1,
                ["type"] = type,
                ["reportingComponent"] = source,
                ["reportingInstance"] = "",
            },
            Writer.Controller);
    }
}

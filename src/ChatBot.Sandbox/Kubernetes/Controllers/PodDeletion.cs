using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A pod is deleted in two steps: told to end, and gone when it has ended.</summary>
internal static class PodDeletion
{
    /// <param name="graceSeconds">How long its processes may take.</param>
    public static JsonObject Begin(ObjectStore store, JsonObject pod, long graceSeconds, DateTimeOffset now) =>
        pod.Text("metadata", "deletionTimestamp") is not null
            ? pod
            : store.Change(ResourceCatalog.Pods, pod, Writer.Controller, ending =>
            {
                ending.Under("metadata")["deletionTimestamp"] = now.AddSeconds(graceSeconds).Stamp();
                ending.Under("metadata")["deletionGracePeriodSeconds"] = graceSeconds;
            });
}

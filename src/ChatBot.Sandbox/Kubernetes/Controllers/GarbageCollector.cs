using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Deletes what belonged to something that is gone.</summary>
internal sealed class GarbageCollector(ObjectStore store, TimeProvider time) : IController
{
    private static readonly ResourceType[] Owned = [ResourceCatalog.ReplicaSets, ResourceCatalog.Pods];

    public void Reconcile()
    {
        var alive = ResourceCatalog.All.SelectMany(type => store.List(type)).Select(one => one.Uid()).ToHashSet();
        foreach (var type in Owned)
        {
            foreach (var owned in store.List(type))
            {
                var owners = owned.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "").ToList();
                if (owners.Count == 0 || owners.Exists(alive.Contains))
                {
                    continue;
                }

                if (ReferenceEquals(type, ResourceCatalog.Pods))
                {
                    PodDeletion.Begin(store, owned, owned.Number("spec", "terminationGracePeriodSeconds") ?? 30, time.GetUtcNow());
                }
                else
                {
                    store.Remove(type, owned.Namespace(), owned.Name());
                }
            }
        }
    }

    /// <summary>Lets all that belongs to an owner live on without it.</summary>
    public static void Release(ObjectStore store, JsonObject owner)
    {
        foreach (var type in Owned)
        {
            foreach (var owned in store.List(type, owner.Namespace()))
            {
                if (owned.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == owner.Uid()))
                {
                    store.Change(type, owned, Writer.Controller, orphan => orphan.Under("metadata").Remove("ownerReferences"));
                }
            }
        }
    }
}

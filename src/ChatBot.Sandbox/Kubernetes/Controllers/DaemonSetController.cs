using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A pod on each node; of an older template they are renewed one at a time.</summary>
internal sealed class DaemonSetController(ObjectStore store, ClusterEvents events, IReadOnlyList<ClusterNode> nodes, TimeProvider time) : IController
{
    private const string Hostname = "kubernetes.io/hostname";

    public void Reconcile()
    {
        foreach (var set in store.List(ResourceCatalog.DaemonSets))
        {
            Reconcile(set);
        }
    }

    private void Reconcile(JsonObject set)
    {
        var revision = StatefulSetController.RevisionOf(set);
        var pods = Owned.By(store, ResourceCatalog.Pods, set);
        foreach (var node in nodes.Where(node => !pods.Exists(pod => pod.Text("spec", "nodeSelector", Hostname) == node.Name)))
        {
            var pod = Owned.Pod(set, $"{set.Name()}-{NameSuffix.Random()}");
            pod.Under("metadata", "labels")[StatefulSetController.Revision] = revision;
            pod.Under("spec", "nodeSelector")[Hostname] = node.Name;
            store.Create(ResourceCatalog.Pods, pod, Writer.Controller);
            events.Tell(set, "daemonset-controller", "Normal", "SuccessfulCreate", $"Created pod: {pod.Name()}");
        }

        if (pods.TrueForAll(pod => Owned.IsActive(pod) && Owned.IsReady(pod))
            && set.Text("spec", "updateStrategy", "type") != "OnDelete"
            && pods.Find(pod => pod.Text("metadata", "labels", StatefulSetController.Revision) != revision) is { } old)
        {
            PodDeletion.Begin(store, old, old.Number("spec", "terminationGracePeriodSeconds") ?? 30, time.GetUtcNow());
            events.Tell(set, "daemonset-controller", "Normal", "SuccessfulDelete", $"Deleted pod: {old.Name()}");
        }

        Count(set, revision);
    }

    private void Count(JsonObject set, string revision)
    {
        var pods = Owned.By(store, ResourceCatalog.Pods, set);
        store.Change(ResourceCatalog.DaemonSets, set, Writer.ControllerStatus, counted =>
        {
            var status = counted.Under("status");
            status["observedGeneration"] = counted.Number("metadata", "generation");
            status["desiredNumberScheduled"] = nodes.Count;
            status["currentNumberScheduled"] = pods.Count;
            status["numberMisscheduled"] = 0;
            status["numberReady"] = pods.Count(Owned.IsReady);
            ReplicaSetController.PutOrDrop(status, "numberAvailable", pods.Count(Owned.IsReady));
            ReplicaSetController.PutOrDrop(
                status, "updatedNumberScheduled", pods.Count(pod => pod.Text("metadata", "labels", StatefulSetController.Revision) == revision));
        });
    }
}

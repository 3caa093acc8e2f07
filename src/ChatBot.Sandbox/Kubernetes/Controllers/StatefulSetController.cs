using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Pods with numbers, one after the other: created from 0 up, ended and renewed from the last down.</summary>
internal sealed class StatefulSetController(ObjectStore store, ClusterEvents events, TimeProvider time) : IController
{
    public const string Revision = "controller-revision-hash";

    public void Reconcile()
    {
        foreach (var set in store.List(ResourceCatalog.StatefulSets))
        {
            Reconcile(set);
        }
    }

    /// <summary>The name of the template's revision, as pods carry it.</summary>
    public static string RevisionOf(JsonObject workload) =>
        $"{workload.Name()}-{NameSuffix.Of(workload.At("spec", "template")!.ToJsonString())}";

    private void Reconcile(JsonObject set)
    {
        var revision = RevisionOf(set);
        var replicas = set.Number("spec", "replicas") ?? 1;
        var pods = Owned.By(store, ResourceCatalog.Pods, set).OrderBy(Ordinal).ToList();
        var isParallel = set.Text("spec", "podManagementPolicy") == "Parallel";
        var isSteady = pods.TrueForAll(pod => Owned.IsActive(pod) && Owned.IsReady(pod));
        if (pods.LastOrDefault(pod => Ordinal(pod) >= replicas && Owned.IsActive(pod)) is { } extra && (isSteady || isParallel))
        {
            End(set, extra);
        }
        else if (isSteady || isParallel)
        {
            var missing = Enumerable.Range(0, (int)replicas).Where(number => !pods.Exists(pod => Ordinal(pod) == number)).ToList();
            foreach (var number in isParallel ? missing : missing.Take(1))
            {
                Create(set, number, revision);
            }

            if (missing.Count == 0
                && isSteady
                && set.Text("spec", "updateStrategy", "type") != "OnDelete"
                && pods.LastOrDefault(pod => pod.Text("metadata", "labels", Revision) != revision) is { } old)
            {
                End(set, old);
            }
        }

        Count(set, revision);
    }

    private void Create(JsonObject set, int number, string revision)
    {
        var pod = Owned.Pod(set, $"{set.Name()}-{number}");
        var labels = pod.Under("metadata", "labels");
        labels[Revision] = revision;
        labels["statefulset.kubernetes.io/pod-name"] = pod.Name();
        labels["apps.kubernetes.io/pod-index"] = number.ToString(CultureInfo.InvariantCulture);
        store.Create(ResourceCatalog.Pods, pod, Writer.Controller);
        events.Tell(set, "statefulset-controller", "Normal", "SuccessfulCreate", $"create Pod {pod.Name()} in StatefulSet {set.Name()} successful");
    }

    private void End(JsonObject set, JsonObject pod)
    {
        PodDeletion.Begin(store, pod, pod.Number("spec", "terminationGracePeriodSeconds") ?? 30, time.GetUtcNow());
        events.Tell(set, "statefulset-controller", "Normal", "SuccessfulDelete", $"delete Pod {pod.Name()} in StatefulSet {set.Name()} successful");
    }

    private void Count(JsonObject set, string revision)
    {
        var pods = Owned.By(store, ResourceCatalog.Pods, set);
        var updated = pods.Count(pod => pod.Text("metadata", "labels", Revision) == revision);
        store.Change(ResourceCatalog.StatefulSets, set, Writer.ControllerStatus, counted =>
        {
            var status = counted.Under("status");
            status["observedGeneration"] = counted.Number("metadata", "generation");
            status["replicas"] = pods.Count;
            status["availableReplicas"] = pods.Count(Owned.IsReady);
            ReplicaSetController.PutOrDrop(status, "readyReplicas", pods.Count(Owned.IsReady));
            ReplicaSetController.PutOrDrop(status, "updatedReplicas", updated);
            status["updateRevision"] = revision;
            if (status["currentRevision"] is null || updated == pods.Count)
            {
                status["currentRevision"] = revision;
            }

            ReplicaSetController.PutOrDrop(
                status, "currentReplicas", pods.Count(pod => pod.Text("metadata", "labels", Revision) == status.Text("currentRevision")));
        });
    }

    private static int Ordinal(JsonObject pod) =>
        int.TryParse(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>As many pods as a ReplicaSet asks for.</summary>
internal sealed class ReplicaSetController(ObjectStore store, ClusterEvents events, TimeProvider time) : IController
{
    /// <summary>The condition that says that pods can't be made.</summary>
    public const string Failure = "ReplicaFailure";

    public void Reconcile()
    {
        foreach (var set in store.List(ResourceCatalog.ReplicaSets))
        {
            var pods = Owned.By(store, ResourceCatalog.Pods, set).Where(Owned.IsActive).ToList();
            var missing = (set.Number("spec", "replicas") ?? 0) - pods.Count;
            string? refused = null;
            for (; missing > 0; missing--)
            {
                var name = $"{set.Name()}-{NameSuffix.Random()}";
                if ((refused = PodQuota.WhyNot(store, set.Namespace())) is not null)
                {
                    TellOnce(set, name, refused);
                    break;
                }

                var pod = store.Create(ResourceCatalog.Pods, Owned.Pod(set, name), Writer.Controller);
                events.Tell(set, "replicaset-controller", "Normal", "SuccessfulCreate", $"Created pod: {pod.Name()}");
            }

            foreach (var pod in FirstToGo(pods).Take((int)Math.Max(0, -missing)))
            {
                PodDeletion.Begin(store, pod, pod.Number("spec", "terminationGracePeriodSeconds") ?? 30, time.GetUtcNow());
                events.Tell(set, "replicaset-controller", "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
            }

            Count(set, refused);
        }
    }

    /// <summary>The real one tries again and again, and counts; here nothing happens before something changes.</summary>
    private void TellOnce(JsonObject set, string pod, string refused)
    {
        if (Conditions.Find(set["status"], Failure).Text("message") != refused)
        {
            events.Tell(set, "replicaset-controller", "Warning", "FailedCreate", $"Error creating: pods \"{pod}\" is forbidden: {refused}");
        }
    }

    /// <summary>Those that do least: not scheduled, pending, not ready, cheap to delete, often restarted, young.</summary>
    private static IEnumerable<JsonObject> FirstToGo(IEnumerable<JsonObject> pods) => pods
        .OrderBy(pod => pod.Text("spec", "nodeName") is not null)
        .ThenBy(pod => pod.Text("status", "phase") != "Pending")
        .ThenBy(Owned.IsReady)
        .ThenBy(pod => long.TryParse(pod.Text("metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"), out var cost) ? cost : 0)
        .ThenByDescending(pod => pod.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0))
        .ThenByDescending(pod => pod.Text("metadata", "creationTimestamp"), StringComparer.Ordinal);

    private void Count(JsonObject set, string? refused)
    {
        var pods = Owned.By(store, ResourceCatalog.Pods, set).Where(Owned.IsActive).ToList();
        var minReadySeconds = set.Number("spec", "minReadySeconds") ?? 0;
        store.Change(ResourceCatalog.ReplicaSets, set, Writer.ControllerStatus, counted =>
        {
            var status = counted.Under("status");
            status["replicas"] = pods.Count;
            PutOrDrop(status, "fullyLabeledReplicas", pods.Count);
            PutOrDrop(status, "readyReplicas", pods.Count(Owned.IsReady));
            PutOrDrop(status, "availableReplicas", pods.Count(pod => Owned.IsAvailable(pod, minReadySeconds, time.GetUtcNow())));
            if (refused is not null)
            {
                Conditions.Set(status, Failure, true, time.GetUtcNow(), "FailedCreate", refused);
            }
            else
            {
                Conditions.Remove(status, Failure);
            }

            status["observedGeneration"] = counted.Number("metadata", "generation");
        });
    }

    /// <summary>The API leaves out counters that are 0.</summary>
    public static void PutOrDrop(JsonObject status, string counter, long value)
    {
        if (value == 0)
        {
            status.Remove(counter);
        }
        else
        {
            status[counter] = value;
        }
    }
}

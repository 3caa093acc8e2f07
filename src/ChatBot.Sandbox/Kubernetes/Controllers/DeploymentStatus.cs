using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What a deployment says about its rollout: counters and conditions.</summary>
internal static class DeploymentStatus
{
    private const string Progressing = "Progressing";
    private const string Complete = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";
    private const string Paused = "DeploymentPaused";

    public static bool IsComplete(JsonObject deployment) =>
        deployment["status"] is JsonObject status && IsComplete(deployment, status);

    public static void Progress(ObjectStore store, JsonObject deployment, bool? value, string reason, string message, DateTimeOffset now) =>
        store.Change(
            ResourceCatalog.Deployments, deployment, Writer.ControllerStatus, told => Progress(told.Under("status"), value, reason, message, now));

    public static void Write(ObjectStore store, JsonObject deployment, DeploymentSets sets, DateTimeOffset now)
    {
        store.Change(ResourceCatalog.Deployments, deployment, Writer.ControllerStatus, told =>
        {
            var status = told.Under("status");
            var before = status.Copy();
            Count(told, status, sets);
            var budget = RolloutBudget.Of(told);
            var enough = (status.Number("availableReplicas") ?? 0) >= (told.Number("spec", "replicas") ?? 1) - budget.Unavailable;
            SetWithTime(
                status,
                "Available",
                enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                now);
            if (told.Flag("spec", "paused"))
            {
                if (Reason(status) is not (TimedOut or Paused))
                {
                    Progress(status, null, Paused, "Deployment is paused", now);
                }

                return;
            }

            if (Reason(status) == Paused)
            {
                Progress(status, null, "DeploymentResumed", "Deployment is resumed", now);
            }

            Judge(told, before, status, sets.Newest?.Name() ?? "", now);
            if (sets.All.Select(set => Conditions.Find(set["status"], ReplicaSetController.Failure)).FirstOrDefault(failure => failure is not null) is { } failed)
            {
                SetWithTime(status, ReplicaSetController.Failure, true, failed.Text("reason") ?? "", failed.Text("message") ?? "", now);
            }
            else
            {
                Conditions.Remove(status, ReplicaSetController.Failure);
            }
        });
    }

    private static void Count(JsonObject deployment, JsonObject status, DeploymentSets sets)
    {
        status["observedGeneration"] = deployment.Number("metadata", "generation");
        var available = Sum("availableReplicas");
        ReplicaSetController.PutOrDrop(status, "replicas", Sum("replicas"));
        ReplicaSetController.PutOrDrop(status, "updatedReplicas", sets.Newest.Number("status", "replicas") ?? 0);
        ReplicaSetController.PutOrDrop(status, "readyReplicas", Sum("readyReplicas"));
        ReplicaSetController.PutOrDrop(status, "availableReplicas", available);
        ReplicaSetController.PutOrDrop(status, "unavailableReplicas", Math.Max(0, sets.Total - available));

        long Sum(string counter) => sets.All.Sum(set => set.Number("status", counter) ?? 0);
    }

    private static void Judge(JsonObject deployment, JsonObject before, JsonObject status, string set, DateTimeOffset now)
    {
        static long Counter(JsonObject of, string name) => of.Number(name) ?? 0;
        var wasComplete = Reason(status) == Complete && Counter(status, "replicas") == Counter(status, "updatedReplicas");
        if (wasComplete)
        {
            return;
        }

        if (IsComplete(deployment, status))
        {
            Progress(status, true, Complete, $"ReplicaSet \"{set}\" has successfully progressed.", now);
        }
        else if (Counter(status, "updatedReplicas") > Counter(before, "updatedReplicas")
            || Counter(status, "replicas") - Counter(status, "updatedReplicas") < Counter(before, "replicas") - Counter(before, "updatedReplicas")
            || Counter(status, "readyReplicas") > Counter(before, "readyReplicas")
            || Counter(status, "availableReplicas") > Counter(before, "availableReplicas"))
        {
            Progress(status, true, "ReplicaSetUpdated", $"ReplicaSet \"{set}\" is progressing.", now);
        }
        else if (Reason(status) is not (TimedOut or Complete)
            && Conditions.Find(status, Progressing).Time("lastUpdateTime") is { } since
            && since.AddSeconds(deployment.Number("spec", "progressDeadlineSeconds") ?? 600) < now)
        {
            Progress(status, false, TimedOut, $"ReplicaSet \"{set}\" has timed out progressing.", now);
        }
    }

    private static bool IsComplete(JsonObject deployment, JsonObject status)
    {
        var replicas = deployment.Number("spec", "replicas") ?? 1;
        return (status.Number("updatedReplicas") ?? 0) == replicas
            && (status.Number("replicas") ?? 0) == replicas
            && (status.Number("availableReplicas") ?? 0) == replicas
            && status.Number("observedGeneration") >= deployment.Number("metadata", "generation");
    }

    private static string? Reason(JsonObject status) => Conditions.Find(status, Progressing).Text("reason");

    private static void Progress(JsonObject status, bool? value, string reason, string message, DateTimeOffset now)
    {
        Conditions.Set(status, Progressing, value, now, reason, message);
        Conditions.Find(status, Progressing)!["lastUpdateTime"] = now.Stamp();
    }

    private static void SetWithTime(JsonObject status, string type, bool value, string reason, string message, DateTimeOffset now)
    {
        var was = Conditions.Find(status, type).Text("status");
        Conditions.Set(status, type, value, now, reason, message);
        var condition = Conditions.Find(status, type)!;
        if (condition.Text("status") != was)
        {
            condition["lastUpdateTime"] = now.Stamp();
        }
    }
}

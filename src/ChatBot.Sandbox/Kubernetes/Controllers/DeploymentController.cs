using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// Rollouts: a ReplicaSet for each template, the new one growing and the old ones shrinking within the budget.
/// After pkg/controller/deployment of Kubernetes.
/// </summary>
internal sealed class DeploymentController(ObjectStore store, ClusterEvents events, TimeProvider time) : IController
{
    public void Reconcile()
    {
        foreach (var deployment in store.List(ResourceCatalog.Deployments))
        {
            Reconcile(deployment);
        }
    }

    private void Reconcile(JsonObject deployment)
    {
        var sets = new DeploymentSets(store, deployment);
        var isPaused = deployment.Flag("spec", "paused");
        if (isPaused || sets.IsScalingOnly)
        {
            Proportionally(deployment, sets);
        }
        else if (RolloutBudget.Of(deployment).IsRecreate)
        {
            Recreate(deployment, sets);
        }
        else
        {
            Roll(deployment, sets);
        }

        if (sets.Newest is { } newest)
        {
            sets.Newest = RevisionHistory.Bring(store, deployment, newest, sets.Old);
        }

        if (DeploymentStatus.IsComplete(deployment))
        {
            foreach (var old in RevisionHistory.Beyond(deployment, sets.Old))
            {
                store.Remove(ResourceCatalog.ReplicaSets, old.Namespace(), old.Name());
            }
        }

        DeploymentStatus.Write(store, deployment, new DeploymentSets(store, deployment), time.GetUtcNow());
    }

    private void Recreate(JsonObject deployment, DeploymentSets sets)
    {
        foreach (var old in sets.Old)
        {
            Scale(deployment, old, 0);
        }

        var isEmpty = sets.Old.TrueForAll(old => Owned.By(store, ResourceCatalog.Pods, old).Count == 0);
        if (isEmpty)
        {
            Scale(deployment, sets.Newest ??= NewSet(deployment), deployment.Number("spec", "replicas") ?? 1);
        }
    }

    private void Roll(JsonObject deployment, DeploymentSets sets)
    {
        var replicas = deployment.Number("spec", "replicas") ?? 1;
        var budget = RolloutBudget.Of(deployment);
        var newest = sets.Newest ??= NewSet(deployment);
        var room = replicas + budget.Surge - sets.Total;
        var has = Replicas(newest);
        if (has > replicas)
        {
            newest = sets.Newest = Scale(deployment, newest, replicas);
        }
        else if (room > 0 && has < replicas)
        {
            newest = sets.Newest = Scale(deployment, newest, has + Math.Min(room, replicas - has));
        }

        Shrink(deployment, sets, replicas - budget.Unavailable, newest);
    }

    /// <summary>Pods of old sets that never became ready go first: they serve nobody.</summary>
    private void Shrink(JsonObject deployment, DeploymentSets sets, long atLeast, JsonObject newest)
    {
        var mayGo = sets.Total - atLeast - (Replicas(newest) - Available(newest));
        var old = sets.Old.OrderBy(set => set.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).ToList();
        for (var i = 0; i < old.Count && mayGo > 0; i++)
        {
            var unhealthy = Math.Min(mayGo, Replicas(old[i]) - Available(old[i]));
            if (unhealthy > 0)
            {
                old[i] = Scale(deployment, old[i], Replicas(old[i]) - unhealthy);
                mayGo -= unhealthy;
            }
        }

        var spare = Math.Min(mayGo, Available(newest) + old.Sum(Available) - atLeast);
        for (var i = 0; i < old.Count && spare > 0; i++)
        {
            var gone = Math.Min(spare, Replicas(old[i]));
            if (gone > 0)
            {
                Scale(deployment, old[i], Replicas(old[i]) - gone);
                spare -= gone;
            }
        }
    }

    /// <summary>Another number of replicas without another template: shared among the sets as they are.</summary>
    private void Proportionally(JsonObject deployment, DeploymentSets sets)
    {
        var replicas = deployment.Number("spec", "replicas") ?? 1;
        var active = sets.All.Where(set => Replicas(set) > 0).OrderByDescending(Replicas).ToList();
        if (active.Count <= 1)
        {
            if ((active.Count == 1 ? active[0] : sets.Newest ?? sets.Latest) is { } only)
            {
                Scale(deployment, only, replicas);
            }

            return;
        }

        var target = replicas == 0 ? 0 : replicas + RolloutBudget.Of(deployment).Surge;
        var left = sets.Total == target || !sets.IsScaled ? 0 : target - sets.Total;
        var whole = sets.Total;
        foreach (var set in active)
        {
            var share = (long)Math.Round(Replicas(set) * (double)(target - whole) / whole, MidpointRounding.AwayFromZero);
            share = left == 0 ? 0 : left > 0 ? Math.Clamp(share, 0, left) : Math.Clamp(share, Math.Max(left, -Replicas(set)), 0);
            left -= share;
            Scale(deployment, set, Replicas(set) + share);
        }
    }

    private JsonObject NewSet(JsonObject deployment)
    {
        var created = store.Create(ResourceCatalog.ReplicaSets, DeploymentSets.SetFor(deployment), Writer.Controller);
        DeploymentStatus.Progress(
            store, deployment, true, "NewReplicaSetCreated", $"Created new replica set \"{created.Name()}\"", time.GetUtcNow());
        return created;
    }

    private JsonObject Scale(JsonObject deployment, JsonObject set, long replicas)
    {
        var had = Replicas(set);
        var scaled = store.Change(ResourceCatalog.ReplicaSets, set, Writer.Controller, copy =>
        {
            copy.Under("spec")["replicas"] = replicas;
            var annotations = copy.Under("metadata", "annotations");
            var wanted = deployment.Number("spec", "replicas") ?? 1;
            annotations[DeploymentSets.Desired] = $"{wanted}";
            annotations[DeploymentSets.Maximum] = $"{wanted + RolloutBudget.Of(deployment).Surge}";
        });
        if (had != replicas)
        {
            var way = had < replicas ? "up" : "down";
            events.Tell(deployment, "deployment-controller", "Normal", "ScalingReplicaSet", $"Scaled {way} replica set {set.Name()} from {had} to {replicas}");
        }

        return scaled;
    }

    private static long Replicas(JsonObject set) => set.Number("spec", "replicas") ?? 0;

    private static long Available(JsonObject set) => set.Number("status", "availableReplicas") ?? 0;
}

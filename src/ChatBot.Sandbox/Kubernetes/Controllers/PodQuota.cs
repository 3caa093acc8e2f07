using System.Globalization;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>How many pods a namespace may have: the one thing of a ResourceQuota that is held here, and only against ReplicaSets.</summary>
internal sealed class PodQuota(ObjectStore store) : IController
{
    /// <summary>Counts what is used.</summary>
    public void Reconcile()
    {
        foreach (var quota in store.List(ResourceCatalog.Quotas).Where(quota => quota.Text("spec", "hard", "pods") is not null))
        {
            store.Change(ResourceCatalog.Quotas, quota, Writer.ControllerStatus, counted =>
            {
                counted.Under("status")["hard"] = quota.At("spec", "hard")!.DeepClone();
                counted.Under("status", "used")["pods"] = Text(Used(store, quota.Namespace()));
            });
        }
    }

    /// <summary>Why no more pod may be made; null when one may.</summary>
    public static string? WhyNot(ObjectStore store, string space)
    {
        var used = Used(store, space);
        return store.List(ResourceCatalog.Quotas, space)
            .Where(quota => int.TryParse(quota.Text("spec", "hard", "pods"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && used >= most)
            .Select(quota => $"exceeded quota: {quota.Name()}, requested: pods=1, used: pods={Text(used)}, limited: pods={quota.Text("spec", "hard", "pods")}")
            .FirstOrDefault();
    }

    private static int Used(ObjectStore store, string space) => store.List(ResourceCatalog.Pods, space).Count(pod => pod.Text("status", "phase") is not ("Succeeded" or "Failed"));

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}

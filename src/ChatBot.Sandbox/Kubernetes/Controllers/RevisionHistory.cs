using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The numbers of a deployment's templates. Going back to an old template gives its ReplicaSet a new number.</summary>
internal static class RevisionHistory
{
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string Former = "deployment.kubernetes.io/revision-history";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public static long Of(JsonObject set) =>
        long.TryParse(set.Text("metadata", "annotations", Revision), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Numbers the newest set after all others, and the deployment after it.</summary>
    public static JsonObject Bring(ObjectStore store, JsonObject deployment, JsonObject newest, IEnumerable<JsonObject> old)
    {
        var number = old.Select(Of).DefaultIfEmpty(0).Max() + 1;
        if (Of(newest) < number)
        {
            newest = store.Change(ResourceCatalog.ReplicaSets, newest, Writer.Controller, numbered =>
            {
                var annotations = numbered.Under("metadata", "annotations");
                if (Of(numbered) is > 0 and var had)
                {
                    var former = annotations.Text(Former);
                    annotations[Former] = former is null ? $"{had}" : $"{former},{had}";
                }

                annotations[Revision] = $"{number}";
            });
        }

        store.Change(
            ResourceCatalog.Deployments,
            deployment,
            Writer.Controller,
            told => told.Under("metadata", "annotations")[Revision] = $"{Of(newest)}");
        return newest;
    }

    /// <summary>A set carries its deployment's annotations, but for those that are about objects and numbers.</summary>
    public static JsonObject Inherited(JsonObject deployment)
    {
        var inherited = new JsonObject();
        foreach (var (name, value) in deployment.Texts("metadata", "annotations"))
        {
            if (name is not (Revision or Former or LastApplied or DeploymentSets.Desired or DeploymentSets.Maximum))
            {
                inherited[name] = value;
            }
        }

        return inherited;
    }

    /// <summary>Empty sets that are more than the history is to hold, oldest first.</summary>
    public static IEnumerable<JsonObject> Beyond(JsonObject deployment, IEnumerable<JsonObject> old)
    {
        var empty = old
            .Where(set => set.Number("spec", "replicas") == 0 && (set.Number("status", "replicas") ?? 0) == 0)
            .OrderBy(Of)
            .ToList();
        return empty.Take((int)Math.Max(0, empty.Count - (deployment.Number("spec", "revisionHistoryLimit") ?? 10)));
    }
}

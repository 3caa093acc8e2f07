using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// Which lists are merged item by item, and what tells their items apart; any other list is replaced as a whole.
/// From <c>x-kubernetes-patch-merge-key</c> and <c>x-kubernetes-list-map-keys</c> of the API's own schema.
/// </summary>
internal static class ListKeys
{
    private static readonly Dictionary<string, string[]> ByField = new()
    {
        ["conditions"] = ["type"],
        ["containers"] = ["name"],
        ["env"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["imagePullSecrets"] = ["name"],
        ["initContainers"] = ["name"],
        ["ownerReferences"] = ["uid"],
        ["ports"] = ["containerPort", "protocol"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
        ["volumeDevices"] = ["devicePath"],
        ["volumeMounts"] = ["mountPath"],
        ["volumes"] = ["name"],
    };

    /// <summary>The one key that a strategic merge patch goes by; null when the list is replaced.</summary>
    public static string? Merge(string field) => ByField.GetValueOrDefault(field) is [var key, ..] ? key : null;

    /// <summary>Lists of plain values that are merged as sets.</summary>
    public static bool IsSet(string field) => field == "finalizers";

    /// <summary>What tells this item apart, as <c>managedFields</c> writes it; null when the list is replaced as a whole.</summary>
    public static JsonObject? Of(string field, JsonObject item)
    {
        var key = new JsonObject();
        foreach (var name in ByField.GetValueOrDefault(field) ?? [])
        {
            if (item[name] is { } value)
            {
                key[name] = value.DeepClone();
            }
        }

        return key.Count == 0 ? null : key;
    }
}

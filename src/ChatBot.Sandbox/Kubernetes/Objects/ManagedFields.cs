using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// <c>metadata.managedFields</c>: who set which field last. All writes here are updates, so whoever changes a field
/// takes it over from whoever had it.
/// </summary>
internal static class ManagedFields
{
    /// <summary>Fields that the server sets are nobody's.</summary>
    private static readonly HashSet<string> Unowned =
    [
        "f:apiVersion", "f:kind", "f:metadata",
        "f:metadata\0f:name", "f:metadata\0f:namespace", "f:metadata\0f:uid", "f:metadata\0f:creationTimestamp",
        "f:metadata\0f:generation", "f:metadata\0f:resourceVersion", "f:metadata\0f:managedFields",
    ];

    /// <param name="before">Null when the object is new.</param>
    public static JsonArray After(JsonObject? before, JsonObject after, Writer writer, DateTimeOffset now)
    {
        var old = before is null ? [] : Leaves(before);
        var current = Leaves(after);
        var changed = current
            .Where(leaf => !old.TryGetValue(leaf.Key, out var was) || was != leaf.Value)
            .Select(leaf => leaf.Key)
            .ToHashSet();
        var entries = new JsonArray();
        var isOwnKept = false;
        foreach (var entry in before.Items("metadata", "managedFields"))
        {
            var isOwn = entry.Text("manager") == writer.Manager && entry.Text("subresource") == writer.Subresource;
            var had = Paths(entry["fieldsV1"] as JsonObject ?? []).ToHashSet();
            var has = had.Where(path => current.ContainsKey(path) && (isOwn || !changed.Contains(path))).ToHashSet();
            isOwnKept |= isOwn;
            has.UnionWith(isOwn ? changed : []);
            if (has.Count > 0)
            {
                entries.Add(has.SetEquals(had) && !(isOwn && changed.Count > 0)
                    ? entry.DeepClone()
                    : Entry(entry.Text("manager")!, entry.Text("subresource"), after, isOwn ? now.Stamp() : entry.Text("time")!, has));
            }
        }

        if (!isOwnKept && changed.Count > 0)
        {
            entries.Add(Entry(writer.Manager, writer.Subresource, after, now.Stamp(), changed));
        }

        return entries;
    }

    private static JsonObject Entry(string manager, string? subresource, JsonObject of, string time, IEnumerable<string> paths)
    {
        var entry = new JsonObject
        {
            ["manager"] = manager,
            ["operation"] = "Update",
            ["apiVersion"] = of.Text("apiVersion"),
            ["time"] = time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Tree(paths),
        };
        if (subresource is not null)
        {
            entry["subresource"] = subresource;
        }

        return entry;
    }

    private static JsonObject Tree(IEnumerable<string> paths)
    {
        var tree = new JsonObject();
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            tree.Under(path.Split('\0'));
        }

        return tree;
    }

    private static IEnumerable<string> Paths(JsonObject tree, string above = "")
    {
        foreach (var (name, inner) in tree)
        {
            if (inner is JsonObject { Count: > 0 } deeper)
            {
                foreach (var path in Paths(deeper, above + name + '\0'))
                {
                    yield return path;
                }
            }
            else
            {
                yield return above + name;
            }
        }
    }

    /// <summary>Every field that somebody can own, with its value as text.</summary>
    private static Dictionary<string, string> Leaves(JsonObject of)
    {
        var leaves = new Dictionary<string, string>();
        Add(of, "");
        return leaves;

        void Add(JsonObject node, string above)
        {
            foreach (var (name, value) in node)
            {
                var path = $"{above}f:{name}";
                if (Unowned.Contains(path) && path != "f:metadata")
                {
                    continue;
                }

                switch (value)
                {
                    case JsonObject { Count: > 0 } inner:
                        Add(inner, path + '\0');
                        break;
                    case JsonArray { Count: > 0 } items when Keyed(name, items) is { } keyed:
                        foreach (var (key, item) in keyed)
                        {
                            leaves[$"{path}\0{key}\0."] = "";
                            Add(item, $"{path}\0{key}\0");
                        }

                        break;
                    default:
                        leaves[path] = value?.ToJsonString() ?? "null";
                        break;
                }
            }
        }
    }

    private static List<(string Key, JsonObject Item)>? Keyed(string field, JsonArray items)
    {
        var keyed = new List<(string, JsonObject)>();
        foreach (var item in items)
        {
            if (item is not JsonObject one || ListKeys.Of(field, one) is not { } key)
            {
                return null;
            }

            keyed.Add(("k:" + key.ToJsonString(), one));
        }

        return keyed;
    }
}

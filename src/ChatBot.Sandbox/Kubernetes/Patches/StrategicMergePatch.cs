using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// <c>application/strategic-merge-patch+json</c>: lists with a key are merged item by item, with the directives
/// <c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/…</c> and <c>$deleteFromPrimitiveList/…</c>.
/// </summary>
/// <remarks>
/// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
/// </remarks>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderOf = "$setElementOrder/";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";

    public static JsonObject Apply(JsonObject to, JsonObject patch)
    {
        var patched = to.Copy();
        Merge(patched, patch);
        return patched;
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        if (patch[RetainKeys] is JsonArray retained)
        {
            var keep = retained.Select(name => name.Text()).ToHashSet();
            foreach (var name in into.Select(field => field.Key).Where(name => !keep.Contains(name)).ToList())
            {
                into.Remove(name);
            }
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
            {
                RemoveValues(into, name[DeleteFrom.Length..], value as JsonArray ?? []);
            }
            else if (!name.StartsWith('$'))
            {
                MergeField(into, name, value);
            }
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(OrderOf, StringComparison.Ordinal) && into[name[OrderOf.Length..]] is JsonArray list)
            {
                Sort(list, name[OrderOf.Length..], value as JsonArray ?? []);
            }
        }
    }

    private static void MergeField(JsonObject into, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                into.Remove(name);
                break;
            case JsonObject map when map.Text(Directive) == "delete":
                into.Remove(name);
                break;
            case JsonObject map when map.Text(Directive) == "replace":
                into[name] = WithoutDirectives(map);
                break;
            case JsonObject map:
                Merge(into.Under(name), map);
                break;
            case JsonArray list when ListKeys.Merge(name) is { } key && list.All(item => item is JsonObject):
                MergeList(into, name, key, list);
                break;
            case JsonArray list when ListKeys.IsSet(name):
                var set = (into[name] as JsonArray ?? []).Concat(list).Select(item => item!.ToJsonString()).Distinct();
                into[name] = new JsonArray([.. set.Select(item => JsonNode.Parse(item))]);
                break;
            default:
                into[name] = value.DeepClone();
                break;
        }
    }

    private static void MergeList(JsonObject into, string name, string key, JsonArray patch)
    {
        var isReplacement = patch.Items().Any(item => item.Text(Directive) == "replace" && item[key] is null);
        var merged = isReplacement ? [] : into[name]?.DeepClone() as JsonArray ?? [];
        foreach (var item in patch.Items())
        {
            if (item[key] is not { } value)
            {
                if (item.Text(Directive) == "replace")
                {
                    continue;
                }

                throw ApiRefusal.PatchDoesNotFit(); // the item does not contain the declared merge key
            }

            var there = merged.Items().FirstOrDefault(candidate => JsonNode.DeepEquals(candidate[key], value));
            switch (item.Text(Directive), there)
            {
                case ("delete", not null):
                    merged.Remove(there);
                    break;
                case ("delete", null):
                    break;
                case ("replace", not null):
                    merged[merged.IndexOf(there)] = WithoutDirectives(item);
                    break;
                case (_, not null):
                    Merge(there, item);
                    break;
                default:
                    merged.Add((JsonNode)WithoutDirectives(item));
                    break;
            }
        }

        into[name] = merged;
    }

    private static void RemoveValues(JsonObject into, string name, JsonArray values)
    {
        if (into[name] is JsonArray list)
        {
            foreach (var gone in list.Where(item => values.Any(value => JsonNode.DeepEquals(item, value))).ToList())
            {
                list.Remove(gone);
            }
        }
    }

    /// <summary>What the order names takes the places that those items have now; all others stay where they are.</summary>
    private static void Sort(JsonArray list, string name, JsonArray order)
    {
        var key = ListKeys.Merge(name);
        var places = new List<(int Place, int Rank)>();
        for (var i = 0; i < list.Count; i++)
        {
            var rank = order.ToList().FindIndex(wanted => key is null
                ? JsonNode.DeepEquals(wanted, list[i])
                : JsonNode.DeepEquals(wanted.At(key), list[i].At(key)));
            if (rank >= 0)
            {
                places.Add((i, rank));
            }
        }

        var sorted = places.OrderBy(place => place.Rank).Select(place => list[place.Place]!.DeepClone()).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            list[places[i].Place] = sorted[i];
        }
    }

    private static JsonObject WithoutDirectives(JsonObject patch)
    {
        var plain = new JsonObject();
        Merge(plain, patch);
        return plain;
    }
}

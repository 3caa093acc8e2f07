using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// <c>application/json-patch+json</c>, RFC 6902, with the answers of the API server: 400 for what is no patch, 422
/// without a reason for what does not fit the object.
/// </summary>
/// <remarks>
/// Microsoft.AspNetCore.JsonPatch.SystemTextJson ignores unknown operations and cannot copy within a JsonObject.
/// </remarks>
internal static class JsonPatch
{
    /// <summary>The API server's own limit.</summary>
    private const int MaxOperations = 10_000;

    public static JsonObject Apply(JsonObject to, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
        {
            throw new ApiRefusal(
                413,
                "RequestEntityTooLarge",
                $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {patch.Count}");
        }

        JsonNode? patched = to.Copy();
        foreach (var step in patch)
        {
            if (step is not JsonObject operation)
            {
                throw ApiRefusal.BadRequest("error decoding patch: an operation is not an object");
            }

            Apply(ref patched, operation);
        }

        return patched as JsonObject ?? throw ApiRefusal.PatchDoesNotFit();
    }

    private static void Apply(ref JsonNode? root, JsonObject operation)
    {
        var path = Pointer(operation.Text("path"));
        switch (operation.Text("op"))
        {
            case "add":
                Put(ref root, path, Value(operation), isNew: true);
                break;
            case "replace":
                Get(root, path);
                Put(ref root, path, Value(operation), isNew: false);
                break;
            case "remove":
                Take(root, path);
                break;
            case "move":
                Put(ref root, path, Take(root, Pointer(operation.Text("from"))), isNew: true);
                break;
            case "copy":
                Put(ref root, path, Get(root, Pointer(operation.Text("from")))?.DeepClone(), isNew: true);
                break;
            case "test":
                if (!JsonNode.DeepEquals(Tested(root, path), operation["value"]))
                {
                    throw ApiRefusal.PatchDoesNotFit();
                }

                break;
            default:
                throw ApiRefusal.PatchDoesNotFit();
        }
    }

    /// <summary>A field that is absent passes a test for null.</summary>
    private static JsonNode? Tested(JsonNode? root, string[] path)
    {
        if (path.Length == 0)
        {
            return root;
        }

        return Get(root, path[..^1]) is JsonObject parent ? parent[path[^1]] : Get(root, path);
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw ApiRefusal.PatchDoesNotFit();

    private static string[] Pointer(string? pointer) => pointer switch
    {
        null => throw ApiRefusal.PatchDoesNotFit(),
        "" => [],
        _ when pointer[0] == '/' =>
        [
            .. pointer[1..].Split('/').Select(part =>
                part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)),
        ],
        _ => throw ApiRefusal.PatchDoesNotFit(),
    };

    private static JsonNode? Get(JsonNode? node, string[] path)
    {
        foreach (var name in path)
        {
            node = node switch
            {
                JsonObject map when map.TryGetPropertyValue(name, out var value) => value,
                JsonArray list => list[Index(name, list.Count - 1)],
                _ => throw ApiRefusal.PatchDoesNotFit(),
            };
        }

        return node;
    }

    private static JsonNode? Take(JsonNode? root, string[] path)
    {
        var taken = path.Length == 0 ? throw ApiRefusal.PatchDoesNotFit() : Get(root, path);
        switch (Get(root, path[..^1]))
        {
            case JsonObject map:
                map.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                break;
        }

        return taken;
    }

    private static void Put(ref JsonNode? root, string[] path, JsonNode? value, bool isNew)
    {
        if (path.Length == 0)
        {
            root = value;
            return;
        }

        switch (Get(root, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray list when isNew:
                list.Insert(path[^1] == "-" ? list.Count : Index(path[^1], list.Count), value);
                break;
            case JsonArray list:
                list[Index(path[^1], list.Count - 1)] = value;
                break;
            default:
                throw ApiRefusal.PatchDoesNotFit();
        }
    }

    private static int Index(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= max
            ? index
            : throw ApiRefusal.PatchDoesNotFit();
}

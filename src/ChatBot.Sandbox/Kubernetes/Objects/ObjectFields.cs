using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Reading and writing fields of an object by their path.</summary>
internal static class ObjectFields
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) switch
    {
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        _ => null,
    };

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Text(path) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>A map of texts, such as labels.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        var texts = new Dictionary<string, string>();
        foreach (var (name, value) in node.At(path) as JsonObject ?? [])
        {
            texts[name] = value.Text() ?? "";
        }

        return texts;
    }

    /// <summary>The object at a path, made when it isn't there.</summary>
    public static JsonObject Under(this JsonObject node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node[name] is not JsonObject inner)
            {
                node[name] = inner = [];
            }

            node = inner;
        }

        return node;
    }

    public static string Name(this JsonNode? node) => node.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonNode? node) => node.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonNode? node) => node.Text("metadata", "uid") ?? "";

    public static long ResourceVersion(this JsonNode? node) =>
        long.TryParse(node.Text("metadata", "resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : 0;

    public static JsonObject Copy(this JsonNode node) => (JsonObject)node.DeepClone();

    /// <summary>A time as the API writes it: whole seconds, UTC.</summary>
    public static string Stamp(this DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

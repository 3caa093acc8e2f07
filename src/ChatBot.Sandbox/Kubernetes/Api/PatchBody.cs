using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The three patches that are understood; server-side apply is not.</summary>
internal static class PatchBody
{
    private static readonly string[] Accepted =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

    /// <returns>From the object as it is to the object as wished.</returns>
    public static Func<JsonObject, JsonObject> Read(string? contentType, string body)
    {
        switch (contentType?.Split(';')[0].Trim())
        {
            case "application/json-patch+json":
                var operations = Parse(body) as JsonArray
                    ?? throw ApiRefusal.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return current => JsonPatch.Apply(current, operations);
            case "application/merge-patch+json":
                var merged = Object(body);
                return current => MergePatch.Apply(current, merged);
            case "application/strategic-merge-patch+json":
                var strategic = Object(body);
                return current => StrategicMergePatch.Apply(current, strategic);
            default:
                throw ApiRefusal.UnsupportedMediaType(Accepted);
        }
    }

    public static JsonObject Object(string body) => Parse(body) as JsonObject
        ?? throw ApiRefusal.BadRequest("the object provided is unrecognized (must be of type object)");

    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException broken)
        {
            throw ApiRefusal.BadRequest($"error decoding patch: {broken.Message}");
        }
    }
}

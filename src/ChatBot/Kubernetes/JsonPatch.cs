using System.Text.Json.Nodes;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>A JSON Patch (RFC 6902) that does nothing unless all its tests hold.</summary>
/// <remarks>Kubernetes answers 422 when one doesn't.</remarks>
internal sealed class JsonPatch
{
    private readonly JsonArray _operations = [];

    public JsonPatch Test(string path, JsonNode value) => Add("test", path, value);

    /// <summary>Sets what is there, or what isn't there yet.</summary>
    public JsonPatch Set(string path, JsonNode value) => Add("add", path, value);

    /// <summary>Sets what has to be there.</summary>
    public JsonPatch Replace(string path, JsonNode value) => Add("replace", path, value);

    /// <summary>Sets an annotation, and makes the map of annotations where there is none. Whoever calls it tests something that tells that the map is still as it was.</summary>
    /// <param name="metadata">The path of the metadata.</param>
    /// <param name="annotations">As they were read.</param>
    public JsonPatch Annotate(string metadata, IDictionary<string, string>? annotations, string key, string value)
    {
        if (annotations is null)
        {
            Set($"{metadata}/annotations", new JsonObject());
        }

        return Set($"{metadata}/annotations/{Marks.Pointer(key)}", value);
    }

    public V1Patch ToPatch() => new(_operations.ToJsonString(), V1Patch.PatchType.JsonPatch);

    private JsonPatch Add(string operation, string path, JsonNode value)
    {
        _operations.Add(new JsonObject { ["op"] = operation, ["path"] = path, ["value"] = value });
        return this;
    }
}

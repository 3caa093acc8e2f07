using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Values of a type that the API server cannot read into its own structures; only for fields that people change.</summary>
internal static class FieldTypes
{
    /// <returns>What is wrong in the words of the server's decoder; null when nothing is.</returns>
    public static string? Mistake(ResourceType type, JsonObject of)
    {
        foreach (var (owner, field, value, expected) in Fields(type, of))
        {
            if (value is not null && !Fits(value, expected))
            {
                return $"json: cannot unmarshal {Word(value.GetValueKind())} into Go struct field {owner}.{field} of type {expected}";
            }
        }

        return null;
    }

    private static IEnumerable<(string Owner, string Field, JsonNode? Value, string Expected)> Fields(ResourceType type, JsonObject of)
    {
        foreach (var map in (string[])["labels", "annotations"])
        {
            foreach (var value in of.At("metadata", map) as JsonObject ?? [])
            {
                yield return ("ObjectMeta", "metadata." + map, value.Value, "string");
            }
        }

        foreach (var value in ReferenceEquals(type, ResourceCatalog.ConfigMaps) ? of["data"] as JsonObject ?? [] : [])
        {
            yield return (type.Kind, "data", value.Value, "string");
        }

        if (!type.CountsGenerations)
        {
            yield break;
        }

        var owner = type.Kind + "Spec";
        yield return (owner, "spec.replicas", of.At("spec", "replicas"), "int32");
        yield return (owner, "spec.paused", of.At("spec", "paused"), "bool");
        yield return (owner, "spec.progressDeadlineSeconds", of.At("spec", "progressDeadlineSeconds"), "int32");
        foreach (var value in of.At("spec", "template", "metadata", "annotations") as JsonObject ?? [])
        {
            yield return ("ObjectMeta", "spec.template.metadata.annotations", value.Value, "string");
        }

        foreach (var container in of.Items("spec", "template", "spec", "containers"))
        {
            yield return ("Container", "spec.template.spec.containers.image", container["image"], "string");
            foreach (var variable in container.Items("env"))
            {
                yield return ("EnvVar", "spec.template.spec.containers.env.value", variable["value"], "string");
            }
        }
    }

    private static bool Fits(JsonNode value, string expected) => (value.GetValueKind(), expected) switch
    {
        (JsonValueKind.String, "string") => true,
        (JsonValueKind.True or JsonValueKind.False, "bool") => true,
        (JsonValueKind.Number, "int32") => value.Number() is >= int.MinValue and <= int.MaxValue,
        _ => false,
    };

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "number",
    };
}

using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>YAML as objects.</summary>
internal static class Manifest
{
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return [.. yaml.Documents.Select(document => Json(document.RootNode)).OfType<JsonObject>()];
    }

    private static JsonNode? Json(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var fields = new JsonObject();
                foreach (var (name, value) in map.Children)
                {
                    fields[((YamlScalarNode)name).Value!] = Json(value);
                }

                return fields;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(Json)]);
            case YamlScalarNode { Style: ScalarStyle.Plain } plain:
                return Plain(plain.Value);
            default:
                return JsonValue.Create(((YamlScalarNode)node).Value);
        }
    }

    /// <summary>By the JSON schema of YAML 1.2.</summary>
    private static JsonValue? Plain(string? text) => text switch
    {
        null or "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && char.IsAsciiDigit(text[^1]) => JsonValue.Create(real),
        _ => JsonValue.Create(text),
    };
}

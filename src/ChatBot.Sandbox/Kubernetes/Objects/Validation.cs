using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The checks of the real API that a change of a workload can run into; far from all of them.</summary>
internal static partial class Validation
{
    private const string Immutable = "field is immutable";

    /// <param name="before">Null when the object is new.</param>
    /// <exception cref="ApiRefusal">422, with every mistake.</exception>
    public static void Check(ResourceType type, JsonObject? before, JsonObject after)
    {
        var mistakes = new List<FieldMistake>();
        if (before is null && !ObjectName().IsMatch(after.Name()))
        {
            mistakes.Add(after.Name().Length == 0
                ? FieldMistake.Required("metadata.name", "name or generateName is required")
                : FieldMistake.Invalid("metadata.name", Json(after.Name()), "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"));
        }

        if (type.CountsGenerations)
        {
            mistakes.AddRange(OfWorkload(type, before, after));
        }
        else if (ReferenceEquals(type, ResourceCatalog.Pods))
        {
            mistakes.AddRange(OfPod(after["spec"], "spec"));
        }
        else if (ReferenceEquals(type, ResourceCatalog.ConfigMaps) && before.Flag("immutable") && !JsonNode.DeepEquals(before.At("data"), after["data"]))
        {
            mistakes.Add(FieldMistake.Forbidden("data", "field is immutable when `immutable` is set"));
        }

        if (mistakes.Count > 0)
        {
            throw ApiRefusal.Invalid(type, after.Name(), mistakes);
        }
    }

    private static IEnumerable<FieldMistake> OfWorkload(ResourceType type, JsonObject? before, JsonObject after)
    {
        var spec = after["spec"];
        if (spec.Number("replicas") is < 0 and var replicas)
        {
            yield return FieldMistake.Invalid("spec.replicas", $"{replicas}", "must be greater than or equal to 0");
        }

        if (spec.At("selector") is null)
        {
            yield return FieldMistake.Required("spec.selector");
        }
        else if (before is not null && !JsonNode.DeepEquals(before.At("spec", "selector"), spec.At("selector")))
        {
            yield return FieldMistake.Invalid("spec.selector", spec.At("selector")!.ToJsonString(), Immutable);
        }
        else if (!LabelSelector.Of(spec.At("selector")).Matches(spec.Texts("template", "metadata", "labels")))
        {
            yield return FieldMistake.Invalid(
                "spec.template.metadata.labels",
                spec.At("template", "metadata", "labels")?.ToJsonString() ?? "{}",
                "`selector` does not match template `labels`");
        }

        if (ReferenceEquals(type, ResourceCatalog.Deployments)
            && spec.Text("strategy", "type") == "Recreate"
            && spec.At("strategy", "rollingUpdate") is not null)
        {
            yield return FieldMistake.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        }

        foreach (var mistake in OfPod(spec.At("template", "spec"), "spec.template.spec"))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<FieldMistake> OfPod(JsonNode? spec, string path)
    {
        var containers = spec.Items("containers").ToList();
        if (containers.Count == 0)
        {
            yield return FieldMistake.Required(path + ".containers");
        }

        for (var i = 0; i < containers.Count; i++)
        {
            var (container, at) = (containers[i], $"{path}.containers[{i}]");
            if (string.IsNullOrEmpty(container.Text("name")))
            {
                yield return FieldMistake.Required(at + ".name");
            }
            else if (containers.Take(i).Any(other => other.Text("name") == container.Text("name")))
            {
                yield return FieldMistake.Duplicate(at + ".name", container.Text("name")!);
            }

            if (string.IsNullOrEmpty(container.Text("image")))
            {
                yield return FieldMistake.Required(at + ".image");
            }

            var variables = container.Items("env").ToList();
            for (var j = 0; j < variables.Count; j++)
            {
                if (string.IsNullOrEmpty(variables[j].Text("name")))
                {
                    yield return FieldMistake.Required($"{at}.env[{j}].name");
                }
                else if (variables[j]["value"] is not null && variables[j]["valueFrom"] is not null)
                {
                    yield return FieldMistake.Invalid($"{at}.env[{j}].valueFrom", "\"\"", "may not be specified when `value` is not empty");
                }
            }
        }
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9:.]{0,251}[a-z0-9])?\z")]
    private static partial Regex ObjectName();
}

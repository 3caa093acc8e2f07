using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>labelSelector</c>: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal sealed class LabelSelector
{
    private readonly List<(string Key, string Operator, string[] Values)> _requirements = [];

    public static LabelSelector Everything { get; } = new();

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        foreach (var part in Parts(text ?? ""))
        {
            selector._requirements.Add(Requirement(part));
        }

        return selector;
    }

    /// <summary>As an object carries it: <c>matchLabels</c> and <c>matchExpressions</c>.</summary>
    public static LabelSelector Of(JsonNode? selector)
    {
        var all = new LabelSelector();
        foreach (var (key, value) in selector.Texts("matchLabels"))
        {
            all._requirements.Add((key, "in", [value]));
        }

        foreach (var expression in selector.Items("matchExpressions"))
        {
            var values = (expression["values"] as JsonArray ?? []).Select(value => value.Text() ?? "").ToArray();
            all._requirements.Add((expression.Text("key") ?? "", expression.Text("operator")?.ToLowerInvariant() ?? "", values));
        }

        return all;
    }

    public bool Matches(JsonObject candidate) => Matches(candidate.Texts("metadata", "labels"));

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.TrueForAll(need =>
    {
        var has = labels.TryGetValue(need.Key, out var value);
        return need.Operator switch
        {
            "in" => has && need.Values.Contains(value),
            "notin" => !has || !need.Values.Contains(value),
            "exists" => has,
            _ => !has,
        };
    });

    /// <summary>As <c>status.selector</c> of a scale has it.</summary>
    public override string ToString() => string.Join(',', _requirements.Select(need => need switch
    {
        (var key, "in", [var only]) => $"{key}={only}",
        (var key, "in" or "notin", var values) => $"{key} {need.Operator} ({string.Join(',', values)})",
        (var key, "exists", _) => key,
        var (key, _, _) => "!" + key,
    }));

    private static (string, string, string[]) Requirement(string part)
    {
        foreach (var (word, name) in (ReadOnlySpan<(string, string)>)[(" notin ", "notin"), (" in ", "in")])
        {
            if (part.IndexOf(word, StringComparison.Ordinal) is > 0 and var at)
            {
                return (part[..at].Trim(), name, part[(at + word.Length)..].Trim().Trim('(', ')').Split(',', StringSplitOptions.TrimEntries));
            }
        }

        foreach (var (sign, name) in (ReadOnlySpan<(string, string)>)[("!=", "notin"), ("==", "in"), ("=", "in")])
        {
            if (part.IndexOf(sign, StringComparison.Ordinal) is > 0 and var at)
            {
                return (part[..at].Trim(), name, [part[(at + sign.Length)..].Trim()]);
            }
        }

        return part.StartsWith('!') ? (part[1..], "doesnotexist", []) : (part, "exists", []);
    }

    /// <summary>Split at commas outside parentheses.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i == text.Length ? ',' : text[i];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && (depth == 0 || i == text.Length))
            {
                if (text[start..i].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                start = i + 1;
            }
        }
    }
}

/// <summary><c>fieldSelector</c>: any field of the object by its path, where the real API knows a few.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string[] Path, bool IsEqual, string Value)> _requirements = [];

    public static FieldSelector Parse(string? text)
    {
        var selector = new FieldSelector();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
            {
                throw ApiRefusal.BadRequest($"invalid field selector {part}");
            }

            var isEqual = part[at - 1] != '!';
            selector._requirements.Add((part[..(isEqual ? at : at - 1)].Split('.'), isEqual, part[(at + 1)..].TrimStart('=')));
        }

        return selector;
    }

    /// <summary>The name asked for, which counts as the name of the request when rights are looked up.</summary>
    public string? Name => _requirements.Find(need => need is { IsEqual: true, Path: ["metadata", "name"] }).Value;

    public bool Matches(JsonObject candidate) =>
        _requirements.TrueForAll(need => need.Value == (candidate.Text(need.Path) ?? "") == need.IsEqual);
}

using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>The arguments of one call, wherever they came from: a form, a JSON body or the query.</summary>
internal sealed class ApiArguments(IReadOnlyDictionary<string, JsonElement> values)
{
    public IReadOnlyDictionary<string, JsonElement> Values { get; } = values;

    public bool Has(string name) => Values.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    /// <summary>A string; a number or flag is taken as its text, as in a form.</summary>
    /// <exception cref="SlackRefusal">It is an object or array.</exception>
    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = Values[name];
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new SlackRefusal("invalid_arguments", $"must be a string [json-pointer:/{name}]"),
        };
    }

    /// <exception cref="SlackRefusal"><c>invalid_arguments</c>, naming the field.</exception>
    public string Require(string name) => Text(name) is { Length: > 0 } text
        ? text
        : throw new SlackRefusal("invalid_arguments", $"missing required field: {name}");

    public bool Flag(string name) => Text(name) is "true" or "1";

    /// <exception cref="SlackRefusal">Not a number in the range.</exception>
    public int Number(string name, int otherwise, int max)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        return int.TryParse(text, out var number) && number > 0
            ? Math.Min(number, max)
            : throw new SlackRefusal("invalid_arguments", $"must be an integer [json-pointer:/{name}]");
    }

    /// <summary>A nested value: as it is in a JSON body, or JSON in a string.</summary>
    /// <param name="otherwise">The error when it is a string but no JSON.</param>
    public JsonElement? Json(string name, string otherwise = "invalid_arguments")
    {
        if (!Has(name))
        {
            return null;
        }

        var value = Values[name];
        if (value.ValueKind is not JsonValueKind.String)
        {
            return value;
        }

        if (value.GetString() is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            throw new SlackRefusal(otherwise, $"must be valid JSON [json-pointer:/{name}]");
        }
    }
}

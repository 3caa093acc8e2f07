using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>What a JSON value may look like. Problems are worded and located as Slack does it.</summary>
internal abstract record Shape
{
    /// <param name="at">JSON pointer of the value: <c>/blocks/0/text</c>.</param>
    public abstract void Check(JsonElement value, string at, List<string> problems);

    protected static void Report(List<string> problems, string at, string problem) =>
        problems.Add($"{problem} [json-pointer:{at}]");
}

/// <param name="Max">In UTF-16 units.</param>
internal sealed record TextShape(int Max, int Min = 0, params string[] OneOf) : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            Report(problems, at, "must be a string");
            return;
        }

        var text = value.GetString()!;
        if (text.Length > Max)
        {
            Report(problems, at, $"must be less than {Max + 1} characters");
        }
        else if (text.Length < Min)
        {
            Report(problems, at, $"must be more than {Min - 1} characters");
        }
        else if (OneOf.Length > 0 && !OneOf.Contains(text))
        {
            Report(problems, at, $"must be a valid enum value: {string.Join(", ", OneOf)}");
        }
    }
}

internal sealed record FlagShape : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Report(problems, at, "must be a boolean");
        }
    }
}

internal sealed record NumberShape(long Min, long Max) : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            Report(problems, at, "must be an integer");
        }
        else if (number < Min || number > Max)
        {
            Report(problems, at, $"must be between {Min} and {Max}");
        }
    }
}

/// <summary>Taken as it is: parts of Slack we neither use nor check.</summary>
internal sealed record AnyShape : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
    }
}

internal sealed record ListShape(Shape Item, int Max, int Min = 1) : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            Report(problems, at, "must be an array");
            return;
        }

        var count = value.GetArrayLength();
        if (count > Max)
        {
            Report(problems, at, $"no more than {Max} items allowed");
        }
        else if (count < Min)
        {
            Report(problems, at, $"no less than {Min} items allowed");
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            Item.Check(item, $"{at}/{index++}", problems);
        }
    }
}

/// <param name="Required">Names of the properties that must be there, by commas.</param>
/// <param name="AnyOf">Names of which at least one must be there, by commas.</param>
internal sealed record ObjectShape(
    Dictionary<string, Shape> Properties,
    string Required = "",
    string AnyOf = "") : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            Report(problems, at, "must be an object");
            return;
        }

        foreach (var name in Names(Required).Where(name => !value.TryGetProperty(name, out _)))
        {
            Report(problems, at, $"missing required field: {name}");
        }

        if (AnyOf.Length > 0 && !Names(AnyOf).Any(name => value.TryGetProperty(name, out _)))
        {
            Report(problems, at, $"must have at least one of: {AnyOf}");
        }

        foreach (var property in value.EnumerateObject())
        {
            if (Properties.TryGetValue(property.Name, out var shape))
            {
                shape.Check(property.Value, $"{at}/{property.Name}", problems);
            }
            else
            {
                Report(problems, at, $"invalid additional property: {property.Name}");
            }
        }
    }

    private static string[] Names(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>One of several objects, told apart by their <c>type</c>.</summary>
internal sealed record TypedShape(Dictionary<string, Shape> Types) : Shape
{
    public override void Check(JsonElement value, string at, List<string> problems)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            Report(problems, at, "must be an object");
        }
        else if (!value.TryGetProperty("type", out var type) || type.ValueKind is not JsonValueKind.String)
        {
            Report(problems, at, "missing required field: type");
        }
        else if (Types.TryGetValue(type.GetString()!, out var shape))
        {
            shape.Check(value, at, problems);
        }
        else
        {
            Report(problems, at + "/type", $"unsupported type: {type.GetString()}");
        }
    }
}

using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>A call as it came in: the token, and the arguments of its body and query.</summary>
internal sealed record ApiRequest(string? Token, IReadOnlyDictionary<string, JsonElement> Values, bool IsJson)
{
    /// <summary>Far above what any message may hold.</summary>
    private const int MostBytes = 4 << 20;

    /// <exception cref="SlackRefusal">The body is too large or no JSON object.</exception>
    public static async Task<ApiRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var values = request.Query.ToDictionary(field => field.Key, field => Text(field.Value.ToString()));
        var isJson = request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true;
        if (isJson)
        {
            foreach (var property in (await BodyAsync(request, cancellationToken)).EnumerateObject())
            {
                values[property.Name] = property.Value;
            }
        }
        else if (request.HasFormContentType)
        {
            foreach (var field in await request.ReadFormAsync(cancellationToken))
            {
                values[field.Key] = Text(field.Value.ToString());
            }
        }

        // In a header, in a form, but never inside a JSON body: "you must provide your token in an Authorization header".
        var header = request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim()
            : !isJson && values.TryGetValue("token", out var field2) ? field2.GetString()
            : null;
        values.Remove("token");
        return new ApiRequest(token, values, isJson);
    }

    private static async Task<JsonElement> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostBytes)
        {
            throw new SlackRefusal("request_too_large");
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return body.RootElement.ValueKind is JsonValueKind.Object
                ? body.RootElement.Clone()
                : throw new SlackRefusal("json_not_object");
        }
        catch (JsonException)
        {
            throw new SlackRefusal("invalid_json");
        }
    }

    private static JsonElement Text(string value) => JsonSerializer.SerializeToElement(value);
}

using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>An answer that is a <c>Status</c> of failure, in the words of the real API.</summary>
internal sealed class ApiRefusal(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public int? RetryAfterSeconds { get; init; }

    public static ApiRefusal BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiRefusal Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiRefusal Forbidden(ResourceType type, string? name, string why, string reason = "Forbidden", int code = 403) =>
        new(code, reason, $"{type.QualifiedName}{Quoted(name)} is forbidden: {why}", Details(type.Group, type.Plural, name));

    public static ApiRefusal NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.QualifiedName} \"{name}\" not found", Details(type.Group, type.Plural, name));

    public static ApiRefusal NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiRefusal MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiRefusal AlreadyExists(ResourceType type, string name) =>
        new(409, "AlreadyExists", $"{type.QualifiedName} \"{name}\" already exists", Details(type.Group, type.Plural, name));

    public static ApiRefusal Conflict(ResourceType type, string name, string why) => new(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {type.QualifiedName} \"{name}\": {why}",
        Details(type.Group, type.Plural, name));

    public static ApiRefusal Changed(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiRefusal Expired(string message) => new(410, "Expired", message);

    public static ApiRefusal UnsupportedMediaType(IEnumerable<string> accepted) => new(
        415,
        "UnsupportedMediaType",
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    /// <summary>What a JSON Patch gets that doesn't fit the object: the test that failed is not named.</summary>
    public static ApiRefusal PatchDoesNotFit() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    public static ApiRefusal Invalid(ResourceType type, string name, IReadOnlyList<FieldMistake> mistakes)
    {
        var details = Details(type.Group, type.Kind, name);
        details["causes"] = new JsonArray(
        [
            .. mistakes.Select(mistake => new JsonObject
            {
                ["reason"] = mistake.Reason,
                ["message"] = mistake.Message,
                ["field"] = mistake.Field,
            }),
        ]);
        var each = mistakes.Select(mistake => $"{mistake.Field}: {mistake.Message}").ToArray();
        var all = each is [var only] ? only : $"[{string.Join(", ", each)}]";
        return new ApiRefusal(422, "Invalid", $"{type.QualifiedKind} \"{name}\" is invalid: {all}", details);
    }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        if (details is not null || RetryAfterSeconds is not null)
        {
            var told = details?.Copy() ?? [];
            if (RetryAfterSeconds is { } seconds)
            {
                told["retryAfterSeconds"] = seconds;
            }

            status["details"] = told;
        }

        status["code"] = Code;
        return status;
    }

    private static JsonObject Details(string group, string kind, string? name)
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(name))
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        details["kind"] = kind;
        return details;
    }

    private static string Quoted(string? name) => string.IsNullOrEmpty(name) ? "" : $" \"{name}\"";
}

/// <summary>One cause of a 422.</summary>
/// <param name="Reason">Its machine word: <c>FieldValueInvalid</c>.</param>
internal sealed record FieldMistake(string Field, string Reason, string Message)
{
    public static FieldMistake Required(string field, string why = "") =>
        new(field, "FieldValueRequired", why.Length == 0 ? "Required value" : $"Required value: {why}");

    /// <param name="value">As JSON.</param>
    public static FieldMistake Invalid(string field, string value, string why) =>
        new(field, "FieldValueInvalid", $"Invalid value: {value}: {why}");

    public static FieldMistake Duplicate(string field, string value) =>
        new(field, "FieldValueDuplicate", $"Duplicate value: \"{value}\"");

    public static FieldMistake Forbidden(string field, string why) => new(field, "FieldValueForbidden", $"Forbidden: {why}");
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>One request for objects, as its path and query say.</summary>
/// <param name="Verb">As rights name it: get, list, watch, create, update, patch, delete, deletecollection.</param>
/// <param name="Namespace">Empty for all namespaces, and for what has none.</param>
/// <param name="Name">Empty for lists, and for what is created.</param>
/// <param name="Subresource">Empty for the object itself.</param>
internal sealed record ApiRequest(string Verb, ResourceType Type, string Namespace, string Name, string Subresource)
{
    public required IQueryCollection Query { get; init; }

    public FieldSelector Fields { get; init; } = FieldSelector.Parse(null);

    public LabelSelector Labels { get; init; } = LabelSelector.Everything;

    public bool IsDryRun => Query["dryRun"] == "All";

    /// <summary>As rights name it: <c>pods/log</c>.</summary>
    public string Resource => Subresource.Length == 0 ? Type.Plural : $"{Type.Plural}/{Subresource}";

    /// <summary>The one name it is about, also when a list asks for just that one.</summary>
    public string AskedName => Name.Length > 0 ? Name : Fields.Name ?? "";

    /// <summary>For faults and ledgers: <c>Is("patch", "deployments")</c>, <c>Is("get", "pods/log")</c>.</summary>
    public bool Is(string verb, string resource) => Verb == verb && Resource == resource;

    /// <returns>Null when the path is none of a resource.</returns>
    public static ApiRequest? Read(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Trim('/').Split('/');
        var (group, rest) = parts switch
        {
            ["api", "v1", .. var core] => ("", core),
            ["apis", var named, "v1", .. var other] => (named, other),
            _ => ("", []),
        };
        var (@namespace, resource, name, subresource) = rest switch
        {
            ["namespaces", var own] => ("", "namespaces", own, ""),
            ["namespaces", var own, var plural] => (own, plural, "", ""),
            ["namespaces", var own, var plural, var one] => (own, plural, one, ""),
            ["namespaces", var own, var plural, var one, var sub] => (own, plural, one, sub),
            [var plural] => ("", plural, "", ""),
            [var plural, var one] => ("", plural, one, ""),
            [var plural, var one, var sub] => ("", plural, one, sub),
            _ => ("", "", "", ""),
        };
        if (resource.Length == 0
            || ResourceCatalog.Find(group, "v1", resource) is not { } type
            || (subresource.Length > 0 && !type.Subresources.Contains(subresource)))
        {
            return null;
        }

        var query = request.Query;
        var isWatch = IsOn(query["watch"]);
        var verb = (request.Method, name.Length > 0) switch
        {
            ("GET" or "HEAD", true) when !isWatch => "get",
            ("GET" or "HEAD", false) when !isWatch => "list",
            ("GET" or "HEAD", _) => "watch",
            ("POST", _) => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) => "delete",
            ("DELETE", false) => "deletecollection",
            _ => throw ApiRefusal.MethodNotAllowed(),
        };
        return new ApiRequest(verb, type, @namespace, Uri.UnescapeDataString(name), subresource)
        {
            Query = query,
            Fields = FieldSelector.Parse(query["fieldSelector"]),
            Labels = LabelSelector.Parse(query["labelSelector"]),
        };
    }

    /// <summary>A whole number of the query; null when it isn't there.</summary>
    public long? Number(string name) => Query[name] is [{ Length: > 0 } text]
        ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiRefusal.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax")
        : null;

    public bool Flag(string name) => IsOn(Query[name]);

    public bool Selects(JsonObject candidate) => Labels.Matches(candidate) && Fields.Matches(candidate);

    /// <summary>Who writes, for <c>managedFields</c>.</summary>
    public Writer WriterOf(HttpRequest request)
    {
        var manager = Query["fieldManager"].ToString();
        return new Writer(
            manager.Length > 0 ? manager : request.Headers.UserAgent.ToString().Split('/')[0],
            Subresource.Length == 0 ? null : Subresource);
    }

    private static bool IsOn(string? value) => value is "true" or "1";
}

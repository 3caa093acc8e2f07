using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>"May I?" (<c>kubectl auth can-i</c>), and "what may I?" (<c>--list</c>).</summary>
internal sealed class AccessReviews(Rbac rbac)
{
    public JsonObject Answer(ApiRequest request, ClusterUser user, JsonObject review)
    {
        var answered = review.Copy();
        answered["kind"] = request.Type.Kind;
        answered["apiVersion"] = request.Type.ApiVersion;
        answered["metadata"] = new JsonObject { ["creationTimestamp"] = null };
        answered["status"] = ReferenceEquals(request.Type, ResourceCatalog.AccessReviews)
            ? May(user, review["spec"])
            : All(user, review.Text("spec", "namespace") ?? "");
        return answered;
    }

    private JsonObject May(ClusterUser user, JsonNode? spec)
    {
        if (spec.At("resourceAttributes") is not { } wish)
        {
            var isPublic = spec.Text("nonResourceAttributes", "path") is "/version" or "/healthz" or "/livez" or "/readyz";
            return new JsonObject { ["allowed"] = user.IsMaster || isPublic };
        }

        var resource = wish.Text("resource") ?? "";
        var by = rbac.Allows(user, new AccessQuestion(
            wish.Text("verb") ?? "",
            wish.Text("group") ?? "",
            wish.Text("subresource") is { Length: > 0 } sub ? $"{resource}/{sub}" : resource,
            wish.Text("namespace") ?? "",
            wish.Text("name") ?? ""));
        var status = new JsonObject { ["allowed"] = by is not null };
        if (!string.IsNullOrEmpty(by))
        {
            status["reason"] = by;
        }

        return status;
    }

    private JsonObject All(ClusterUser user, string @namespace)
    {
        var rules = user.IsMaster
            ? [Everything()]
            : rbac.RulesOf(user, @namespace).Select(found => found.Rule.Copy());
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(rule => rule["resources"] is not null)]),
            ["nonResourceRules"] = new JsonArray(new JsonObject
            {
                ["verbs"] = new JsonArray("get"),
                ["nonResourceURLs"] = new JsonArray("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/readyz", "/version", "/version/"),
            }),
            ["incomplete"] = false,
        };
    }

    private static JsonObject Everything() => new()
    {
        ["verbs"] = new JsonArray("*"),
        ["apiGroups"] = new JsonArray("*"),
        ["resources"] = new JsonArray("*"),
    };
}

using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What somebody wants to do, as rights are written.</summary>
/// <param name="Resource">With its subresource: <c>pods/log</c>.</param>
/// <param name="Name">Empty when it is about no certain object.</param>
internal sealed record AccessQuestion(string Verb, string Group, string Resource, string Namespace, string Name);

/// <summary>Roles and bindings, evaluated as the real authorizer does: rights add up, and nothing forbids.</summary>
internal sealed class Rbac(ObjectStore store)
{
    /// <returns>The binding that allows it, in the real API's words; null when none does.</returns>
    public string? Allows(ClusterUser user, AccessQuestion question)
    {
        if (user.IsMaster)
        {
            return "";
        }

        foreach (var (rule, by) in RulesOf(user, question.Namespace))
        {
            if (Covers(rule, question))
            {
                return by;
            }
        }

        return null;
    }

    /// <exception cref="ApiRefusal">403.</exception>
    public void Demand(ClusterUser user, ApiRequest request)
    {
        var question = new AccessQuestion(request.Verb, request.Type.Group, request.Resource, request.Namespace, request.AskedName);
        if (request.Type.IsQuestion ? !user.IsAnonymous : Allows(user, question) is not null)
        {
            return;
        }

        var where = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        throw ApiRefusal.Forbidden(
            request.Type,
            request.AskedName,
            $"User \"{user.Name}\" cannot {request.Verb} resource \"{request.Resource}\" in API group \"{request.Type.Group}\" {where}");
    }

    /// <summary>All that a user may do in a namespace.</summary>
    public IEnumerable<(JsonObject Rule, string By)> RulesOf(ClusterUser user, string @namespace)
    {
        var everywhere = store.List(ResourceCatalog.ClusterRoleBindings);
        var here = @namespace.Length > 0 ? store.List(ResourceCatalog.RoleBindings, @namespace) : [];
        foreach (var binding in everywhere.Concat(here))
        {
            var subject = binding.Items("subjects").FirstOrDefault(subject => Is(subject, user, binding.Namespace()));
            if (subject is null)
            {
                continue;
            }

            var (kind, role) = (binding.Text("roleRef", "kind"), binding.Text("roleRef", "name") ?? "");
            var isClusterWide = binding.Text("kind") == "ClusterRoleBinding";
            var found = kind == "ClusterRole"
                ? store.Find(ResourceCatalog.ClusterRoles, "", role)
                : store.Find(ResourceCatalog.Roles, binding.Namespace(), role);
            var bound = isClusterWide ? binding.Name() : $"{binding.Name()}/{binding.Namespace()}";
            var by = $"RBAC: allowed by {binding.Text("kind")} \"{bound}\" of {kind} \"{role}\" to {Described(subject)}";
            foreach (var rule in found.Items("rules"))
            {
                yield return (rule, by);
            }
        }
    }

    private static bool Is(JsonObject subject, ClusterUser user, string @namespace) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name") ?? ""),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Text("namespace") ?? @namespace}:{subject.Text("name")}",
        _ => false,
    };

    private static string Described(JsonObject subject) => subject.Text("kind") == "ServiceAccount"
        ? $"ServiceAccount \"{subject.Text("name")}/{subject.Text("namespace")}\""
        : $"{subject.Text("kind")} \"{subject.Text("name")}\"";

    private static bool Covers(JsonObject rule, AccessQuestion question)
    {
        var names = Listed(rule, "resourceNames");
        return Has(rule, "verbs", question.Verb)
            && Has(rule, "apiGroups", question.Group)
            && (Has(rule, "resources", question.Resource) || HasAnySubresource(rule, question.Resource))
            && (names.Count == 0 || (question.Name.Length > 0 && names.Contains(question.Name)));
    }

    private static bool Has(JsonObject rule, string list, string wanted) => Listed(rule, list) is var all && (all.Contains("*") || all.Contains(wanted));

    /// <summary><c>*/scale</c>.</summary>
    private static bool HasAnySubresource(JsonObject rule, string resource) =>
        resource.IndexOf('/', StringComparison.Ordinal) is > 0 and var at && Listed(rule, "resources").Contains("*" + resource[at..]);

    private static List<string> Listed(JsonObject rule, string list) =>
        [.. (rule[list] as JsonArray ?? []).Select(value => value.Text() ?? "")];
}

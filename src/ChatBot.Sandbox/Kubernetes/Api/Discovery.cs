using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What the API says about itself: version, groups and resources, one document each or all of them at once.</summary>
internal static class Discovery
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static (JsonObject Answer, string ContentType) Answer(HttpRequest request, ClusterUser user)
    {
        var path = (request.Path.Value ?? "").TrimEnd('/');
        if (request.Method != "GET")
        {
            throw ApiRefusal.NoSuchPath();
        }

        if (path == "/version")
        {
            return Plain(Version());
        }

        if (user.IsAnonymous)
        {
            throw new ApiRefusal(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot get path \"{path}\"", []);
        }

        var isAggregated = request.Headers.Accept.ToString().Replace(" ", "", StringComparison.Ordinal).Contains(Aggregated, StringComparison.Ordinal);
        return path.Split('/') switch
        {
            ["", "api"] when isAggregated => (AllAtOnce(group => group.Length == 0), Aggregated),
            ["", "apis"] when isAggregated => (AllAtOnce(group => group.Length > 0), Aggregated),
            ["", "api"] => Plain(new JsonObject
            {
                ["kind"] = "APIVersions",
                ["versions"] = new JsonArray("v1"),
                ["serverAddressByClientCIDRs"] = new JsonArray(),
            }),
            ["", "apis"] => Plain(new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. Groups().Where(group => group.Length > 0).Select(Group)]),
            }),
            ["", "apis", var group] when Groups().Contains(group) => Plain(Group(group)),
            ["", "api", "v1"] => Plain(Resources("")),
            ["", "apis", var group, "v1"] when Groups().Contains(group) => Plain(Resources(group)),
            _ => throw ApiRefusal.NoSuchPath(),
        };
    }

    private static (JsonObject, string) Plain(JsonObject answer) => (answer, "application/json");

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.4",
        ["gitCommit"] = "practice",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-04-22T16:00:00Z",
        ["goVersion"] = "go1.23.6",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };

    private static IEnumerable<string> Groups() => ResourceCatalog.All.Select(type => type.Group).Distinct();

    private static IEnumerable<ResourceType> Of(string group) => ResourceCatalog.All.Where(type => type.Group == group);

    private static JsonObject Group(string name) => new()
    {
        ["kind"] = "APIGroup",
        ["apiVersion"] = "v1",
        ["name"] = name,
        ["versions"] = new JsonArray(GroupVersion(name)),
        ["preferredVersion"] = GroupVersion(name),
    };

    private static JsonObject GroupVersion(string group) => new() { ["groupVersion"] = $"{group}/v1", ["version"] = "v1" };

    private static JsonObject Resources(string group)
    {
        var resources = new JsonArray();
        foreach (var type in Of(group))
        {
            var resource = new JsonObject
            {
                ["name"] = type.Plural,
                ["singularName"] = type.Singular,
                ["namespaced"] = type.IsNamespaced,
                ["kind"] = type.Kind,
                ["verbs"] = VerbsOf(type),
                ["shortNames"] = Texts(type.ShortNames),
            };
            if (type.IsInAll)
            {
                resource["categories"] = new JsonArray("all");
            }

            resources.Add((JsonNode)resource);
            foreach (var sub in type.Subresources)
            {
                resources.Add((JsonNode)new JsonObject
                {
                    ["name"] = $"{type.Plural}/{sub}",
                    ["singularName"] = "",
                    ["namespaced"] = type.IsNamespaced,
                    ["group"] = sub == "scale" ? "autoscaling" : type.Group,
                    ["version"] = "v1",
                    ["kind"] = sub == "scale" ? "Scale" : type.Kind,
                    ["verbs"] = SubVerbs(sub),
                });
            }
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? "v1" : $"{group}/v1",
            ["resources"] = resources,
        };
    }

    private static JsonObject AllAtOnce(Func<string, bool> which) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray(
        [
            .. Groups().Where(which).Select(group => new JsonObject
            {
                ["metadata"] = group.Length == 0 ? [] : new JsonObject { ["name"] = group },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["version"] = "v1",
                    ["freshness"] = "Current",
                    ["resources"] = new JsonArray([.. Of(group).Select(Discovered)]),
                }),
            }),
        ]),
    };

    private static JsonObject Discovered(ResourceType type)
    {
        var discovered = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind },
            ["scope"] = type.IsNamespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = VerbsOf(type),
            ["shortNames"] = Texts(type.ShortNames),
            ["subresources"] = new JsonArray(
            [
                .. type.Subresources.Select(sub => new JsonObject
                {
                    ["subresource"] = sub,
                    ["responseKind"] = sub == "scale"
                        ? new JsonObject { ["group"] = "autoscaling", ["version"] = "v1", ["kind"] = "Scale" }
                        : new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind },
                    ["verbs"] = SubVerbs(sub),
                }),
            ]),
        };
        if (type.IsInAll)
        {
            discovered["categories"] = new JsonArray("all");
        }

        return discovered;
    }

    private static JsonArray VerbsOf(ResourceType type) => Texts(type.IsQuestion ? ["create"] : Verbs);

    private static JsonArray SubVerbs(string sub) => sub == "log" ? new JsonArray("get") : new JsonArray("get", "patch", "update");

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}

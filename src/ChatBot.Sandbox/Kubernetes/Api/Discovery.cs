using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What the API says about itself: version, groups and resources.</summary>
internal static class Discovery
{
    public const string GitVersion = "v1.32.4";

    public static JsonObject Answer(HttpRequest request, ClusterUser user)
    {
        var path = (request.Path.Value ?? "").TrimEnd('/');
        if (path == "/version" && request.Method == "GET")
        {
            return new JsonObject
            {
                ["major"] = "1",
                ["minor"] = "32",
                ["gitVersion"] = GitVersion,
                ["gitCommit"] = "practice",
                ["gitTreeState"] = "clean",
                ["buildDate"] = "2025-04-22T16:00:00Z",
                ["goVersion"] = "go1.23.6",
                ["compiler"] = "gc",
                ["platform"] = "linux/amd64",
            };
        }

        if (user.IsAnonymous)
        {
            throw new ApiRefusal(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot get path \"{path}\"", []);
        }

        throw ApiRefusal.NoSuchPath();
    }
}

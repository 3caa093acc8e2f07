using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The file that kubectl and its like read. JSON is YAML, too.</summary>
internal static class Kubeconfig
{
    /// <param name="authority">PEM; null without TLS.</param>
    public static string Of(string cluster, Uri server, string? authority, string user, string token, string @namespace)
    {
        var endpoint = new JsonObject { ["server"] = server.ToString().TrimEnd('/') };
        if (authority is not null)
        {
            endpoint["certificate-authority-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority));
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = cluster, ["cluster"] = endpoint }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = user, ["user"] = new JsonObject { ["token"] = token } }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = cluster,
                ["context"] = new JsonObject { ["cluster"] = cluster, ["user"] = user, ["namespace"] = @namespace },
            }),
            ["current-context"] = cluster,
        }.ToJsonString();
    }
}

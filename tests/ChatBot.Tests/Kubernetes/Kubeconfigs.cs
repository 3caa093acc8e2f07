namespace ChatBot.Tests.Kubernetes;

/// <summary>Texts of kubeconfigs.</summary>
internal static class Kubeconfigs
{
    /// <param name="user">What the context's user logs in with, as YAML of one line.</param>
    public static string Of(string server, string user) =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters:
        - name: prod
          cluster: { server: "{{server}}" }
        - name: other
          cluster: { server: "https://10.0.0.9:6443" }
        contexts:
        - name: prod
          context: { cluster: prod, user: bot }
        - name: other
          context: { cluster: other, user: bot }
        users:
        - name: bot
          user: { {{user}} }
        """;
}

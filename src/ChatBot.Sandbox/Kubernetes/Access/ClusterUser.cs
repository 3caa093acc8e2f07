namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Who asks.</summary>
internal sealed record ClusterUser(string Name, params IReadOnlyList<string> Groups)
{
    /// <summary>May do everything, as the group <c>system:masters</c> may.</summary>
    public static ClusterUser Admin { get; } = new("kubernetes-admin", "system:masters", "system:authenticated");

    public static ClusterUser Anonymous { get; } = new("system:anonymous", "system:unauthenticated");

    public bool IsAnonymous => Groups.Contains("system:unauthenticated");

    public bool IsMaster => Groups.Contains("system:masters");

    public static ClusterUser Person(string name) => new(name, "system:authenticated");

    public static ClusterUser ServiceAccount(string @namespace, string name) => new(
        $"system:serviceaccount:{@namespace}:{name}",
        "system:serviceaccounts",
        $"system:serviceaccounts:{@namespace}",
        "system:authenticated");
}

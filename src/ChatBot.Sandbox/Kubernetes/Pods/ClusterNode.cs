namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A machine that pods run on.</summary>
internal sealed record ClusterNode(string Name, string Address);

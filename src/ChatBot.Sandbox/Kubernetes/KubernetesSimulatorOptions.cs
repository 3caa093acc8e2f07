namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The cluster to start with.</summary>
internal sealed record KubernetesSimulatorOptions
{
    /// <summary>
    /// TLS with a certificate made at the start. Without it kubectl sends no token: see <see cref="Tokens.WithoutToken"/>.
    /// </summary>
    public bool UsesTls { get; init; } = true;

    /// <summary>TCP port on 127.0.0.1; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>The clock for timestamps, deadlines, logs and watches.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Namespaces that exist from the start.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default", "kube-system"];

    /// <summary>Machines that pods are spread over.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; init; } = [new("node-1", "10.0.0.11"), new("node-2", "10.0.0.12")];

    /// <summary>The first two numbers of pods' addresses; <c>127.1</c> gives each one that this machine accepts as its own.</summary>
    public string PodNetwork { get; init; } = "10.244";

    /// <summary>What runs in the pods.</summary>
    public IPodRuntime Runtime { get; init; } = new PlainPods();

    /// <summary>Accounts whose changes of deployments are held to a rule.</summary>
    public IReadOnlyList<AdmissionRule> AdmissionRules { get; init; } = [];
}

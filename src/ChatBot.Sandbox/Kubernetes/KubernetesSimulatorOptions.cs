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

    /// <summary>Accounts whose changes of deployments are held to a rule.</summary>
    public IReadOnlyList<AdmissionRule> AdmissionRules { get; init; } = [];
}

using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes.Contract;

internal sealed class SimulatedControlPlane(KubernetesSimulator simulator) : IControlPlane
{
    public string AdminKubeconfig { get; } = simulator.KubeconfigFor(ClusterUser.Admin);

    public string BotKubeconfig { get; } = simulator.KubeconfigFor(ClusterUser.ServiceAccount("chatbot", "chatbot"));

    public string StrangerKubeconfig { get; } = simulator.KubeconfigFor(ClusterUser.Person("nobody"));

    public static async Task<SimulatedControlPlane> StartAsync()
    {
        var pods = new PlainPods
        {
            Behaviour = pod =>
            {
                if (!pod.Image(pod.Containers[0]).Contains(RealControlPlane.NeverReady, StringComparison.Ordinal))
                {
                    pod.ReportReady();
                }
            },
        };
        var simulator = await KubernetesSimulator.StartAsync(new KubernetesSimulatorOptions { Runtime = pods }, TestContext.Current.CancellationToken);
        var plane = new SimulatedControlPlane(simulator);
        simulator.Tokens.Rotate(ClusterUser.Person("nobody"));
        return plane;
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();
}

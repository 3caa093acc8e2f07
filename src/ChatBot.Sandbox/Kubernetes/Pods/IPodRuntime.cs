namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What really runs in pods. It is told when a pod starts and when it is to end, and tells what becomes of it.</summary>
/// <remarks>
/// Both calls must return at once and wait for nobody; what a pod reports may come from any thread, within the call or much later.
/// </remarks>
internal interface IPodRuntime
{
    /// <summary>The pod has a node and an address, and its containers are to start.</summary>
    void Start(RunningPod pod);

    /// <summary>The pod is to end: <see cref="RunningPod.ReportGone"/> when it has.</summary>
    void Stop(RunningPod pod);

    /// <summary>One step of made-up time: see <see cref="KubernetesSimulator.Tick"/>.</summary>
    void Tick()
    {
    }
}

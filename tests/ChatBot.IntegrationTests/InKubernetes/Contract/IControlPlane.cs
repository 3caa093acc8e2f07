namespace ChatBot.IntegrationTests.InKubernetes.Contract;

/// <summary>A Kubernetes API with its controllers, and pods that get ready: simulated, or the real thing.</summary>
internal interface IControlPlane : IAsyncDisposable
{
    /// <summary>May do everything.</summary>
    string AdminKubeconfig { get; }

    /// <summary>The account of manifests/kubernetes.</summary>
    string BotKubeconfig { get; }

    /// <summary>With a token that nobody has.</summary>
    string StrangerKubeconfig { get; }
}

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Brings one part of the cluster nearer to what its objects ask for.</summary>
internal interface IController
{
    /// <summary>One look at everything it is responsible for, with the store's gate held; nothing to do changes nothing.</summary>
    void Reconcile();
}

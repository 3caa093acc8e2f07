namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Runs the controllers until nothing changes any more, and gives the runtime its orders.</summary>
internal sealed class ControlPlane(ObjectStore store, IReadOnlyList<IController> controllers, PodKeeper pods, IPodRuntime runtime)
{
    /// <summary>Rounds after which two controllers must be quarrelling.</summary>
    private const int TooMany = 10_000;

    private readonly Lock _settling = new();
    private bool _isStirred;

    /// <summary>While held, nothing follows from a change, and <c>observedGeneration</c> stays behind.</summary>
    public bool IsHeld
    {
        get;
        set
        {
            field = value;
            Settle();
        }
    }

    /// <summary>Returns when the cluster has come to rest, as far as nobody else keeps it moving.</summary>
    /// <remarks>
    /// One at a time, so that a pod is never stopped before it was started; what a runtime reports while it is given
    /// its orders is looked at after them. Orders go out without the store's gate.
    /// </remarks>
    public void Settle()
    {
        if (_settling.IsHeldByCurrentThread)
        {
            _isStirred = true;
            return;
        }

        lock (_settling)
        {
            do
            {
                _isStirred = false;
                Reconcile();
                while (pods.NextOrder() is { } order)
                {
                    order(runtime);
                }
            }
            while (_isStirred);
        }
    }

    private void Reconcile()
    {
        lock (store.Gate)
        {
            for (var round = 0; !IsHeld; round++)
            {
                var before = store.ResourceVersion;
                foreach (var controller in controllers)
                {
                    controller.Reconcile();
                }

                if (store.ResourceVersion == before)
                {
                    return;
                }

                if (round == TooMany)
                {
                    throw new InvalidOperationException("The controllers never come to rest.");
                }
            }
        }
    }
}

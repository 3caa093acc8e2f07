namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Runs the controllers until nothing changes any more, and gives the runtime its orders.</summary>
internal sealed class ControlPlane(ObjectStore store, IReadOnlyList<IController> controllers, PodKeeper pods, IPodRuntime runtime)
{
    /// <summary>Rounds after which two controllers must be quarrelling.</summary>
    private const int TooMany = 10_000;

    private int _delivering;

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
    public void Settle()
    {
        Reconcile();
        while (Deliver())
        {
            Reconcile();
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

    /// <summary>
    /// Orders go out one after the other and outside the gate, so that a pod is never stopped before it was started,
    /// and a runtime may report from wherever it likes.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    private bool Deliver()
    {
        var any = false;
        while (Interlocked.CompareExchange(ref _delivering, 1, 0) == 0)
        {
            var order = pods.NextOrder();
            try
            {
                order?.Invoke(runtime);
            }
            finally
            {
                Volatile.Write(ref _delivering, 0);
            }

            any |= order is not null;
            if (order is null && !pods.HasOrders) // another thread may have left one in the meantime
            {
                break;
            }
        }

        return any;
    }
}

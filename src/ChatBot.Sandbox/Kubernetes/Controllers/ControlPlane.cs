namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Runs the controllers until nothing changes any more.</summary>
internal sealed class ControlPlane
{
    /// <summary>Rounds after which two controllers must be quarrelling.</summary>
    private const int TooMany = 10_000;

    private readonly ObjectStore _store;
    private readonly IReadOnlyList<IController> _controllers;

    public ControlPlane(ObjectStore store, IReadOnlyList<IController> controllers)
    {
        (_store, _controllers) = (store, controllers);
    }

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

    public void Settle()
    {
        lock (_store.Gate)
        {
            for (var round = 0; !IsHeld; round++)
            {
                var before = _store.ResourceVersion;
                foreach (var controller in _controllers)
                {
                    controller.Reconcile();
                }

                if (_store.ResourceVersion == before)
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

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What the API server and the network do wrong, on demand. The wire asks here; the objects never do.</summary>
internal sealed class KubernetesFaults
{
    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];
    private TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests that stand still now.</summary>
    public int Hanging { get; private set; }

    internal Task Hung
    {
        get
        {
            lock (_gate)
            {
                return _hung.Task;
            }
        }
    }

    /// <summary>The next requests of a kind go wrong; the ones after are fine again.</summary>
    /// <param name="resource">With its subresource: <c>pods/log</c>.</param>
    public void Next(string verb, string resource, KubernetesFault fault, int times = 1) =>
        Next(request => request.Is(verb, resource), fault, times);

    public void Next(Func<ApiRequest, bool> request, KubernetesFault fault, int times = 1)
    {
        lock (_gate)
        {
            _planned.Add(new Planned(request, fault) { Left = times });
        }
    }

    /// <summary>Every such request goes wrong until <see cref="Clear"/>.</summary>
    public void Always(Func<ApiRequest, bool> request, KubernetesFault fault) => Next(request, fault, int.MaxValue);

    /// <summary>All is well from now on.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _planned.Clear();
        }
    }

    /// <summary>Lets every hanging request go on.</summary>
    public void ReleaseHung()
    {
        lock (_gate)
        {
            _hung.SetResult();
            _hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal KubernetesFault? Take(ApiRequest request)
    {
        lock (_gate)
        {
            if (_planned.Find(planned => planned.Applies(request)) is not { } found)
            {
                return null;
            }

            if (--found.Left == 0)
            {
                _planned.Remove(found);
            }

            return found.Fault;
        }
    }

    internal async Task HangAsync(CancellationToken cancellationToken)
    {
        Task released;
        lock (_gate)
        {
            Hanging++;
            released = _hung.Task;
        }

        try
        {
            await released.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                Hanging--;
            }
        }
    }

    private sealed class Planned(Func<ApiRequest, bool> applies, KubernetesFault fault)
    {
        public Func<ApiRequest, bool> Applies { get; } = applies;

        public KubernetesFault Fault { get; } = fault;

        public int Left { get; set; }
    }
}

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What the API server and the network do wrong, on demand. The wire asks here; the objects never do.</summary>
internal sealed class KubernetesFaults
{
    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];
    private int _hanging;
    private TaskCompletionSource _oneMore = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool> _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
    public void ReleaseHung() => End(isCut: false);

    /// <summary>Breaks the connection of every hanging request.</summary>
    public void CutHung() => End(isCut: true);

    /// <summary>Ends when so many requests stand still.</summary>
    public async Task WaitForHangingAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task oneMore;
            lock (_gate)
            {
                if (_hanging >= count)
                {
                    return;
                }

                oneMore = _oneMore.Task;
            }

            await oneMore.WaitAsync(cancellationToken);
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

    /// <returns>Whether the connection is to break.</returns>
    internal async Task<bool> HangAsync(CancellationToken cancellationToken)
    {
        Task<bool> released;
        lock (_gate)
        {
            _hanging++;
            released = _hung.Task;
            _oneMore.SetResult();
            _oneMore = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            return await released.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _hanging--;
            }
        }
    }

    private void End(bool isCut)
    {
        lock (_gate)
        {
            _hung.SetResult(isCut);
            _hung = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Planned(Func<ApiRequest, bool> applies, KubernetesFault fault)
    {
        public Func<ApiRequest, bool> Applies { get; } = applies;

        public KubernetesFault Fault { get; } = fault;

        public int Left { get; set; }
    }
}

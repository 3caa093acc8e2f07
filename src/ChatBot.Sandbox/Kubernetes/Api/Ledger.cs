namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Every request since the start, in the order of their ends; a log that is followed and a watch are there from their beginning.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly List<ApiCall> _calls = [];
    private TaskCompletionSource _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ApiCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>What clients changed, also when they never got the answer.</summary>
    public IReadOnlyList<ApiCall> Changes => [.. Calls.Where(call => call.IsChange)];

    /// <summary>Ends when there is, or was, such a request.</summary>
    public async Task<ApiCall> WaitForAsync(Func<ApiCall, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task noted;
            lock (_gate)
            {
                if (_calls.Find(call => condition(call)) is { } found)
                {
                    return found;
                }

                noted = _noted.Task;
            }

            await noted.WaitAsync(cancellationToken);
        }
    }

    internal void Note(ApiCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
            _noted.SetResult();
            _noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

namespace ChatBot.Store;

/// <summary>Wakes whoever waits for work; a raise between looking and waiting isn't lost.</summary>
internal sealed class WorkSignal(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private long _count;
    private long _answered;

    public long Count => Interlocked.Read(ref _count);

    public void Raise()
    {
        TaskCompletionSource raised;
        lock (_gate)
        {
            _count++;
            raised = _next;
            _next = New();
        }

        raised.SetResult();
    }

    /// <summary>Returns once the count is beyond <paramref name="since"/>, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(long since, TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task next;
        lock (_gate)
        {
            if (_count > since)
            {
                return;
            }

            next = _next.Task;
        }

        try
        {
            await next.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look anyway.
        }
    }

    /// <summary>Returns once something was raised since this returned last, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        await WaitAsync(Interlocked.Read(ref _answered), atMost, cancellationToken);
        Interlocked.Exchange(ref _answered, Count);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

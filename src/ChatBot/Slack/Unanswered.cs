namespace ChatBot.Slack;

/// <summary>Counts deliveries of a socket that aren't acknowledged yet, so that it isn't closed under them.</summary>
internal sealed class Unanswered
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Unanswered()
    {
        _none.SetResult();
    }

    /// <summary>Completes when nothing is owed.</summary>
    public Task NoneAsync()
    {
        lock (_lock)
        {
            return _none.Task;
        }
    }

    /// <returns>To be disposed once it is answered; more often does no harm.</returns>
    public IDisposable Add()
    {
        lock (_lock)
        {
            if (_count++ == 0)
            {
                _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new Answer(this);
    }

    private void Remove()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _none.SetResult();
            }
        }
    }

    private sealed class Answer(Unanswered all) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                all.Remove();
            }
        }
    }
}

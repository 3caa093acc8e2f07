namespace ChatBot.Sandbox.Slack;

/// <summary>What happened so far, in order, and a way to wait for the next of it.</summary>
public class Journal<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _all = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected Journal()
    {
    }

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Waits until everything so far is as wanted, and returns it.</summary>
    /// <exception cref="TimeoutException">Cancelled first; says what happened instead.</exception>
    public async Task<IReadOnlyList<T>> WaitForAsync(Func<IReadOnlyList<T>, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = Changed;
            var all = All;
            if (isSo(all))
            {
                return all;
            }

            try
            {
                await changed.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited in vain. So far:\n{string.Join('\n', all)}");
            }
        }
    }

    private protected void Add(T entry) => Change(() => _all.Add(entry));

    /// <summary>Changes the last entry that fits; does nothing when none does.</summary>
    private protected void Amend(Predicate<T> which, Func<T, T> amend) => Change(() =>
    {
        var at = _all.FindLastIndex(which);
        if (at >= 0)
        {
            _all[at] = amend(_all[at]);
        }
    });

    private Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

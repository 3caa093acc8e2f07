namespace ChatBot.IntegrationTests.Replicas;

/// <summary>
/// Waits on all wires for the nth order to end a session, and then does something to whichever replica gave it. What
/// was on the wire stays there until released, or is lost.
/// </summary>
internal sealed class Ambush
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Replica> _caught = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int Nth, Passing At, Func<Replica, Task<bool>> Act)? _set;

    /// <summary>The replica that gave the order, once the act is done.</summary>
    public Task<Replica> Caught => _caught.Task;

    /// <param name="act">False cuts the wire there; true holds what is on it until <see cref="Release"/>.</param>
    public void Set(int nth, Passing at, Func<Replica, Task<bool>> act)
    {
        lock (_gate)
        {
            _set = (nth, at, act);
        }
    }

    /// <summary>Lets what was held go on its way.</summary>
    public void Release() => _released.TrySetResult();

    public async Task PassAsync(Passing passing, Replica by)
    {
        Func<Replica, Task<bool>> act;
        lock (_gate)
        {
            if (_set is not { } set || set.At != passing)
            {
                return;
            }

            _set = set.Nth == 1 ? null : set with { Nth = set.Nth - 1 };
            if (set.Nth > 1)
            {
                return;
            }

            act = set.Act;
        }

        var holds = await act(by);
        _caught.SetResult(by);
        if (!holds)
        {
            throw new IOException("Cut.");
        }

        await _released.Task;
    }
}

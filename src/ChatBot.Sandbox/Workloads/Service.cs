namespace ChatBot.Sandbox.Workloads;

/// <summary>A service: its pods and the loops that keep them busy until it is disposed.</summary>
internal abstract class Service(string name, IReadOnlyList<Pod> pods) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];

    public string Name { get; } = name;

    public ServiceTally Tally { get; } = new();

    protected IReadOnlyList<Pod> Pods { get; } = pods;

    public virtual async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await Task.WhenAll(Pods.Select(pod => pod.DisposeAsync().AsTask()));
        _stopping.Dispose();
    }

    /// <summary>Does the same again and again, in a rhythm that the seed decides.</summary>
    /// <param name="every">The mean pause; each one is a quarter longer or shorter at most.</param>
    protected void Repeat(TimeSpan every, Random rhythm, Func<CancellationToken, Task> work) =>
        _loops.Add(RepeatAsync(every, rhythm, work, _stopping.Token));

    private async Task RepeatAsync(TimeSpan every, Random rhythm, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(every * (0.75 + (rhythm.NextDouble() / 2)), cancellationToken);
                await Tally.CountAsync(() => work(cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The service is stopped.
        }
    }
}

using ChatBot.Configuration;
using ChatBot.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Claims due work under a lease, does it, and gives back what failed. What is not done when the process dies comes back by itself.</summary>
internal sealed partial class WorkPump(
    IncidentStore store,
    WorkRunner runner,
    WorkShare share,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<WorkPump> logger) : BackgroundService
{
    /// <summary>The first pause before another try; doubled each time.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new HashSet<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            running.RemoveWhere(task => task.IsCompleted);
            var seen = store.Arrivals;
            var claimed = 0;
            try
            {
                var free = options.Work.Workers - running.Count;
                if (free > 0)
                {
                    foreach (var item in await store.ClaimAsync(share, free, options.Work.Lease, stoppingToken))
                    {
                        claimed++;
                        running.Add(DoAsync(item, stoppingToken));
                    }
                }
            }
            catch (StoreUnavailableException unavailable)
            {
                LogStoreLost(unavailable);
            }

            if (claimed == 0)
            {
                await Task.WhenAny([store.WaitForWorkAsync(seen, options.Work.PollEvery, stoppingToken), .. running]);
            }
        }

        await Task.WhenAll(running);
    }

    private async Task DoAsync(WorkItem item, CancellationToken stopping)
    {
        await Task.Yield();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewing = RenewAsync(item, lost);
        try
        {
            await runner.RunAsync(item, lost.Token);
        }
        catch (LeaseLostException)
        {
            LogLeaseLost(item.Kind, item.Seq);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // Stopping, or the lease is somebody else's by now: the row is still there for whoever claims it next.
        }
        catch (TryLaterException later)
        {
            LogLater(item.Kind, item.Seq, item.Attempts, later.Message);
            await GiveBackAsync(item, later.After, later.Message, stopping);
        }
        catch (StoreUnavailableException unavailable)
        {
            LogStoreLost(unavailable); // the lease runs out, and then it is tried again
        }
        catch (Exception failed)
        {
            LogFailed(item.Kind, item.Seq, item.Attempts, failed);
            await GiveBackAsync(item, after: null, failed.GetType().Name, stopping);
        }
        finally
        {
            await lost.CancelAsync();
            await renewing;
        }
    }

    private async Task RenewAsync(WorkItem item, CancellationTokenSource lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.Work.Lease / 3, clock, lost.Token);
                await store.RenewAsync(item, options.Work.Lease, lost.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Done.
        }
        catch (LeaseLostException)
        {
            await lost.CancelAsync();
        }
        catch (StoreUnavailableException)
        {
            await lost.CancelAsync(); // nobody can say whose it is: stop
        }
    }

    private async Task GiveBackAsync(WorkItem item, TimeSpan? after, string why, CancellationToken cancellationToken)
    {
        var pause = after ?? Pause(item.Attempts);
        try
        {
            await store.RetryAsync(item, pause, why, cancellationToken);
        }
        catch (Exception gone) when (gone is LeaseLostException or StoreUnavailableException or OperationCanceledException)
        {
            LogLeaseLost(item.Kind, item.Seq);
        }
    }

    private TimeSpan Pause(int attempts)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(attempts, 20));
        var pause = doubled < options.Work.RetryAtMost ? doubled : options.Work.RetryAtMost;
        return pause * (0.5 + (Random.Shared.NextDouble() / 2)); // replicas that failed together don't come back together
    }

    [LoggerMessage(LogLevel.Error, "The store doesn't answer; work waits")]
    private partial void LogStoreLost(Exception unavailable);

    [LoggerMessage(LogLevel.Warning, "Work {Kind} {Seq} can't be done now, after {Attempts} earlier tries: {Why}")]
    private partial void LogLater(string kind, long seq, int attempts, string why);

    [LoggerMessage(LogLevel.Information, "Work {Kind} {Seq} is held by somebody else by now")]
    private partial void LogLeaseLost(string kind, long seq);

    [LoggerMessage(LogLevel.Error, "Work {Kind} {Seq} failed after {Attempts} earlier tries and will be tried again")]
    private partial void LogFailed(string kind, long seq, int attempts, Exception failed);
}

/// <summary>Not now, but later: an expected reason to give work back.</summary>
/// <param name="after">How long to wait; null for longer each time.</param>
internal sealed class TryLaterException(TimeSpan? after, string message, Exception? cause = null) : Exception(message, cause)
{
    public TimeSpan? After { get; } = after;
}

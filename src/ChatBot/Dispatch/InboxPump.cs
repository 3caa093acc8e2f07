using System.Collections.Concurrent;
using ChatBot.Configuration;
using ChatBot.Slack;
using ChatBot.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Takes stored deliveries to their decisions, several at a time, oldest first. One that fails is tried again, and holds up no other.</summary>
internal sealed partial class InboxPump(
    IncidentStore store,
    DeliveryHandler handler,
    ChatBotOptions options,
    ILogger<InboxPump> logger) : BackgroundService
{
    /// <summary>Deliveries looked at in one round.</summary>
    private const int Batch = 50;

    /// <summary>A delivery that fails this often for a reason of its own will always fail: the person is told.</summary>
    private const int TriesAtMost = 5;

    private readonly ConcurrentDictionary<string, Task> _underway = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var seen = store.Arrivals;
            try
            {
                foreach (var row in await store.PendingInboxAsync(Batch, stoppingToken))
                {
                    if (_underway.Count < options.Work.Workers && !_underway.ContainsKey(row.Id))
                    {
                        _underway[row.Id] = HandleAsync(row, stoppingToken);
                    }
                }
            }
            catch (StoreUnavailableException unavailable)
            {
                LogStoreLost(unavailable);
            }

            await store.WaitForWorkAsync(seen, options.Work.PollEvery, stoppingToken);
        }

        await Task.WhenAll(_underway.Values);
    }

    private async Task HandleAsync(InboxRow row, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (Read(row) is not { } delivery)
            {
                await handler.ForgetAsync(row.Id, cancellationToken);
            }
            else if (_failures.GetValueOrDefault(row.Id) < TriesAtMost)
            {
                await handler.HandleAsync(delivery, cancellationToken);
            }
            else
            {
                await handler.GiveUpAsync(delivery, cancellationToken);
            }

            _failures.TryRemove(row.Id, out _);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: the row stays in the inbox for the next start.
        }
        catch (Exception unstored) when (unstored is StoreUnavailableException or CommitUnknownException)
        {
            LogStoreLost(unstored);
        }
        catch (Exception failed)
        {
            _failures.AddOrUpdate(row.Id, 1, (_, times) => times + 1);

            // Whatever it was, the row is still in the inbox and comes again with the next poll.
            LogFailed(row.Id, failed);
        }
        finally
        {
            _underway.TryRemove(row.Id, out _);
        }
    }

    /// <returns>Null when nobody can read it, now or later.</returns>
    private Delivery? Read(InboxRow row)
    {
        try
        {
            return row.Source is SlackIntake.Source or TerminalDesk.Source ? StoredJson.Read<Delivery>(row.Body, $"Inbox row {row.Id}") : null;
        }
        catch (FormatException damaged)
        {
            LogUnreadable(row.Id, damaged);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Delivery {Id} can't be read; it is set aside")]
    private partial void LogUnreadable(string id, Exception damaged);

    [LoggerMessage(LogLevel.Error, "The store doesn't answer; the inbox waits")]
    private partial void LogStoreLost(Exception unavailable);

    [LoggerMessage(LogLevel.Error, "Delivery {Id} could not be decided and will be tried again")]
    private partial void LogFailed(string id, Exception failed);
}

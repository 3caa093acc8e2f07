using System.Text.Json;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Stores what Slack delivers, then acknowledges it. Nothing is acknowledged that a power cut could lose.</summary>
internal sealed partial class SlackIntake(
    ISlackWire wire,
    IncidentStore store,
    NoteRequest notes,
    TimeProvider clock,
    ILogger<SlackIntake> logger) : BackgroundService
{
    /// <summary>Names the reader of an inbox row's body.</summary>
    public const string Source = "slack/1";

    /// <summary>
    /// Deliveries that are stored side by side: those that come while the disk is busy with one go to it together, so that
    /// the last of many presses doesn't wait for as many disk writes.
    /// </summary>
    private const int AtOnce = 32;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        wire.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
        TakeAsync);

    private async ValueTask TakeAsync(SlackEnvelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            var delivery = DeliveryReader.Read(envelope);
            if (delivery is not null && NoteModal.For(delivery) is { } modal)
            {
                // Not a wish yet, so there is nothing to lose; the trigger that opens the modal lives 3 s.
                await envelope.AcknowledgeAsync(payload: null, cancellationToken);
                await notes.AskAsync(delivery, modal, cancellationToken);
                return;
            }

            if (delivery is not null)
            {
                var body = JsonSerializer.Serialize(delivery, StoredJson.Options);
                await store.ReceiveAsync(new InboxRow(delivery.Id, Source, body, clock.GetUtcNow()), cancellationToken);
                CrashPoint.Reached(CrashPoint.DeliveryStored);
            }
            else
            {
                LogIgnored(envelope.Type);
            }

            await envelope.AcknowledgeAsync(payload: null, cancellationToken);
        }
        catch (StoreUnavailableException unavailable)
        {
            // Not acknowledged: Slack tells the person that it failed, and delivers it again.
            LogNotStored(unavailable);
        }
        catch (Exception unexpected) when (!cancellationToken.IsCancellationRequested)
        {
            // One delivery that nobody foresaw must not deafen the bot to all others. It is not acknowledged.
            LogNotTaken(envelope.Type, unexpected);
        }
    }

    [LoggerMessage(LogLevel.Debug, "An envelope of type {Type} is nothing a person did; acknowledged and forgotten")]
    private partial void LogIgnored(string type);

    [LoggerMessage(LogLevel.Error, "An envelope of type {Type} could not be taken, so it was not acknowledged")]
    private partial void LogNotTaken(string type, Exception unexpected);

    [LoggerMessage(LogLevel.Error, "The store didn't take a delivery from Slack, so it was not acknowledged")]
    private partial void LogNotStored(Exception unavailable);
}

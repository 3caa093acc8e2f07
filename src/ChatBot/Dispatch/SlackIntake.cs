using System.Text.Json;
using ChatBot.Slack;
using ChatBot.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Stores what Slack delivers, then acknowledges it. Nothing is acknowledged that a power cut could lose.</summary>
internal sealed partial class SlackIntake(ISlackWire wire, IncidentStore store, TimeProvider clock, ILogger<SlackIntake> logger) : BackgroundService
{
    /// <summary>Names the reader of an inbox row's body.</summary>
    public const string Source = "slack/1";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var envelope in wire.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (DeliveryReader.Read(envelope) is { } delivery)
                {
                    var body = JsonSerializer.Serialize(delivery, StoredJson.Options);
                    await store.ReceiveAsync(new InboxRow(delivery.Id, Source, body, clock.GetUtcNow()), stoppingToken);
                    CrashPoint.Reached(CrashPoint.DeliveryStored);
                }
                else
                {
                    LogIgnored(envelope.Type);
                }

                await envelope.AcknowledgeAsync(payload: null, stoppingToken);
            }
            catch (StoreUnavailableException unavailable)
            {
                // Not acknowledged: Slack tells the person that it failed, and delivers it again.
                LogNotStored(unavailable);
            }
            catch (Exception unexpected) when (unexpected is not OperationCanceledException)
            {
                // One delivery that nobody foresaw must not deafen the bot to all others. It is not acknowledged.
                LogNotTaken(envelope.Type, unexpected);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "An envelope of type {Type} is nothing a person did; acknowledged and forgotten")]
    private partial void LogIgnored(string type);

    [LoggerMessage(LogLevel.Error, "An envelope of type {Type} could not be taken, so it was not acknowledged")]
    private partial void LogNotTaken(string type, Exception unexpected);

    [LoggerMessage(LogLevel.Error, "The store didn't take a delivery from Slack, so it was not acknowledged")]
    private partial void LogNotStored(Exception unavailable);
}

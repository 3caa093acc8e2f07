using System.Text.Json;
using System.Threading.Channels;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
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

    /// <summary>Modals that are opened side by side. Slack may take 3 s for each, and what is to be stored can't wait for that.</summary>
    private const int ModalsAtOnce = 8;

    /// <summary>Modals that wait for that. The trigger of one further back would be too old by its turn.</summary>
    private const int ModalsWaiting = 100;

    private readonly Channel<(Delivery Press, ModalView? Modal)> _asked = Channel.CreateBounded<(Delivery, ModalView?)>(ModalsWaiting);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not cancelled but completed: whoever pressed right before the end is told.
        var asking = Parallel.ForEachAsync(
            _asked.Reader.ReadAllAsync(CancellationToken.None),
            new ParallelOptions { MaxDegreeOfParallelism = ModalsAtOnce, CancellationToken = CancellationToken.None },
            (asked, _) => AskAsync(asked.Press, asked.Modal, stoppingToken));
        try
        {
            await Parallel.ForEachAsync(
                wire.ReadAllAsync(stoppingToken),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                TakeAsync);
        }
        finally
        {
            _asked.Writer.Complete();
            await asking;
        }
    }

    private async ValueTask TakeAsync(SlackEnvelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            var delivery = DeliveryReader.Read(envelope);
            if (delivery is not null && (NoteModal.For(delivery), FormModal.IsAskedBy(delivery)) is var (modal, asksForForm) && (modal is not null || asksForForm))
            {
                // Not a wish yet, so there is nothing to lose; the trigger that opens the modal lives 3 s.
                // Not acknowledged when too many wait: then Slack tells the person that it failed.
                if (_asked.Writer.TryWrite((delivery, modal)))
                {
                    await envelope.AcknowledgeAsync(payload: null, cancellationToken);
                }
                else
                {
                    LogTooMany(delivery.ActionId);
                }

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

    private async ValueTask AskAsync(Delivery press, ModalView? modal, CancellationToken stopping)
    {
        try
        {
            await notes.AskAsync(press, modal, stopping);
        }
        catch (Exception unexpected)
        {
            LogNotAsked(press.ActionId, unexpected);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Too many modals wait to be opened, so the press of {Action} was not acknowledged")]
    private partial void LogTooMany(string? action);

    [LoggerMessage(LogLevel.Error, "The press of {Action} could not be answered with a modal")]
    private partial void LogNotAsked(string? action, Exception unexpected);

    [LoggerMessage(LogLevel.Debug, "An envelope of type {Type} is nothing a person did; acknowledged and forgotten")]
    private partial void LogIgnored(string type);

    [LoggerMessage(LogLevel.Error, "An envelope of type {Type} could not be taken, so it was not acknowledged")]
    private partial void LogNotTaken(string type, Exception unexpected);

    [LoggerMessage(LogLevel.Error, "The store didn't take a delivery from Slack, so it was not acknowledged")]
    private partial void LogNotStored(Exception unavailable);
}

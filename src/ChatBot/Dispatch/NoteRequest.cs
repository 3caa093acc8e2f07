using System.Text.Json;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
using ChatBot.Store;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>
/// Asks for the words, or the choice, that go with a press. Until they are sent nothing was wished for, so nothing is
/// stored: who closes the modal has done nothing.
/// </summary>
internal sealed partial class NoteRequest(ModalOpener modals, PlanForms forms, IncidentStore store, ILogger<NoteRequest> logger)
{
    private const string NotOpened = "I couldn't open the window for your words, so nothing was done. Please press the button again, on the newest card.";

    /// <param name="modal">Null for a form, which is still to be drawn.</param>
    /// <param name="cancellationToken">The bot is stopping: the person is told, by whoever works on the store next.</param>
    public async Task AskAsync(Delivery press, ModalView? modal, CancellationToken cancellationToken)
    {
        try
        {
            if (press.TriggerId is not { } trigger)
            {
                LogNoTrigger(press.ActionId);
                await TellAsync(press);
            }
            else if ((modal ?? await forms.DrawAsync(press, cancellationToken)) is not { } view)
            {
                LogNothingToAsk(press.ActionId);
                await TellAsync(press);
            }
            else if (!await modals.OpenAsync(trigger, view, cancellationToken))
            {
                LogOpenAlready(press.ActionId);
            }
        }
        catch (SlackCallException failed)
        {
            LogNotOpened(press.ActionId, failed.Failure, failed.Message);
            await TellAsync(press);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopping(press.ActionId);
            await TellAsync(press);
        }
    }

    // Through the store, as all words to one person: Slack may be hard to reach for longer than this moment, and the bot may be stopping.
    private async Task TellAsync(Delivery press)
    {
        try
        {
            var tell = JsonSerializer.Serialize(new TellPerson(press.Channel, press.By.User, NotOpened), StoredJson.Options);
            await store.WriteAsync(
                (transaction, _) => transaction.AddWorkAsync(new NewWork(
                    TellPerson.Kind, IncidentId: null, Lanes.Person(press.By.User), MergeKey: null, tell, transaction.Now)),
                CancellationToken.None);
        }
        catch (StoreUnavailableException unavailable)
        {
            LogNotTold(press.ActionId, unavailable);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The modal of {Action} was not opened, and the person is told to press again: {Failure}, {Why}")]
    private partial void LogNotOpened(string? action, SlackFailure failure, string why);

    [LoggerMessage(LogLevel.Warning, "The modal of {Action} was not opened, because I am stopping, and the person is told to press again")]
    private partial void LogStopping(string? action);

    [LoggerMessage(LogLevel.Warning, "A press of {Action} asks for a form, and there is nothing to choose any more")]
    private partial void LogNothingToAsk(string? action);

    [LoggerMessage(LogLevel.Warning, "A press of {Action} has no trigger, so no modal can be opened")]
    private partial void LogNoTrigger(string? action);

    [LoggerMessage(LogLevel.Debug, "The modal of {Action} is open already: the press was delivered twice")]
    private partial void LogOpenAlready(string? action);

    [LoggerMessage(LogLevel.Error, "The modal of {Action} was not opened, and the store can't keep what to tell the person")]
    private partial void LogNotTold(string? action, Exception unavailable);
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Store;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>
/// Draws the parts of an incident in Slack, each in one message that is edited. The order is kept per channel by the
/// store's lanes; the drawing is made from the newest state when its turn comes.
/// </summary>
internal sealed partial class SlackOutbox(
    ISlackWire wire,
    PostedMessages messages,
    IncidentStore store,
    IncidentThread thread,
    IncidentDrawing drawing,
    ILogger<SlackOutbox> logger)
{
    /// <summary>Tries after which words to one person are given up: they are stale by then.</summary>
    private const int TellAtMost = 6;

    public async Task ShowAsync(Show show, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        var slot = Slots.Of(show);
        SlackMessage? view;
        var digest = "";
        try
        {
            view = await drawing.DrawAsync(show, incident, cancellationToken);
            digest = view is null ? "" : DigestOf(view);
        }
        catch (Exception broken) when (broken is not (OperationCanceledException or StoreUnavailableException))
        {
            // A drawing that can't be made must not hold back the channel; the next change draws anew.
            LogNotDrawn(slot, incident.Target, broken);
            view = null;
        }

        var posted = await store.ReadAsync((reader, _) => reader.FindMessageAsync(incident.Id.ToString(), slot), cancellationToken);
        var card = IsInThread(show) ? await thread.CardAsync(incident, cancellationToken) : null;
        if (view is null || posted?.Digest == digest || (IsInThread(show) && card is null))
        {
            await DoneAsync(item, null, cancellationToken);
            return;
        }

        try
        {
            var ts = posted is null
                ? await PostAsync(show, view, incident, card, slot, item, cancellationToken)
                : await UpdateAsync(posted, view, cancellationToken) ?? await PostAsync(show, view, incident, card, slot, item, cancellationToken);
            CrashPoint.Reached(CrashPoint.MessagePosted);
            if (show.Part is IncidentPart.Plan)
            {
                CrashPoint.Reached(CrashPoint.PlanPosted);
            }

            await DoneAsync(item, new MessageRow(incident.Id.ToString(), slot, incident.Channel, ts, digest), cancellationToken);
        }
        catch (SlackCallException failed)
        {
            await FailedAsync(failed, slot, incident, item, cancellationToken);
        }
    }

    public async Task TellAsync(TellPerson tell, WorkItem item, CancellationToken cancellationToken)
    {
        var text = AnswerView.Render(tell.Text);
        try
        {
            try
            {
                await wire.CallAsync(
                    "chat.postEphemeral",
                    new JsonObject { ["channel"] = tell.Channel, ["user"] = tell.User, ["text"] = text.ToString(), ["parse"] = "none" },
                    cancellationToken);
            }
            catch (SlackCallException refused) when (refused.Error is "not_in_channel" or "channel_not_found" or "user_not_in_channel")
            {
                // Where the bot isn't a member it can still write to the person.
                await wire.CallAsync(
                    "chat.postMessage",
                    new JsonObject { ["channel"] = tell.User, ["text"] = text.ToString(), ["parse"] = "none", ["unfurl_links"] = false },
                    cancellationToken);
            }
        }
        catch (SlackCallException failed) when (failed.Failure is not SlackFailure.Refused && item.Attempts < TellAtMost)
        {
            throw new TryLaterException(failed.RetryAfter, $"{failed.Method}: {failed.Failure}", failed);
        }
        catch (SlackCallException failed)
        {
            LogNotTold(failed.Method, failed.Failure, failed.Error);
        }

        await DoneAsync(item, null, cancellationToken);
    }

    private static bool IsInThread(Show show) => show.Part is IncidentPart.Step or IncidentPart.Steps or IncidentPart.Undo;

    private async Task<string> PostAsync(
        Show show,
        SlackMessage view,
        Incident incident,
        MessageRow? card,
        string slot,
        WorkItem item,
        CancellationToken cancellationToken)
    {
        // Tried before, or by a predecessor that died: the message may be there.
        if ((item.Attempts > 0 || item.Fence > 1) && await messages.FindAsync(incident, IsInThread(show) ? card?.Ts : null, slot, cancellationToken) is { } found)
        {
            return await UpdateAsync(new MessageRow("", slot, incident.Channel, found, ""), view, cancellationToken) ?? found;
        }

        var arguments = view.ToJson();
        arguments["channel"] = incident.Channel;
        arguments["metadata"] = PostedMessages.Mark(incident, slot);
        if (IsInThread(show))
        {
            arguments["thread_ts"] = card?.Ts;
        }

        var answer = await wire.CallAsync("chat.postMessage", arguments, cancellationToken);
        return TsOf(answer);
    }

    /// <summary>Null when somebody deleted the message.</summary>
    private async Task<string?> UpdateAsync(MessageRow posted, SlackMessage view, CancellationToken cancellationToken)
    {
        var arguments = view.ToJson();
        arguments.Remove("unfurl_links");
        arguments.Remove("unfurl_media");
        arguments["channel"] = posted.Channel;
        arguments["ts"] = posted.Ts;
        try
        {
            await wire.CallAsync("chat.update", arguments, cancellationToken);
            return posted.Ts;
        }
        catch (SlackCallException gone) when (gone.Error is "message_not_found")
        {
            return null;
        }
    }

    private async Task FailedAsync(SlackCallException failed, string slot, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        if (failed.Failure is not SlackFailure.Refused)
        {
            throw new TryLaterException(failed.RetryAfter, $"{failed.Method}: {failed.Failure}", failed);
        }

        // Slack will refuse the same again, so this drawing is given up; the next change draws anew.
        LogGivenUp(slot, incident.Target, failed.Method, failed.Error);
        var reason = $"Slack refused a message of the incident on {incident.Target} ({failed.Error}): "
            + "invite me to the channel, then press or type again.";
        await store.WriteAsync(
            async (transaction, _) =>
            {
                await transaction.CompleteWorkAsync(item);
                if (slot == Slots.Card && incident.Samples.IsEmpty)
                {
                    var tell = new TellPerson(incident.Channel, incident.OpenedBy.User, reason);
                    await transaction.AddWorkAsync(new NewWork(
                        TellPerson.Kind, incident.Id.ToString(), Lanes.Person(incident.OpenedBy.User), $"refused:{incident.Id}", JsonSerializer.Serialize(tell, StoredJson.Options), transaction.Now));
                }
            },
            cancellationToken);
    }

    private Task DoneAsync(WorkItem item, MessageRow? message, CancellationToken cancellationToken) => store.WriteAsync(
        async (transaction, _) =>
        {
            await transaction.CompleteWorkAsync(item);
            if (message is not null)
            {
                await transaction.SaveMessageAsync(message);
            }
        },
        cancellationToken);

    private static string TsOf(JsonElement json) =>
        json.TryGetProperty("ts", out var ts) && ts.GetString() is { Length: > 0 } text
            ? text
            : throw new TryLaterException(after: null, "Slack's answer has no ts.");

    private static string DigestOf(SlackMessage view) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(view.ToJson().ToJsonString())));

    [LoggerMessage(LogLevel.Error, "{Slot} of the incident on {Target} could not be drawn")]
    private partial void LogNotDrawn(string slot, string target, Exception broken);

    [LoggerMessage(LogLevel.Error, "Slack refused {Slot} of the incident on {Target}: {Method} {Error}")]
    private partial void LogGivenUp(string slot, string target, string method, string? error);

    [LoggerMessage(LogLevel.Warning, "A person could not be told: {Method} {Failure} {Error}")]
    private partial void LogNotTold(string method, SlackFailure failure, string? error);
}

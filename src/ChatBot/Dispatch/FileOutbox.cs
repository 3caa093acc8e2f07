using System.Security.Cryptography;
using System.Text;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Steps;
using ChatBot.Store;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Puts files into an incident's thread: what steps made, and the report at the end.</summary>
internal sealed partial class FileOutbox(
    SlackFiles slack,
    PostedMessages messages,
    IncidentStore store,
    IncidentThread thread,
    IncidentReport reports,
    ILogger<FileOutbox> logger)
{
    public async Task ShareAsync(ShareFile share, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        await TryAsync(
            async () =>
            {
                var row = await store.ReadAsync((reader, _) => reader.ReadEvidenceAsync(share.File.ToString()), cancellationToken);
                if (EvidenceRows.ReadFile(row) is { } file)
                {
                    await PutAsync(incident, Slots.File(share.Step, file.Name), file, item, cancellationToken);
                }
            },
            incident.Target);
        await DoneAsync(item, cancellationToken);
    }

    public async Task ShareReportAsync(Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        await TryAsync(
            async () =>
            {
                foreach (var file in await reports.WriteAsync(incident.Id, cancellationToken))
                {
                    await PutAsync(incident, Slots.Report(file.Name), file, item, cancellationToken);
                }
            },
            incident.Target);
        await DoneAsync(item, cancellationToken);
    }

    /// <summary>A file that can't be made (damaged evidence, one that Slack would never take) must not hold back the channel.</summary>
    private async Task TryAsync(Func<Task> put, string target)
    {
        try
        {
            await put();
        }
        catch (Exception broken) when (broken is FormatException or InvalidOperationException or ArgumentException)
        {
            LogNotMade(target, broken);
        }
    }

    /// <summary>
    /// Once: what is on record as shared isn't shared again unless it changed. After a crash right between the two, or an
    /// answer that was lost, it is looked for first.
    /// </summary>
    private async Task PutAsync(Incident incident, string slot, StepFile file, WorkItem item, CancellationToken cancellationToken)
    {
        var shared = await store.ReadAsync((reader, _) => reader.FindMessageAsync(incident.Id.ToString(), slot), cancellationToken);
        var card = await thread.CardAsync(incident, cancellationToken);
        var (name, content) = (file.Name, file.Picture ?? Encoding.UTF8.GetBytes(file.Text));
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        if (shared?.Digest == digest || card is null)
        {
            return;
        }

        try
        {
            // Tried before, or by a predecessor that died: the file may be there. By the digest in its title it is this very text.
            var title = $"{name} ({digest[..8]})";
            var isRepeat = item.Attempts > 0 || item.Fence > 1;
            var id = isRepeat ? await messages.FindFileAsync(incident, card.Ts, title, cancellationToken) : null;
            if (id is null)
            {
                id = await slack.ShareAsync(card.Channel, card.Ts, name, title, content, file.Picture is null ? null : file.Text, comment: null, cancellationToken);
                CrashPoint.Reached(CrashPoint.FileShared);
            }

            await store.WriteAsync(
                (transaction, _) => transaction.SaveMessageAsync(new MessageRow(incident.Id.ToString(), slot, card.Channel, id, digest)),
                cancellationToken);
        }
        catch (SlackCallException failed) when (failed.Failure is not SlackFailure.Refused)
        {
            throw new TryLaterException(failed.RetryAfter, $"{failed.Method}: {failed.Failure}", failed);
        }
        catch (SlackCallException refused)
        {
            // Slack will refuse the same again; the file stays in the evidence, and the report can be written anew.
            LogNotShared(name, incident.Target, refused.Method, refused.Error);
        }
    }

    private Task DoneAsync(WorkItem item, CancellationToken cancellationToken) =>
        store.WriteAsync((transaction, _) => transaction.CompleteWorkAsync(item), cancellationToken);

    [LoggerMessage(LogLevel.Error, "A file of the incident on {Target} could not be made, so it is not in the thread")]
    private partial void LogNotMade(string target, Exception broken);

    [LoggerMessage(LogLevel.Error, "Slack refused the file {Name} of the incident on {Target}: {Method} {Error}")]
    private partial void LogNotShared(string name, string target, string method, string? error);
}

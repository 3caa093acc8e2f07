using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Slack;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>How a delivery ends: a decision or a rejection on record, once, and the person told.</summary>
internal sealed class DeliveryAnswers(IncidentStore store, Dispatcher dispatcher)
{
    private const string NoCommand = "unreadable";

    public Task<Answer> DecideAsync(
        Delivery delivery,
        IncidentId id,
        IncidentCommand command,
        Facts known,
        EvidenceRow? evidence,
        CancellationToken cancellationToken) => DecideAsync(delivery, id, command, known, evidence, page: null, cancellationToken);

    /// <param name="evidence">What the command refers to; null when it refers to nothing.</param>
    /// <param name="page">The page that an opened incident follows; null for every other command.</param>
    public Task<Answer> DecideAsync(
        Delivery delivery,
        IncidentId id,
        IncidentCommand command,
        Facts known,
        EvidenceRow? evidence,
        CurrentPage? page,
        CancellationToken cancellationToken) => dispatcher.RunAsync(
            delivery.Id,
            id,
            command,
            known,
            async (transaction, answer) =>
            {
                if (!await transaction.CompleteInboxAsync(delivery.Id))
                {
                    return;
                }

                if (answer.Reason is null && evidence is not null)
                {
                    await transaction.AddEvidenceAsync(evidence with { At = transaction.Now });
                }

                if (answer.Reason is null && page is not null)
                {
                    await transaction.AddPageAsync(page.Chosen.Hash, page.Bytes);
                }

                if (answer.Said is { } said)
                {
                    await TellAsync(transaction, delivery, said);
                }
            },
            cancellationToken);

    /// <summary>Nothing to decide: the rejection is all that is stored.</summary>
    public Task RejectAsync(Delivery delivery, string reason, CancellationToken cancellationToken) =>
        EndAsync(delivery, new Answer(reason), cancellationToken);

    /// <summary>Nothing to decide: a question, and its answer.</summary>
    public Task ReplyAsync(Delivery delivery, string text, CancellationToken cancellationToken) =>
        EndAsync(delivery, Answer.Accepted with { Note = text }, cancellationToken);

    /// <summary>For a row that nobody can read: there is no person to tell, but it doesn't come again.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => store.WriteAsync(
        async (transaction, _) =>
        {
            if (await transaction.CompleteInboxAsync(id))
            {
                await transaction.AddCommandAsync(id, incidentId: null, NoCommand, new Answer("The stored delivery is damaged.").ToJson());
            }
        },
        cancellationToken);

    private Task EndAsync(Delivery delivery, Answer answer, CancellationToken cancellationToken) => store.WriteAsync(
        async (transaction, _) =>
        {
            if (await transaction.CompleteInboxAsync(delivery.Id))
            {
                await transaction.AddCommandAsync(delivery.Id, incidentId: null, NoCommand, answer.ToJson());
                await TellAsync(transaction, delivery, answer.Said!);
            }
        },
        cancellationToken);

    // Whoever stands at the terminal reads the answer on record.
    private static Task TellAsync(StoreTransaction transaction, Delivery delivery, string text) => delivery.Via is Door.Terminal
        ? Task.CompletedTask
        : transaction.AddWorkAsync(new NewWork(
            TellPerson.Kind,
            IncidentId: null,
            Lanes.Person(delivery.By.User),
            MergeKey: null,
            JsonSerializer.Serialize(new TellPerson(delivery.Channel, delivery.By.User, text), StoredJson.Options),
            transaction.Now));
}

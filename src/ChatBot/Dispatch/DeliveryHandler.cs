using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>One delivery to one command, its decision, and the answer to the person.</summary>
internal sealed class DeliveryHandler(IncidentStore store, IncidentLog log, Dispatcher dispatcher, FactsReader facts, ChatBotOptions options)
{
    private const string Unreadable = "unreadable";

    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken) => delivery.Kind is DeliveryKind.Command
        ? HandleCommandAsync(delivery, cancellationToken)
        : HandlePressAsync(delivery, cancellationToken);

    /// <summary>For a row that nobody can read: there is no person to tell, but it doesn't come again.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => store.WriteAsync(
        async (transaction, _) =>
        {
            if (await transaction.CompleteInboxAsync(id))
            {
                await transaction.AddCommandAsync(id, incidentId: null, Unreadable, new Answer("The stored delivery is damaged.").ToJson());
            }
        },
        cancellationToken);

    /// <summary>For a delivery that keeps failing: nothing is decided, and the person hears so.</summary>
    public Task GiveUpAsync(Delivery delivery, CancellationToken cancellationToken) =>
        RejectAsync(delivery, "Something in me failed on this, several times. Nothing was done. My log says more.", cancellationToken);

    private Task HandleCommandAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var words = delivery.Text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // A phone's keyboard likes to begin with a capital letter; names of targets have none.
        var verb = words.ElementAtOrDefault(0)?.ToLowerInvariant();
        var target = words.ElementAtOrDefault(1)?.ToLowerInvariant() ?? "";
        return (verb, words.Length) switch
        {
            ("start", 2) => StartAsync(delivery, target, cancellationToken),
            ("stop", >= 2) => StopAsync(delivery, target, words.ElementAtOrDefault(2), cancellationToken),
            _ => RejectAsync(delivery, CommandHelp.Text(options.Targets.Keys), cancellationToken),
        };
    }

    private async Task StartAsync(Delivery delivery, string target, CancellationToken cancellationToken)
    {
        if (facts.FindTarget(target) is null)
        {
            await RejectAsync(delivery, CommandHelp.NoSuchTarget(target, options.Targets.Keys), cancellationToken);
            return;
        }

        var id = new IncidentId(Guid.CreateVersion7());
        var open = new OpenIncident(id, target, delivery.Channel, delivery.By);
        var known = await facts.ForPersonAsync(target, delivery.By, delivery.Via, cancellationToken);
        await DecideAsync(delivery, id, open, known, evidence: null, cancellationToken);
    }

    private async Task StopAsync(Delivery delivery, string target, string? reason, CancellationToken cancellationToken)
    {
        if (facts.FindTarget(target) is null)
        {
            await RejectAsync(delivery, CommandHelp.NoSuchTarget(target, options.Targets.Keys), cancellationToken);
            return;
        }

        if (await store.ReadAsync((reader, _) => reader.FindOpenIncidentAsync(target), cancellationToken) is not { } open)
        {
            await RejectAsync(delivery, $"No incident is open on {target}.", cancellationToken);
            return;
        }

        // A person's words are foreign text: they go to the evidence, the log refers to them.
        var id = new IncidentId(Guid.ParseExact(open.Id, "N"));
        var words = reason is null ? null : EvidenceRows.Words(id, ForeignText.From(reason, 300));
        var stop = new AbortIncident(delivery.By, words is null ? null : new EvidenceId(Guid.ParseExact(words.Id, "N")));
        var known = await facts.ForPersonAsync(target, delivery.By, delivery.Via, cancellationToken);
        await DecideAsync(delivery, id, stop, known, words, cancellationToken);
    }

    private async Task HandlePressAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (ButtonIds.Read(delivery.Value) is not { } about || CommandOf(delivery, about.Plan) is not { } command)
        {
            await RejectAsync(delivery, "This button isn't one of mine, or an older version of me made it. Nothing was done.", cancellationToken);
            return;
        }

        if (await store.ReadAsync((reader, _) => log.LoadAsync(reader, about.Incident), cancellationToken) is not { } incident)
        {
            await RejectAsync(delivery, "I don't know the incident of this button any more. Nothing was done.", cancellationToken);
            return;
        }

        if (delivery.Via is Door.Slack && !await StandsWhereItWasPostedAsync(delivery, incident, about.Plan, cancellationToken))
        {
            await RejectAsync(delivery, "This button is a copy: use the one in the incident's own channel. Nothing was done.", cancellationToken);
            return;
        }

        var known = await facts.ForPersonAsync(incident.Target, delivery.By, delivery.Via, cancellationToken);
        await DecideAsync(delivery, about.Incident, command, known, evidence: null, cancellationToken);
        if (command is ApprovePlan)
        {
            CrashPoint.Reached(CrashPoint.PlanApproved);
        }
    }

    /// <returns>Null when no view of ours draws such a button.</returns>
    internal static IncidentCommand? CommandOf(Delivery press, PlanId? plan) => (press.ActionId, plan) switch
    {
        (ButtonIds.EndIdleSessions or ButtonIds.NewPlan, _) => new AskForMitigation(new PlanId(Guid.CreateVersion7()), EndIdleSessions.StoredName, press.By)
        {
            Anew = press.ActionId is ButtonIds.NewPlan,
        },
        (ButtonIds.RunAgain, _) => new RunDiagnosisAgain(press.By),
        (ButtonIds.Resolve, _) => new ResolveIncident(press.By),
        (ButtonIds.Stop, _) => new AbortIncident(press.By, Reason: null),
        (ButtonIds.Approve, { } id) => new ApprovePlan(id, press.By),
        (ButtonIds.Reject, { } id) => new RejectPlan(id, press.By),
        (ButtonIds.Withdraw, { } id) => new CancelPlan(id, press.By),
        _ => null,
    };

    // A message can be forwarded or quoted with its buttons; only the one we posted counts.
    private async Task<bool> StandsWhereItWasPostedAsync(Delivery press, Incident incident, PlanId? plan, CancellationToken cancellationToken)
    {
        var slot = Slots.Of(press.ActionId is ButtonIds.Approve or ButtonIds.Reject or ButtonIds.Withdraw ? IncidentPart.Plan : IncidentPart.Card, plan);
        var message = await store.ReadAsync((reader, _) => reader.FindMessageAsync(incident.Id.ToString(), slot), cancellationToken);
        return press.Channel == incident.Channel && (message is null || message.Ts == press.MessageTs);
    }

    private Task<Answer> DecideAsync(
        Delivery delivery,
        IncidentId id,
        IncidentCommand command,
        Facts known,
        EvidenceRow? evidence,
        CancellationToken cancellationToken) => dispatcher.RunAsync(
            delivery.Id,
            id,
            command,
            known,
            async (transaction, answer) =>
            {
                if (await transaction.CompleteInboxAsync(delivery.Id))
                {
                    if (answer.Reason is { } reason)
                    {
                        await TellAsync(transaction, delivery, reason);
                    }
                    else if (evidence is not null)
                    {
                        await transaction.AddEvidenceAsync(evidence with { At = transaction.Now });
                    }
                }
            },
            cancellationToken);

    /// <summary>Nothing to decide: the rejection is all that is stored.</summary>
    private Task RejectAsync(Delivery delivery, string reason, CancellationToken cancellationToken) => store.WriteAsync(
        async (transaction, _) =>
        {
            if (await transaction.CompleteInboxAsync(delivery.Id))
            {
                await transaction.AddCommandAsync(delivery.Id, incidentId: null, Unreadable, new Answer(reason).ToJson());
                await TellAsync(transaction, delivery, reason);
            }
        },
        cancellationToken);

    // At the terminal the person waits for the answer in the store.
    private static Task TellAsync(StoreTransaction transaction, Delivery delivery, string reason) => delivery.Via is Door.Terminal ? Task.CompletedTask : transaction.AddWorkAsync(new NewWork(
        TellPerson.Kind,
        IncidentId: null,
        Lanes.Person(delivery.By.User),
        MergeKey: null,
        JsonSerializer.Serialize(new TellPerson(delivery.Channel, delivery.By.User, reason), StoredJson.Options),
        transaction.Now));
}

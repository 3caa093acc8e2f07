using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>One delivery to one command, its decision, and the answer to the person.</summary>
internal sealed class DeliveryHandler(
    IncidentStore store,
    IncidentLog log,
    FactsReader facts,
    TypedCommands commands,
    DeliveryAnswers answers)
{
    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken) => delivery.Kind is DeliveryKind.Command
        ? commands.HandleAsync(delivery, cancellationToken)
        : HandlePressAsync(delivery, cancellationToken);

    /// <summary>For a row that nobody can read: there is no person to tell, but it doesn't come again.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => answers.ForgetAsync(id, cancellationToken);

    /// <summary>For a delivery that keeps failing: nothing is decided, and the person hears so.</summary>
    public Task GiveUpAsync(Delivery delivery, CancellationToken cancellationToken) =>
        answers.RejectAsync(delivery, "Something in me failed on this, several times. Nothing was done. My log says more.", cancellationToken);

    private async Task HandlePressAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (ButtonIds.Read(delivery.Value) is not { } about
            || await store.ReadAsync((reader, _) => log.LoadAsync(reader, about.Incident), cancellationToken) is not { } incident)
        {
            await answers.RejectAsync(
                delivery,
                ButtonIds.Read(delivery.Value) is null
                    ? "This button isn't one of mine, or an older version of me made it. Nothing was done."
                    : "I don't know the incident of this button any more. Nothing was done.",
                cancellationToken);
            return;
        }

        // A person's words are foreign text: they go to the evidence, the log refers to them.
        var note = delivery.Text.Length > 0 && NoteModal.Takes(delivery.ActionId ?? "") ? EvidenceRows.Words(incident.Id, ForeignText.From(delivery.Text, DeliveryReader.LongestText)) : null;
        if (CommandOf(delivery, about, incident, note is null ? null : EvidenceRows.IdOf(note)) is not { } command)
        {
            await answers.RejectAsync(delivery, "This button isn't one of mine, or an older version of me made it. Nothing was done.", cancellationToken);
            return;
        }

        // At the terminal there is no message: the button was drawn for this person a moment ago.
        if (delivery.Via is Door.Slack && !await StandsWhereItWasPostedAsync(delivery, incident, about, cancellationToken))
        {
            await answers.RejectAsync(delivery, "This button is a copy: use the one in the incident's own channel. Nothing was done.", cancellationToken);
            return;
        }

        var known = await facts.ForPersonAsync(incident.Target, delivery.By, delivery.Via, cancellationToken);
        await answers.DecideAsync(delivery, about.Incident, command, known, note, cancellationToken);
        if (command is ApprovePlan)
        {
            CrashPoint.Reached(CrashPoint.PlanApproved);
        }
    }

    /// <param name="note">Where the words are that were sent with the press; null when there were none.</param>
    /// <returns>Null when no view of ours draws such a button.</returns>
    internal static IncidentCommand? CommandOf(Delivery press, ButtonValue about, Incident incident, EvidenceId? note) => (press.ActionId, about) switch
    {
        (ButtonIds.PlanStep or ButtonIds.PlanOtherStep or ButtonIds.PlanAnyway, { Step: { } step }) =>
            new AskForMitigation(new PlanId(Guid.CreateVersion7()), step, press.By) { Anyway = press.ActionId is ButtonIds.PlanAnyway, Choice = ChoiceOf(press) },
        // Meant is the plan that stood on the card: of one that came after it, this person hasn't read what it does.
        (ButtonIds.NewPlan, _) when incident.Plan is { PageStep: { } step, Anyway: var anyway } plan =>
            new AskForMitigation(new PlanId(Guid.CreateVersion7()), step, press.By) { Anew = plan.Id == about.Plan, Anyway = anyway && plan.Id == about.Plan, Choice = plan.Choice },
        (ButtonIds.RunAgain, _) => new RunDiagnosisAgain(press.By),
        (ButtonIds.TakeOver, _) => new AssignIncident(press.By, press.By),
        (ButtonIds.Resolve, _) => new ResolveIncident(press.By),
        (ButtonIds.Stop, _) => new AbortIncident(press.By, note),
        (ButtonIds.RunStep, { Step: { } step }) => new RunPageStep(step, press.By),
        (ButtonIds.ByHand, { Step: { } step }) => new TakePageStepByHand(step, press.By),
        (ButtonIds.StepDone, { Step: { } step }) => new FinishPageStep(step, press.By, note),
        (ButtonIds.SkipStep, { Step: { } step }) => new SkipPageStep(step, press.By, note),
        (ButtonIds.FollowUp, { Step: { } step }) => new AssignFollowUp(step, press.By, Due: null, press.By),
        (ButtonIds.Approve, { Plan: { } plan }) => new ApprovePlan(plan, press.By) { Via = press.Via },
        (ButtonIds.Reject, { Plan: { } plan }) => new RejectPlan(plan, press.By),
        (ButtonIds.Withdraw, { Plan: { } plan }) => new CancelPlan(plan, press.By),
        _ => null,
    };

    /// <summary>What was sent with a form; null for a press without one.</summary>
    private static string? ChoiceOf(Delivery press) => press is { Kind: DeliveryKind.Submission, Text: { Length: > 0 } choice } ? choice : null;

    // A message can be forwarded or quoted with its buttons; only those we posted count.
    private async Task<bool> StandsWhereItWasPostedAsync(Delivery press, Incident incident, ButtonValue about, CancellationToken cancellationToken)
    {
        if (press.Channel != incident.Channel)
        {
            return false;
        }

        if (IsAboutPlan(press) && (about.Plan is not { } plan || incident.FindPlan(plan) is null))
        {
            return true; // stands nowhere; the decision refuses it, and says why
        }

        return await store.ReadAsync(
            async (reader, _) =>
            {
                foreach (var slot in SlotsOf(press, incident, about))
                {
                    // People see a message before Slack has told where it is, and are quick: one that is being posted may be this one.
                    // Asked in this order, because the work ends together with the message getting on record.
                    var isWaiting = await reader.IsWaitingAsync(Slots.MergeKey(incident.Id, slot));
                    var posted = await reader.FindMessageAsync(incident.Id.ToString(), slot);
                    if (posted is null ? isWaiting : posted.Ts == press.MessageTs)
                    {
                        return true;
                    }
                }

                return false;
            },
            cancellationToken);
    }

    private static bool IsAboutPlan(Delivery press) => press.ActionId is ButtonIds.Approve or ButtonIds.Reject or ButtonIds.Withdraw;

    /// <summary>The messages, posted or about to be, that a button like this stands in.</summary>
    private static IEnumerable<string> SlotsOf(Delivery press, Incident incident, ButtonValue about)
    {
        if (IsAboutPlan(press))
        {
            if (about.Plan is { } id && incident.FindPlan(id) is { Hash.Length: > 0 })
            {
                yield return Slots.Of(new Show(IncidentPart.Plan, id));
            }

            if (press.ActionId is ButtonIds.Withdraw)
            {
                yield return Slots.Card; // a request that waits stands there
            }

            yield break;
        }

        yield return Slots.Card;
        if (about.Step is { } name && incident.FindStep(name) is { } step)
        {
            if (incident.HasMessage(step))
            {
                yield return Slots.Of(new Show(IncidentPart.Step) { Step = step.Id });
            }

            if (incident.HasList(step.Step.Phase))
            {
                yield return Slots.Of(new Show(IncidentPart.Steps) { Phase = step.Step.Phase });
            }

            foreach (var overdue in incident.PastPlans.Where(plan => plan.UndoFellDueAt is not null && plan.PageStep == step.Id))
            {
                yield return Slots.Of(new Show(IncidentPart.Undo, overdue.Id));
            }
        }
    }
}

using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>
/// The rows that stand behind an event with a unique key: whatever the code believes, a second approval by the same
/// person, a second execution or a second intent doesn't fit into the store. And the list of follow-ups, which projects events.
/// </summary>
internal static class Guards
{
    public static async Task StoreAsync(StoreTransaction transaction, IncidentEvent happened, Incident incident)
    {
        switch (happened)
        {
            case ApprovalGiven given:
                Ensure(await transaction.AddApprovalAsync(given.Plan.ToString(), given.By.ToString(), "approved"), "a second decision of the same person");
                break;
            // Who approved a plan that still waits may think again; the approval stays on record.
            case PlanRejected rejected when !HasApproved(rejected, incident):
                Ensure(await transaction.AddApprovalAsync(rejected.Plan.ToString(), rejected.By.ToString(), "rejected"), "a second decision of the same person");
                break;
            case PlanApproved approved:
                Ensure(await transaction.AddExecutionAsync(approved.Plan.ToString(), incident.Target), "a second execution of the plan or at the target");
                break;
            case StepIntended intended:
                Ensure(
                    await transaction.AddIntentAsync(intended.Plan.ToString(), Step(intended.Step), intended.IdempotencyKey, intended.Fence),
                    "a second intent of the step");
                break;
            case StepResent resent:
                Ensure(await transaction.RepeatIntentAsync(resent.Plan.ToString(), Step(resent.Step), resent.Fence, atMost: 2), "a third try of the step");
                break;
            case StepFinished finished when WasIntended(finished, incident):
                Ensure(
                    await transaction.AddOutcomeAsync(finished.Plan.ToString(), Step(finished.Step), finished.Outcome.ToString()),
                    "a second outcome of the step");
                break;
            case FollowUpAssigned followUp:
                await ListAsync(transaction, incident, followUp.Step);
                break;
            case PageStepDone done:
                await ListAsync(transaction, incident, done.Step);
                break;
            case PageStepSkipped skipped:
                await ListAsync(transaction, incident, skipped.Step);
                break;
            case PageStepTakenByHand reopened:
                await ListAsync(transaction, incident, reopened.Step);
                break;
            case PageStepStarted reopened:
                await ListAsync(transaction, incident, reopened.Step);
                break;
            case MitigationFinished finished:
                await transaction.FinishExecutionAsync(finished.Plan.ToString());
                break;
        }
    }

    /// <summary>Puts a step on the list of follow-ups, or takes it off: whichever the step says after the event.</summary>
    private static Task ListAsync(StoreTransaction transaction, Incident incident, string id) =>
        incident.FindStep(id) is { IsFollowUp: true, Owner: { } owner, Due: { } due }
            ? transaction.SaveFollowUpAsync(new NewFollowUp(incident.Id.ToString(), id, incident.Target, owner.Team, owner.User, due))
            : transaction.CloseFollowUpAsync(incident.Id.ToString(), id);

    private static bool HasApproved(PlanRejected rejected, Incident incident) =>
        incident.FindPlan(rejected.Plan) is { } plan && plan.Approvals.Any(given => given.By == rejected.By);

    private static bool WasIntended(StepFinished finished, Incident incident) =>
        incident.FindPlan(finished.Plan) is { } plan && plan.Steps[finished.Step - 1].Intended;

    private static string Step(int step) => step.ToString(CultureInfo.InvariantCulture);

    private static void Ensure(bool stored, string what)
    {
        if (!stored)
        {
            throw new StoreConflictException($"The store refused {what}.");
        }
    }
}

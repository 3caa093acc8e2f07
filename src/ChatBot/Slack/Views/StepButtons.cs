using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What can be done about a step now.</summary>
internal static class StepButtons
{
    public static IReadOnlyList<BlockElement> Of(Incident incident, PageStepProgress step, ViewContext context)
    {
        var id = ButtonIds.Value(incident.Id, step.Id);
        if (!incident.IsOpen)
        {
            return step.IsFollowUp ? Close(id) : [];
        }

        // The plan's own message has the buttons; the decision takes no others until it is over.
        if (incident.Plan?.PageStep == step.Id)
        {
            return [];
        }

        List<BlockElement> buttons = [];
        if (MayPlan(incident, step, context) && context.ViewOf(step.Step.Mitigation!) is { } view)
        {
            buttons.Add(Ask(incident, step, view, context, step.Stage is PageStepStage.ByHand ? ButtonStyle.Default : ButtonStyle.Primary));
        }

        if (step.CanRun && step.Stage is not PageStepStage.Running)
        {
            buttons.Add(new Button(step.Attempt > 0 ? "Run again" : "Run", ButtonIds.RunStep, id));
        }

        switch (step.Stage)
        {
            case PageStepStage.Waiting when step.Step.Work is null:
            case PageStepStage.ByHand:
                buttons.InsertRange(0, Close(id));
                break;
            case PageStepStage.Done or PageStepStage.Skipped:
                buttons.Add(new Button("Reopen", ButtonIds.ByHand, id));
                break;
            default:
                buttons.Add(new Button("Do by hand", ButtonIds.ByHand, id));
                if (step.Stage is not PageStepStage.Answered)
                {
                    buttons.Add(new Button("Skip", ButtonIds.SkipStep, id));
                }

                break;
        }

        if (step is { Step.Phase: RunbookPhase.LongTerm, IsClosed: false, Owner: null })
        {
            buttons.Add(new Button("I'll follow it up", ButtonIds.FollowUp, id));
        }

        return buttons;
    }

    /// <summary>What asks for a plan. Where it would do harm, it says so first.</summary>
    public static Button Ask(Incident incident, PageStepProgress step, MitigationView view, ViewContext context, ButtonStyle style = ButtonStyle.Default)
    {
        var id = ButtonIds.Value(incident.Id, step.Id);
        return incident.WhyHarmful(step) is { } harm
            ? new Button("Do it anyway", Asking(ButtonIds.PlanAnyway, incident, step, view, context), id, ButtonStyle.Danger, Warning(view.ButtonOf(incident), harm))
            : new Button(view.ButtonOf(incident), Asking(ButtonIds.PlanStep, incident, step, view, context), id, style);
    }

    /// <summary>The action id of a press that asks for a plan; where there is something to choose, of one that asks for that first.</summary>
    public static string Asking(string actionId, Incident incident, PageStepProgress step, MitigationView view, ViewContext context) =>
        view.FormOf(incident, context.Page?.Find(step.Id)?.Binding, context) is null ? actionId : actionId + ButtonIds.FormSuffix;

    public static ConfirmationDialog Warning(string title, string harm) =>
        new(title, $"The diagnosis says that this does harm: {harm}", "Plan it anyway", "Cancel", ButtonStyle.Danger);

    /// <summary>The step changes something, and a plan for it can be asked for now; while another change is under way it waits for that.</summary>
    public static bool MayPlan(Incident incident, PageStepProgress step, ViewContext context) =>
        !step.IsClosed && MayAsk(incident, step, context);

    /// <summary>The same of a step that somebody called done: what it changed may still have to be taken back.</summary>
    public static bool MayAsk(Incident incident, PageStepProgress step, ViewContext context) =>
        context.Target is { Mode: not TargetMode.Observe, HasApprovers: true }
        && incident is { IsOpen: true, State: not (IncidentState.Opened or IncidentState.Diagnosing) }
        && incident.Plan?.PageStep != step.Id
        && incident.Queue.Length < IncidentDecider.QueueAtMost && incident.Queue.All(queued => queued.Step != step.Id)
        && context.OfferOf(incident, step) is { IsPossible: true };

    private static Button[] Close(string id) =>
    [
        new Button("Done", ButtonIds.StepDone, id, ButtonStyle.Primary),
        new Button("Done, with a note", ButtonIds.StepDone + ButtonIds.NoteSuffix, id),
        new Button("Skip", ButtonIds.SkipStep, id),
    ];
}

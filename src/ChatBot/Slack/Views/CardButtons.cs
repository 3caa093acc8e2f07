using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The buttons that work now, the most likely one first.</summary>
internal static class CardButtons
{
    public static IReadOnlyList<BlockElement> Of(Incident incident, ViewContext context)
    {
        if (!incident.IsOpen)
        {
            return [];
        }

        var buttons = new List<BlockElement>();
        var id = ButtonIds.Value(incident.Id);
        var mayAsk = context.Target is { Mode: not TargetMode.Observe, HasApprovers: true };
        switch (incident.State)
        {
            case IncidentState.Deciding:
                buttons.AddRange(Plans(incident, context, ButtonStyle.Primary));
                buttons.Add(MayResolve(incident, context.Policy)
                    ? new Button("Resolve", ButtonIds.Resolve, id)
                    : new Button("Run diagnosis again", ButtonIds.RunAgain, id));
                break;
            case IncidentState.AwaitingApproval when mayAsk && incident.Plan is { Held: null } waiting && incident.WhyHarmful(waiting) is null:
                buttons.Add(Anew(incident, waiting));
                break;
            case IncidentState.Stabilized:
                if (incident.WatchHeld && MayResolve(incident, context.Policy))
                {
                    buttons.Add(new Button("Resolve", ButtonIds.Resolve, id, ButtonStyle.Primary));
                }

                buttons.AddRange(Plans(incident, context, ButtonStyle.Default));
                break;
        }

        // The lead has it already; whoever presses says so to everybody.
        buttons.Add(new Button("Take over", ButtonIds.TakeOver, id));
        buttons.Add(new Button("Stop", ButtonIds.Stop + ButtonIds.NoteSuffix, id));
        return buttons;
    }

    /// <summary>Whoever asks once more for what does harm is told so, too.</summary>
    private static Button Anew(Incident incident, PlanProgress waiting)
    {
        var id = ButtonIds.Value(incident.Id, waiting.Id);
        return waiting is { Anyway: true, PageStep: { } step } && incident.FindStep(step) is { } asked && incident.WhyHarmful(asked) is { } harm
            ? new Button("Draw up a new plan", ButtonIds.NewPlan, id, Confirm: StepButtons.Warning("Draw up a new plan", harm))
            : new Button("Draw up a new plan", ButtonIds.NewPlan, id);
    }

    /// <summary>As many as fit beside the others; the lists in the thread have all.</summary>
    private const int PlansAtMost = 2;

    private static IEnumerable<Button> Plans(Incident incident, ViewContext context, ButtonStyle first) => incident.Plan is not null ? [] : incident.Steps
        .Where(step => StepButtons.MayPlan(incident, step, context))
        .Where(step => context.Suggests(incident, step))
        .DistinctBy(step => step.Step.Mitigation, StringComparer.Ordinal)
        .Take(PlansAtMost)
        .Select((step, at) => new Button(
            context.ViewOf(step.Step.Mitigation!)!.ButtonOf(incident),
            StepButtons.Asking(at == 0 ? ButtonIds.PlanStep : ButtonIds.PlanOtherStep, incident, step, context.ViewOf(step.Step.Mitigation!)!, context),
            ButtonIds.Value(incident.Id, step.Id),
            at == 0 ? first : ButtonStyle.Default));

    // The decision asks the same: a button that is refused wastes a press at 3 a.m.
    private static bool MayResolve(Incident incident, Policy policy) => incident.Plan is null && OverRule.WhyNot(incident, policy) is null;
}

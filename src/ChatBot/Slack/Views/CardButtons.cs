using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The buttons that work now, at most three.</summary>
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
        var mayPlan = mayAsk && incident is { Plan: null, Consumers.Endable: > 0 };
        switch (incident.State)
        {
            case IncidentState.Deciding:
                if (mayPlan)
                {
                    buttons.Add(new Button("End idle sessions", ButtonIds.EndIdleSessions, id, ButtonStyle.Primary));
                }

                buttons.Add(MayResolve(incident, context.Policy)
                    ? new Button("Resolve", ButtonIds.Resolve, id)
                    : new Button("Run diagnosis again", ButtonIds.RunAgain, id));
                break;
            case IncidentState.AwaitingApproval when mayAsk:
                buttons.Add(new Button("Draw up a new plan", ButtonIds.NewPlan, id));
                break;
            case IncidentState.Stabilized:
                if (incident.WatchHeld && MayResolve(incident, context.Policy))
                {
                    buttons.Add(new Button("Resolve", ButtonIds.Resolve, id, ButtonStyle.Primary));
                }

                if (mayPlan)
                {
                    buttons.Add(new Button("End idle sessions", ButtonIds.EndIdleSessions, id));
                }

                break;
        }

        buttons.Add(new Button("Stop", ButtonIds.Stop, id, ButtonStyle.Default, new ConfirmationDialog(
            $"Stop the incident on {incident.Target}?",
            $"I stop measuring and do nothing more; a step that is under way still reports. You take over.",
            "Stop",
            "Go on")));
        return buttons;
    }

    // The decision asks the same: a button that is refused wastes a press at 3 a.m.
    private static bool MayResolve(Incident incident, Policy policy) => incident.Plan is null && OverRule.WhyNot(incident, policy) is null;
}

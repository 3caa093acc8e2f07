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
        var mayPlan = context.Target is { Mode: not TargetMode.Observe, HasApprovers: true } && incident.Plan is null;
        switch (incident.State)
        {
            case IncidentState.Deciding:
                if (mayPlan && incident.Consumers is { Endable: > 0 })
                {
                    buttons.Add(new Button("End idle sessions", ButtonIds.EndIdleSessions, id, ButtonStyle.Primary));
                }

                buttons.Add(OverRule.WhyNot(incident, context.Policy) is null
                    ? new Button("Resolve", ButtonIds.Resolve, id)
                    : new Button("Run diagnosis again", ButtonIds.RunAgain, id));
                break;
            case IncidentState.AwaitingApproval:
                buttons.Add(new Button("Draw up a new plan", ButtonIds.NewPlan, id));
                break;
            case IncidentState.Stabilized:
                if (incident.WatchHeld && OverRule.WhyNot(incident, context.Policy) is null)
                {
                    buttons.Add(new Button("Resolve", ButtonIds.Resolve, id, ButtonStyle.Primary));
                }

                if (mayPlan && incident.Consumers is { Endable: > 0 })
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
}

using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Tests.Steps.Added;

/// <summary>The words for moving widgets.</summary>
internal sealed class MoveWidgetView : MitigationView
{
    public override string Button => "Move the widgets";

    public override string? LeftToDo => "Ask who put them there.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) =>
        new(true, $"move the widgets off the left shelf.");

    public override Mrkdwn Title(Mitigation mitigation) => $"move {Count(mitigation.Steps)}";

    public override Mrkdwn Harm(Mitigation mitigation) => $"Nothing breaks; they can be moved back.";

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var table = new TextTable("widget", "became");
        foreach (var (widget, at) in ((MoveWidget)mitigation).Widgets.Select((widget, at) => (widget, at)))
        {
            table.Add(widget, progress.Steps[at].Result is { } result ? Word(result.Outcome) : "-");
        }

        return new PlanDetails([new RichTextBlock(table.ToString())], IsWhole: true);
    }

    public override string Confirm(Mitigation mitigation) => $"Move {Count(mitigation.Steps)} to the {((MoveWidget)mitigation).To} shelf.";

    public override string Word(Outcome outcome) => outcome is Outcome.Applied ? "moved" : "not moved";

    public override string Done(int effects) => $"{Count(effects)} moved";

    public override string Count(int effects) => effects == 1 ? "1 widget" : $"{effects} widgets";
}

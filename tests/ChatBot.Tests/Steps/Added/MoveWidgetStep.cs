using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;
using ChatBot.Steps;

namespace ChatBot.Tests.Steps.Added;

/// <summary>A step type that changes: its type, the plan it draws up, the handler and the view.</summary>
internal sealed class MoveWidgetStep(WidgetShelves shelves) : IChangingStep
{
    public StepType Type { get; } = new("move-widget", StepWork.Changes, "moves the widgets of the left shelf")
    {
        Phases = [RunbookPhase.Immediate],
        Mitigation = MoveWidget.StoredName,
        Parameters = [new NameParameter("to", "to which shelf", ["right"])],
    };

    public MitigationKind Kind => MoveWidget.Kind;

    public MitigationView View { get; } = new MoveWidgetView();

    public Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken) => shelves.On("left") is { Count: > 0 } widgets
        ? Task.FromResult<Mitigation>(new MoveWidget(request.Binding.Name("to") ?? "right", widgets))
        : throw new ImpossiblePlanException("The left shelf is empty.");

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var move = (MoveWidget)plan.Mitigation;
        return Task.FromResult(shelves.Move(move.Widgets[number - 1], move.To, idempotencyKey)
            ? new StepResult(Outcome.Applied, "It lies on the other shelf.")
            : new StepResult(Outcome.AlreadySatisfied, "It lay there already."));
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var move = (MoveWidget)plan.Mitigation;
        return Task.FromResult(shelves.On(move.To).Contains(move.Widgets[number - 1])
            ? new StepResult(Outcome.Applied, "It lies on the other shelf.")
            : new StepResult(Outcome.NotApplied, "It lies where it lay."));
    }
}

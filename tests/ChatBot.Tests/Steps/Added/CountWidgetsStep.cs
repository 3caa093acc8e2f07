using System.Text.Json;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Steps;

namespace ChatBot.Tests.Steps.Added;

/// <summary>A step type that reads: its type, the name of its evidence, the reader and the view.</summary>
internal sealed class CountWidgetsStep(WidgetShelves shelves) : IReadingStep
{
    public StepType Type { get; } = new("count-widgets", StepWork.Reads, "counts the widgets of a shelf")
    {
        Phases = [RunbookPhase.Diagnosis],
        Parameters = [new NameParameter("shelf", "which shelf", ["left", "right"])],
    };

    public string EvidenceKind => "widget-count/1";

    public Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var shelf = request.Binding.Name("shelf") ?? "left";
        var widgets = shelves.On(shelf);
        var found = new WidgetCount(shelf, [.. widgets.Select(widget => ForeignText.From(widget, 40))]);
        return Task.FromResult(new StepReading(
            JsonSerializer.Serialize(found, StoredJson.Options), [new StepFile("widgets.txt", string.Join('\n', widgets) + "\n")]));
    }

    public IReadOnlyList<Mrkdwn> Draw(string body)
    {
        var found = StoredJson.Read<WidgetCount>(body, EvidenceKind);
        return
        [
            $"The {found.Shelf} shelf holds *{found.Widgets.Count} widgets*.",
            Mrkdwn.Join($", ", found.Widgets.Select(Verbatim.Of)),
        ];
    }

    /// <summary>As it is stored.</summary>
    internal sealed record WidgetCount(string Shelf, IReadOnlyList<ForeignText> Widgets);
}

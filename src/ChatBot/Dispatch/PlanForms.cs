using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Draws the form that a press asks for, from what the diagnosis found last: a trigger lives 3 s, so nobody is asked anything.</summary>
internal sealed class PlanForms(IncidentStore store, IncidentLog log, Pages pages, IncidentDrawing drawing)
{
    /// <returns>Null when there is nothing to choose any more.</returns>
    public async Task<ModalView?> DrawAsync(Delivery press, CancellationToken cancellationToken)
    {
        if (ButtonIds.Read(press.Value) is not { Step: { } id } about)
        {
            return null;
        }

        var (incident, page, judged) = await store.ReadAsync(
            async (reader, _) =>
            {
                var found = await log.LoadAsync(reader, about.Incident);
                return (
                    found,
                    found is null ? null : await pages.OfAsync(reader, found),
                    found?.Diagnosis is { } known ? await reader.ReadEvidenceAsync(known.Evidence.ToString()) : null);
            },
            cancellationToken);
        if (incident?.FindStep(id)?.Step.Mitigation is not { } mitigation)
        {
            return null;
        }

        var context = drawing.Context(incident, page) with { Diagnosis = EvidenceRows.ReadDiagnosis(judged) };
        return context.ViewOf(mitigation)?.FormOf(incident, page?.Find(id)?.Binding, context) is { } form ? FormModal.Render(press, form) : null;
    }
}

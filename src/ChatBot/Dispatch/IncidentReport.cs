using ChatBot.Incidents;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>The report of an incident.</summary>
internal sealed class IncidentReport(IncidentStore store, IncidentLog log, Pages pages)
{
    public Task<IReadOnlyList<StepFile>> WriteAsync(IncidentId id, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<StepFile>>(
        async (reader, _) =>
        {
            var incident = await log.LoadAsync(reader, id);
            var page = incident is null ? null : await pages.OfAsync(reader, incident);
            return page is null ? [] : [new StepFile("report.md", page.Title)];
        },
        cancellationToken);
}

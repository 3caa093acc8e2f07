using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Reports;
using ChatBot.Slack.Views;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>The report of an incident, from its log and what the store keeps beside it. Changes nothing.</summary>
internal sealed class IncidentReport(IncidentStore store, Pages pages, StepCatalogue steps, AccountNames names)
{
    /// <summary>The same incident gives the same bytes, as long as the settings name people the same.</summary>
    /// <returns>Markdown and HTML, at most <see cref="ReportFiles.MostBytes"/> each; empty when there is no such incident.</returns>
    /// <exception cref="FormatException">A newer version wrote its log, or it is damaged.</exception>
    /// <exception cref="InvalidOperationException">Its events don't follow each other: the log is damaged.</exception>
    public async Task<IReadOnlyList<StepFile>> WriteAsync(IncidentId id, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync((reader, _) => GatherAsync(reader, id), cancellationToken) is not var (history, sources))
        {
            return [];
        }

        var name = ReportFiles.NameOf(history.Incident!);
        var (markdown, html) = ReportFiles.Write(history, sources);
        return [new StepFile($"{name}.md", markdown), new StepFile($"{name}.html", html)];
    }

    private async Task<(IncidentHistory History, ReportSources Sources)?> GatherAsync(StoreReader reader, IncidentId id)
    {
        var history = new IncidentHistory();
        var lastHash = "";
        await foreach (var stored in reader.StreamEventsAsync(id.ToString()))
        {
            history.Add(stored.Seq, EventCodec.Read(stored));
            lastHash = Convert.ToHexStringLower(stored.Hash.Span);
        }

        if (history.Incident is not { } incident)
        {
            return null;
        }

        var followUps = await reader.ReadFollowUpsOfAsync(id.ToString());
        return (history, new ReportSources
        {
            LastHash = lastHash,
            Page = await pages.OfAsync(reader, incident),
            Evidence = await ReadEvidenceAsync(reader, history, incident),
            Plans = await StoredPlans.ReadAsync(reader, history, steps),
            Mitigations = StoredPlans.Words(steps),
            FollowUps = followUps.ToDictionary(pair => pair.Key, pair => pair.Value.Number, StringComparer.Ordinal),
            Names = names.ByPerson,
        });
    }

    private async Task<Dictionary<EvidenceId, ReportEvidence>> ReadEvidenceAsync(StoreReader reader, IncidentHistory history, Incident incident)
    {
        var evidence = new Dictionary<EvidenceId, ReportEvidence>();
        foreach (var id in history.Evidence)
        {
            if (await reader.ReadEvidenceAsync(id.ToString()) is { } row)
            {
                evidence[id] = Read(row, incident.Steps.FirstOrDefault(step => step.Evidence == id)?.Step);
            }
        }

        return evidence;
    }

    /// <param name="foundBy">The step that found it; null when it is no step's finding.</param>
    private ReportEvidence Read(EvidenceRow row, PageStep? foundBy)
    {
        try
        {
            return new ReportEvidence
            {
                Words = EvidenceRows.ReadWords(row),
                Consumers = EvidenceRows.ReadConsumers(row),
                Verdict = EvidenceRows.ReadDiagnosis(row)?.Verdict,
                File = EvidenceRows.ReadFile(row)?.Name,
                Found = foundBy?.Type is { } type && steps.FindReading(type) is { } reading && reading.EvidenceKind == row.Kind
                    ? [.. reading.Draw(row.Body).Select(paragraph => PlainMessage.TextOf(paragraph, nameOf: _ => null))]
                    : [],
            };
        }
        catch (FormatException)
        {
            return new ReportEvidence(); // damaged, or of a newer version: the report goes on without it
        }
    }
}

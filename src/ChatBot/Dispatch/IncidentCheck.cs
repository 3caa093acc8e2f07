using System.Security.Cryptography;
using ChatBot.Reports;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Checks the record of one incident: its chain, and what is stored beside it. Changes nothing.</summary>
internal sealed class IncidentCheck(IncidentStore store, StepCatalogue steps)
{
    /// <param name="row">As the store lists it.</param>
    public Task<CheckedIncident> RunAsync(IncidentRow row, CancellationToken cancellationToken) =>
        store.ReadAsync((reader, _) => RunAsync(reader, row, steps), cancellationToken);

    private static async Task<CheckedIncident> RunAsync(StoreReader reader, IncidentRow row, StepCatalogue steps)
    {
        var now = await reader.FindIncidentAsync(row.Id) ?? row; // the bot may have gone on meanwhile
        var faults = new List<string>();
        var chain = await EventChain.VerifyAsync(row.Id, reader.StreamEventsAsync(row.Id));
        if (chain.Broken is { } broken)
        {
            faults.Add(broken);
        }

        var (history, lastHash) = await ReadAsync(reader, row, chain.Events, faults);
        if (faults.Count == 0 && now.Version != chain.Events)
        {
            faults.Add($"The record ends at event {chain.Events}, but the store's list of incidents knows {now.Version}: its end was changed.");
        }

        if (history.Incident is { } incident && (incident.Id.ToString() != row.Id || incident.Target != now.Target))
        {
            faults.Add($"Event 1 opens incident {incident.Id} on {incident.Target}, but the store lists it as {row.Id} on {now.Target}.");
        }

        if (history.Incident?.Page is { } page)
        {
            var bytes = await reader.FindPageAsync(page.Hash);
            if (bytes is null || Convert.ToHexStringLower(SHA256.HashData(bytes)) != page.Hash)
            {
                faults.Add($"The page {page.Name} is {(bytes is null ? "missing from the store" : "not the one that was stored: its hash differs")}.");
            }
        }

        var sources = new ReportSources
        {
            LastHash = lastHash,
            Plans = await StoredPlans.ReadAsync(reader, history, steps),
            Mitigations = StoredPlans.Words(steps),
        };
        faults.AddRange(IncidentAudit.Faults(history, sources));
        return new CheckedIncident(now, chain.Events, lastHash, [.. IncidentAudit.Decisions(history, sources)], faults);
    }

    /// <param name="good">Only so many events can be trusted.</param>
    private static async Task<(IncidentHistory History, string LastHash)> ReadAsync(StoreReader reader, IncidentRow row, long good, List<string> faults)
    {
        var history = new IncidentHistory();
        var lastHash = "";
        await foreach (var stored in reader.StreamEventsAsync(row.Id))
        {
            if (stored.Seq > good)
            {
                break;
            }

            lastHash = Convert.ToHexStringLower(stored.Hash.Span);
            try
            {
                history.Add(stored.Seq, EventCodec.Read(stored));
            }
            catch (Exception unreadable) when (unreadable is FormatException or InvalidOperationException)
            {
                faults.Add($"Event {stored.Seq} is what was stored, but can't be understood, nor what comes after it: {unreadable.Message}");
                break;
            }
        }

        return (history, lastHash);
    }
}

/// <summary>What a check found.</summary>
/// <param name="Events">How many events are good, from the first on.</param>
/// <param name="LastHash">Of the last good event; empty when there is none.</param>
/// <param name="Decisions">A line for each plan.</param>
/// <param name="Faults">A sentence each; empty when all is sound.</param>
internal sealed record CheckedIncident(IncidentRow Row, long Events, string LastHash, IReadOnlyList<string> Decisions, IReadOnlyList<string> Faults);

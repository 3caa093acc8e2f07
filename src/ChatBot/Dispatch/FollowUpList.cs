using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>What is left to do after incidents, as text.</summary>
internal sealed class FollowUpList(IncidentStore store, IncidentLog log, Pages pages)
{
    /// <summary>More than these nobody reads in one answer.</summary>
    private const int Shown = 20;

    /// <param name="target">Null for all targets.</param>
    public Task<string> TextAsync(string? target, CancellationToken cancellationToken) => store.ReadAsync(
        async (reader, _) =>
        {
            var rows = await reader.ReadOpenFollowUpsAsync(target, Shown + 1);
            if (rows.Count == 0)
            {
                return target is null ? "Nothing is left to do." : $"Nothing is left to do on {target}.";
            }

            var lines = new List<string>();
            foreach (var row in rows.Take(Shown))
            {
                lines.Add($"F{row.Number}  {row.Target}  {await TitleAsync(reader, row)}  <@{row.OwnerUser}>, due {Day(row.Due)}");
            }

            if (rows.Count > Shown)
            {
                lines.Add("... and more. Name a target to see fewer.");
            }

            lines.Add("/runbook followup NUMBER done | drop | @person | 2026-12-31");
            return string.Join('\n', lines);
        },
        cancellationToken);

    private async Task<string> TitleAsync(StoreReader reader, FollowUpRow row)
    {
        var incident = await log.LoadAsync(reader, new IncidentId(Guid.ParseExact(row.IncidentId, "N")));
        var page = incident is null ? null : await pages.OfAsync(reader, incident);
        var title = page?.Find(row.Step)?.Title ?? row.Step;
        return incident?.Temporary.Any(change => change.PageStep == row.Step) is true ? $"to undo: {title}" : title;
    }

    private static string Day(DateTimeOffset due) => due.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

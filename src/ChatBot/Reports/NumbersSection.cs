using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;

namespace ChatBot.Reports;

/// <summary>The target's numbers before and after, and who held its connections.</summary>
internal static class NumbersSection
{
    /// <summary>Services, users and addresses in one table.</summary>
    private const int MostGroups = 20;

    public static void Write(ReportDocument document, IncidentHistory history, Incident incident, ReportSources sources)
    {
        WriteUsage(document, history, incident);
        WriteConsumers(document, history.FirstConsumers, $"Who held the connections at first", incident, sources);
        if (incident.Consumers?.Evidence != history.FirstConsumers?.Evidence)
        {
            WriteConsumers(document, incident.Consumers, $"Who held them at last", incident, sources);
        }
    }

    private static void WriteUsage(ReportDocument document, IncidentHistory history, Incident incident)
    {
        (MarkdownText Name, UsageSample? Sample)[] wanted =
        [
            ($"first seen", history.FirstUsage),
            ($"peak", history.PeakUsage),
            ($"before the last change", incident.Before),
            ($"relieved", incident.Relieved),
            ($"last seen", history.LastUsage),
        ];
        var columns = wanted.Where(column => column.Sample is not null).Select(column => (column.Name, Sample: column.Sample!)).ToArray();
        if (columns.Length == 0)
        {
            return;
        }

        document.Heading(2, $"Before and after");
        document.Table(
            [$"", .. columns.Select(column => column.Name)],
            [
                [$"at", .. columns.Select(column => (MarkdownText)$"{Written.Moment(column.Sample.At, incident)}")],
                Row($"slots in use", usage => usage.Used),
                Row($"of", usage => usage.Capacity),
                Row($"free", usage => usage.Free),
                Row($"logins refused to the bot", usage => usage.RefusedLogins),
                Row($"idle", usage => usage.SeesEverything ? usage.Idle : null),
                Row($"idle in a transaction", usage => usage.SeesEverything ? usage.IdleInTransaction : null),
                Row($"active", usage => usage.SeesEverything ? usage.Active : null),
                Row($"of them waiting for a lock", usage => usage.SeesEverything ? usage.WaitingForLock : null),
            ]);
        if (incident.ServerChange is { } change)
        {
            var (seen, was) = ServerWords.Changed(change.Former, change.Now);
            document.Paragraph($"{seen} since {Written.Moment(change.At, incident)} ({was}): numbers from before aren't comparable with those after.");
        }

        IReadOnlyList<MarkdownText> Row(MarkdownText name, Func<ConnectionUsage, int?> figure) =>
            [name, .. columns.Select(column => figure(column.Sample.Usage) is { } known ? $"{known}" : (MarkdownText)$"unknown")];
    }

    private static void WriteConsumers(ReportDocument document, KnownConsumers? known, MarkdownText heading, Incident incident, ReportSources sources)
    {
        if (known is null)
        {
            return;
        }

        document.Heading(2, heading);
        if (sources.Evidence.GetValueOrDefault(known.Evidence)?.Consumers is not { } consumers)
        {
            document.Paragraph($"At {Written.Moment(known.At, incident)}: {known.Sessions} sessions. Their names were erased, or this version can't read them.");
            return;
        }

        document.Paragraph($"At {Written.Moment(known.At, incident)}: {known.Sessions} sessions; {known.Endable} of them could have been ended, idle for {Written.Duration(consumers.IdleFor)} or longer.");
        document.Table(
            [$"application", $"user", $"database", $"client", $"sessions", $"idle", $"long idle", $"idle in a transaction", $"active"],
            [.. consumers.Groups.Take(MostGroups).Select(Row)]);
        if (consumers.Groups.Count > MostGroups)
        {
            document.Paragraph($"{consumers.Groups.Skip(MostGroups).Sum(group => group.Count)} sessions of smaller groups are left out.");
        }

        static IReadOnlyList<MarkdownText> Row(ConsumerGroup group) =>
        [
            Name(group.Application, "-"),
            Name(group.User, "-"),
            Name(group.Database, "-"),
            Name(group.Client, "local"),
            $"{group.Count}",
            $"{group.Idle}",
            $"{group.LongIdle}",
            $"{group.IdleInTransaction}",
            $"{group.Active}",
        ];
    }

    private static MarkdownText Name(ForeignText name, string ifEmpty) => $"{(name.IsEmpty ? ifEmpty : name.Value)}";
}

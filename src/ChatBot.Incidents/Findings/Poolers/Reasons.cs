using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>How each number of a pooler's file came about, in words for its comments: one line each.</summary>
internal static class Reasons
{
    /// <summary>More holders than this nobody reads in a comment.</summary>
    private const int Holders = 10;

    public static string Measured(PoolerEvidence evidence, PooledEngine engine) => Text(
        $"{evidence.PeakUsed} of {evidence.Capacity} slots in use at the fullest measurement; {Busy(evidence, engine)}.");

    public static string PoolSize(PoolerEvidence evidence, PoolerSizing sizing, (int From, int To) bounds)
    {
        var wanted = PoolerSizing.Wanted(evidence) is { } most
            ? Text($"{evidence.PeakBusy} busy at once, half as much again: {most}")
            : "nobody saw how many sessions worked at once, so the smallest that the runbook allows";
        var room = sizing.PoolSize == sizing.ServerConnections ? "; no more than all server connections" : "";
        return Text($"{wanted}; the runbook allows {bounds.From} to {bounds.To}{room}.");
    }

    public static string ServerConnections(PoolerEvidence evidence) => Text(
        $"85 % of {evidence.Capacity} slots, less {Direct(evidence)}, less {PoolerSizing.People(evidence)} for people, migrations and monitoring.");

    public static string ClientConnections(PoolerEvidence evidence) => Text(
        $"twice the {evidence.PeakUsed} slots in use at the fullest measurement, in hundreds, at least {PoolerSizing.LeastClients}.");

    /// <summary>The largest holders, one a line.</summary>
    public static IEnumerable<string> Held(ConnectionConsumers? consumers, string database)
    {
        var holders = (consumers?.ByService() ?? [])
            .Where(group => PoolerEvidence.IsIn(group, database))
            .GroupBy(group => (group.User, group.Application))
            .Select(same => (same.Key.User, same.Key.Application, Count: same.Sum(group => group.Count), Active: same.Sum(group => group.Active)))
            .OrderByDescending(holder => holder.Count)
            .ToArray();
        foreach (var (user, application, count, active) in holders.Take(Holders))
        {
            var name = application.IsEmpty ? "without an application name" : $"application {application}";
            yield return ConfigText.Comment(Text($"  {count} sessions, {active} active: user {user}, {name}"));
        }

        if (holders.Length > Holders)
        {
            yield return Text($"  and {holders.Length - Holders} more");
        }
    }

    private static string Busy(PoolerEvidence evidence, PooledEngine engine) => (evidence.PeakBusy, engine) switch
    {
        ({ } busy, _) => Text($"never more than {busy} worked or stood in a transaction at once"),
        (_, PooledEngine.MySql) => "what they did is unknown, because the bot's account lacks PROCESS",
        _ => "what they did is unknown, because the bot's role lacks pg_read_all_stats",
    };

    private static string Direct(PoolerEvidence evidence) => evidence.Direct is { } direct
        ? Text($"{direct} of other databases that connect directly")
        : "those that connect directly (unknown: lower it by their number)";

    private static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Replicas;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.AdviseReplicas;

/// <summary>The verdict with its numbers, then what they come from.</summary>
internal static class ReplicasView
{
    public static IReadOnlyList<Mrkdwn> Render(ReplicaAdvice advice)
    {
        var share = Share(advice.Share);
        return ReplicaRule.Examine(advice.Share, advice.Fullest) switch
        {
            ReplicaVerdict.UselessAgainstIdle => Parts(
                $"*Read replicas would be useless against this:* {Idle(advice)} sessions did nothing at the fullest moment. An idle session keeps its slot on the server that it is connected to, however many replicas there are.",
                share),
            ReplicaVerdict.MayHelp => Parts(
                $"*Read replicas may help:* {Active(advice)} sessions worked at the fullest moment, and most of the work is reading.",
                share,
                $"Only what can read slightly old rows can go there, and over connections of its own."),
            ReplicaVerdict.WritesDominate => Parts(
                $"*Read replicas would take little off:* {Active(advice)} sessions worked at the fullest moment, but most of the work is writing, and that stays on the primary.",
                share),
            _ => Parts($"Nothing in this incident's evidence speaks for it."),
        };
    }

    private static IReadOnlyList<Mrkdwn> Parts(params Mrkdwn[] parts) => [.. parts.Where(part => part.Length > 0)];

    private static Mrkdwn Share(ReadShare share)
    {
        if (ReplicaRule.Reads(share) is not { } reads)
        {
            return Mrkdwn.Empty;
        }

        if (ReplicaRule.CountsStatements(share))
        {
            var counted = share.Statements!;
            var calls = counted.OfCalls is { } part ? (Mrkdwn)$" and {Spoken.Share(part)} of the calls" : Mrkdwn.Empty;
            return $"Reads are {Spoken.Share(reads)} of the time{calls}, by `pg_stat_statements`: {Count(counted.Reads.Calls)} reads, {Count(counted.Writes.Calls)} writes since its counters began.";
        }

        return $"Reads are {Spoken.Share(reads)} of the rows, by the server's counters: {Count(share.Rows.Fetched)} fetched, {Count(share.Rows.Changed)} changed. Weaker evidence: a row says nothing about its cost. `pg_stat_statements` would.";
    }

    private static Mrkdwn Idle(ReplicaAdvice advice) => $"{ReplicaRule.Idle(advice.Fullest!)} of {ReplicaRule.Sessions(advice.Fullest!)}";

    private static Mrkdwn Active(ReplicaAdvice advice) => $"{advice.Fullest!.Active} of {ReplicaRule.Sessions(advice.Fullest)}";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

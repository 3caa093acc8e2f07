using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Logs;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.LeakLogs;

/// <summary>What the logs say: who leaks first, then who suffers, then what could not be read.</summary>
internal static class LeakLogsView
{
    /// <summary>More groups nobody reads on a phone; the file has all.</summary>
    private const int GroupsAtMost = 5;

    /// <summary>An excerpt in a message is a sample; the file has the line.</summary>
    private const int ExcerptAtMost = 300;

    private const int PodsAtMost = 3;

    public static IReadOnlyList<Mrkdwn> Render(LogReading reading)
    {
        var shown = reading.Groups.Take(GroupsAtMost).ToArray();
        var more = reading.Groups.Count - shown.Length;
        return
        [
            Summary(reading),
            .. shown.SelectMany(Group),
            .. more > 0 ? [(Mrkdwn)$"And {Spoken.Counted(more, "more kind", "more kinds")} of lines: see the file."] : Array.Empty<Mrkdwn>(),
            .. Gaps(reading),
        ];
    }

    private static Mrkdwn Summary(LogReading reading)
    {
        var leaks = reading.Groups.Where(group => group.Sign is LogSign.Leak).ToArray();
        Mrkdwn found = (leaks, reading.Groups.Count) switch
        {
            ([var first, ..], _) => $"*A leak, caught in the act:* {Spoken.Counted(leaks.Sum(group => group.Count), "line", "lines")}{Place(first)}.",
            (_, 0) => $"*No line of any pool library that is known to me.* That is no proof of innocence: Npgsql, node-postgres and Go's pools print nothing when connections leak.",
            _ => $"*No line says who leaks*, {Spoken.Counted(reading.Groups.Sum(group => group.Count), "says", "say")} who suffers: they show who needed a connection, not who holds them.",
        };
        return $"{found} Read: {Spoken.Counted(reading.Lines, "line", "lines")} of {Spoken.Counted(reading.Containers, "container", "containers")} since {Moment.Of(reading.Since)}; the runbook's own search would print {reading.RunbookLines} of them.";
    }

    private static IEnumerable<Mrkdwn> Group(LogGroup group)
    {
        var pods = Mrkdwn.Join($", ", group.Pods.Take(PodsAtMost).Select(pod => (Mrkdwn)$"{Verbatim.Of(pod.Pod)} {pod.Lines}"));
        var morePods = group.Pods.Count > PodsAtMost ? (Mrkdwn)$" and {group.Pods.Count - PodsAtMost} more" : Mrkdwn.Empty;
        yield return $"• *{group.Count} x {group.Stack}: {group.Says}*{Place(group)}. {Role(group)} {Verbatim.Of(group.Service)}; pods: {pods}{morePods}.{Busiest(group)}{Pool(group)}";
        foreach (var excerpt in group.Excerpts)
        {
            yield return $"{Verbatim.Of(excerpt.Pod)}{Previous(excerpt)}: {Mrkdwn.Code(ForeignText.From(excerpt.Text.Value, ExcerptAtMost).Value)}";
        }
    }

    private static Mrkdwn Role(LogGroup group) => group.Sign switch
    {
        LogSign.Leak => $"This is where the connection was taken:",
        LogSign.SessionEnded => $"Perhaps my own doing:",
        _ => $"A victim's:",
    };

    private static Mrkdwn Place(LogGroup group) => group.Frame.IsEmpty ? Mrkdwn.Empty : (Mrkdwn)$", at {Mrkdwn.Code(group.Frame.Value)}";

    private static Mrkdwn Busiest(LogGroup group) => group.Minutes.MaxBy(minute => minute.Lines) is { } busiest
        ? $" From {Moment.Of(group.Minutes[0].At)} on, at most {busiest.Lines} a minute."
        : Mrkdwn.Empty;

    private static Mrkdwn Pool(LogGroup group) => group.PoolSize is { } size ? (Mrkdwn)$" Its pool has {size}." : Mrkdwn.Empty;

    private static Mrkdwn Previous(LogMatch match) => match.IsPrevious ? (Mrkdwn)$" (before its last restart)" : Mrkdwn.Empty;

    private static IEnumerable<Mrkdwn> Gaps(LogReading reading)
    {
        foreach (var gap in reading.Gaps)
        {
            yield return $":warning: {VerdictView.Of(gap)}";
        }

        if (reading.LongLines > 0)
        {
            yield return $":warning: {Spoken.Counted(reading.LongLines, "line was", "lines were")} longer than {LogScan.Window} characters; only the beginning was looked at.";
        }

        if (reading.MatchesLeftOut > 0)
        {
            yield return $":warning: {Spoken.Counted(reading.MatchesLeftOut, "matching line was", "matching lines were")} counted and not kept.";
        }
    }
}

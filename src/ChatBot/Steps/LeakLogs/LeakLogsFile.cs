using System.Globalization;
using System.Text;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.LeakLogs;

/// <summary>Everything that was found in the logs, as a text file: sums, counts by pod and minute, and the lines themselves, redacted.</summary>
internal static class LeakLogsFile
{
    public const string Name = "leak-logs.txt";

    /// <summary>As <see cref="StepFile"/> allows, less the last sentence.</summary>
    private const int Longest = 99_000;

    public static StepFile Of(LogReading reading)
    {
        var text = new StringBuilder();
        Line(text, $"Read: {Spoken.Counted(reading.Lines, "line", "lines")} of {Spoken.Counted(reading.Containers, "container", "containers")} since {Time(reading.Since)}. Secrets are hidden; the lines are otherwise as they were written.");
        foreach (var gap in reading.Gaps)
        {
            Line(text, $"Missing: {gap}");
        }

        foreach (var group in reading.Groups)
        {
            Line(text, $"");
            Line(text, $"== {group.Count} x {group.Stack}: {group.Says}{(group.Frame.IsEmpty ? "" : $", at {group.Frame}")} ({group.Service})");
            Line(text, $"pods: {string.Join(", ", group.Pods.Select(pod => $"{pod.Pod} {Number(pod.Lines)}"))}");
            if (group.Minutes.Count > 0)
            {
                Line(text, $"minutes: {string.Join(", ", group.Minutes.Select(minute => $"{minute.At.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} {Number(minute.Lines)}"))}");
            }
        }

        Line(text, $"");
        Line(text, $"== the lines");
        var left = reading.MatchesLeftOut;
        foreach (var match in reading.Matches)
        {
            var line = $"{(match.At is { } at ? Time(at) : "-")} {match.Pod}/{match.Container}{(match.IsPrevious ? " (before its last restart)" : "")}\n    {match.Text.Value.Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
            if (text.Length + line.Length > Longest)
            {
                left++;
            }
            else
            {
                text.Append(line);
            }
        }

        if (left > 0)
        {
            Line(text, $"{Spoken.Counted(left, "more line was", "more lines were")} counted, and left out here.");
        }

        return new StepFile(Name, text.ToString());
    }

    private static void Line(StringBuilder text, FormattableString line)
    {
        var written = FormattableString.Invariant(line);
        if (text.Length + written.Length < Longest)
        {
            text.Append(written).Append('\n');
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}

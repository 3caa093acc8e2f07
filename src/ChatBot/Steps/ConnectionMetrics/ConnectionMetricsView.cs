using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Metrics;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.ConnectionMetrics;

/// <summary>What the curves say; the picture is the step's file.</summary>
internal static class ConnectionMetricsView
{
    public static IReadOnlyList<Mrkdwn> Render(MetricReading reading)
    {
        var marks = reading.Marks.Select(Of).ToArray();
        return
        [
            .. MetricWords.Forecast(reading).Select(sentence => (Mrkdwn)$"*{VerdictView.Of(sentence)}*"),
            .. MetricWords.Measured(reading).Select(sentence => (Mrkdwn)$"{VerdictView.Of(sentence)}"),
            .. marks.Length > 0 ? [(Mrkdwn)$"Dashed lines: {Mrkdwn.Join($", ", marks)}."] : Array.Empty<Mrkdwn>(),
            .. reading.Gaps.Select(gap => (Mrkdwn)$":warning: {VerdictView.Of(gap)}"),
            .. reading.Dashboard is { } page ? [(Mrkdwn)$"Your own dashboard: {Mrkdwn.Link(new Uri(page), "open it")}"] : Array.Empty<Mrkdwn>(),
        ];
    }

    private static Mrkdwn Of(MetricMark mark) => mark.Kind switch
    {
        MarkKind.Deployed => $"{Verbatim.Of(mark.What)} deployed {Moment.Of(mark.At)}",
        MarkKind.Changed => $"my last change {Moment.Of(mark.At)}",
        _ => $"incident opened {Moment.Of(mark.At)}",
    };
}

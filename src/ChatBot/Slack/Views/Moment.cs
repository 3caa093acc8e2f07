using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A time of day: the reader's own in Slack, UTC where only the text is shown.</summary>
internal static class Moment
{
    public static Mrkdwn Of(DateTimeOffset at) =>
        Mrkdwn.Date(at, "{time_secs}", at.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));

    /// <summary>With its day, if that may be another one than the incident's.</summary>
    public static Mrkdwn Of(DateTimeOffset at, Incident incident) => at - incident.OpenedAt < TimeSpan.FromHours(12)
        ? Of(at)
        : WithDay(at);

    public static Mrkdwn WithDay(DateTimeOffset at) =>
        Mrkdwn.Date(at, "{date_short} {time}", at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));

    /// <summary>A day on which something is due.</summary>
    public static Mrkdwn Day(DateTimeOffset at) => Mrkdwn.Date(at, "{date_short}", at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}

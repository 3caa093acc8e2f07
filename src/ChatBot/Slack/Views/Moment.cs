using System.Globalization;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A time of day: the reader's own in Slack, UTC where only the text is shown.</summary>
internal static class Moment
{
    public static Mrkdwn Of(DateTimeOffset at) =>
        Mrkdwn.Date(at, "{time_secs}", at.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatBot.Slack.BlockKit;

/// <content>The one escape function, and the few things Slack's markup can refer to.</content>
internal sealed partial class Mrkdwn
{
    /// <summary>Other people's words, so that Slack shows them and does nothing else with them.</summary>
    /// <remarks>
    /// The ampersand goes first, or it would escape the escapes. Runs of three backticks are parted: a fence is no
    /// defence, but closing somebody else's fence is an attack. Stars and underscores stay; Slack has no escape for them.
    /// </remarks>
    public static string Escape(string text)
    {
        var escaped = text
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

        return TwoOfThreeBackticks.Replace(escaped, $"``{Wedge}");
    }

    /// <summary>Somebody's name, as Slack shows it; notifies that person. What isn't an id is shown as it is.</summary>
    public static Mrkdwn User(string id) => new(UserId.IsMatch(id) ? $"<@{id}>" : Escape(id));

    /// <summary>A user group by id; notifies all its members. What isn't an id is shown as it is.</summary>
    public static Mrkdwn Group(string id) => new(GroupId.IsMatch(id) ? $"<!subteam^{id}>" : Escape(id));

    /// <summary>A link to a channel. What isn't an id is shown as it is.</summary>
    public static Mrkdwn Channel(string id) => new(ChannelId.IsMatch(id) ? $"<#{id}>" : Escape(id));

    /// <summary>A moment, in the reader's own time zone.</summary>
    /// <param name="format">
    /// Such as <c>{time}</c> or <c>{date_short_pretty} {time_secs}</c>.
    /// See https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
    /// </param>
    /// <param name="fallback">What clients show that can't; also the text of a notification.</param>
    public static Mrkdwn Date(DateTimeOffset at, string format, string fallback)
    {
        if (format.AsSpan().IndexOfAny("^|<>&") >= 0)
        {
            throw new ArgumentException($"The date format '{format}' has one of the signs that end it: ^ | < > &.");
        }

        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new($"<!date^{seconds}^{format}|{Escape(fallback)}>");
    }

    /// <summary>A link with a text of our own. Only http and https: anything else is shown as its text alone.</summary>
    public static Mrkdwn Link(Uri to, string text)
    {
        if (!to.IsAbsoluteUri || (to.Scheme != Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttp))
        {
            return new(Escape(text));
        }

        var address = Escape(to.AbsoluteUri).Replace("|", "%7C", StringComparison.Ordinal);
        return new($"<{address}|{Escape(text)}>");
    }

    /// <summary>Somebody's words in code type, on one line. Backticks would end it, so they become primes.</summary>
    public static Mrkdwn Code(string text)
    {
        var line = text.Replace('`', '\u2032').ReplaceLineEndings(" ");
        return line.Length == 0 ? Empty : new($"`{Escape(line)}`");
    }

    [GeneratedRegex("``(?=`)")]
    private static partial Regex TwoOfThreeBackticks { get; }

    [GeneratedRegex("^[UW][A-Z0-9]{1,30}\\z")]
    private static partial Regex UserId { get; }

    [GeneratedRegex("^S[A-Z0-9]{1,30}\\z")]
    private static partial Regex GroupId { get; }

    [GeneratedRegex("^[CGD][A-Z0-9]{1,30}\\z")]
    private static partial Regex ChannelId { get; }
}

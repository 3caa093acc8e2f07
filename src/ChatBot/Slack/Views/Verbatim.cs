using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Strangers' words in running text.</summary>
internal static partial class Verbatim
{
    /// <summary>As they are; in code type if Slack would read signs in them as bold, italic, struck, code or an emoji.</summary>
    public static Mrkdwn Of(ForeignText words) => Markup.IsMatch(words.Value) ? Mrkdwn.Code(words.Value) : $"{words.Value}";

    [GeneratedRegex("[*_~`]|:[^\\s:]+:")]
    private static partial Regex Markup { get; }
}

using System.Text.RegularExpressions;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Words to one person. Mentions in them are ours; everything else is shown as it is.</summary>
internal static partial class AnswerView
{
    public static Mrkdwn Render(string text)
    {
        var parts = new List<Mrkdwn>();
        var at = 0;
        foreach (Match mention in Mention.Matches(text))
        {
            parts.Add($"{text[at..mention.Index]}");
            parts.Add(mention.Value[1] == '#' ? Mrkdwn.Channel(mention.Groups["id"].Value) : Mrkdwn.User(mention.Groups["id"].Value));
            at = mention.Index + mention.Length;
        }

        parts.Add($"{text[at..]}");
        return Mrkdwn.Join(Mrkdwn.Empty, parts);
    }

    [GeneratedRegex("<(?:@(?<id>[UW][A-Z0-9]{1,30})|#(?<id>[CGD][A-Z0-9]{1,30}))>")]
    private static partial Regex Mention { get; }
}

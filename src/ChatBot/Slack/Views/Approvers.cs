using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Those who may approve, by name.</summary>
internal static class Approvers
{
    /// <summary>More names than this are a crowd.</summary>
    private const int Named = 6;

    /// <param name="mention">Whether they are to be notified: once, with the plan.</param>
    public static Mrkdwn Of(IReadOnlyList<string> ids, bool mention)
    {
        if (ids.Count == 0)
        {
            return $"nobody";
        }

        if (!mention)
        {
            return ids.Count == 1 && ids[0].StartsWith('S') ? $"an approver of {Mrkdwn.Group(ids[0])}" : (Mrkdwn)$"an approver";
        }

        var names = ids.Take(Named).Select(id => id.StartsWith('S') ? Mrkdwn.Group(id) : Mrkdwn.User(id));
        return ids.Count > Named ? $"{Mrkdwn.Join($", ", names)} and {ids.Count - Named} more" : Mrkdwn.Join($", ", names);
    }
}

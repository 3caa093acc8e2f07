using System.Text.RegularExpressions;

namespace ChatBot.Sandbox.Slack;

/// <summary>What a person types, as Slack hands it on: escaped, with @names and #channels as ids.</summary>
internal static partial class TypedText
{
    /// <param name="withNames">Whether the name follows the id, as in a command: <c>&lt;@U1|ana&gt;</c>.</param>
    public static string Encode(string typed, SlackWorkspace workspace, bool withNames)
    {
        var escaped = Escape(typed);
        return Mention().Replace(escaped, match =>
        {
            var name = match.Groups[2].Value;
            return match.Groups[1].Value switch
            {
                "@" when workspace.FindUser(name) is { } user => Reference("@" + user.Id, user.Name),
                "@" when workspace.FindUserGroup(name) is { } group => $"<!subteam^{group.Id}|@{group.Handle}>",
                "#" when workspace.FindChannel(name) is { } channel => Reference("#" + channel.Id, channel.Name),
                _ => match.Value,
            };
        });

        string Reference(string id, string name) => withNames ? $"<{id}|{name}>" : $"<{id}>";
    }

    public static string Escape(string typed) => typed
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![\w@#])([@#])([\w-]+)")]
    private static partial Regex Mention();
}

using System.Text.RegularExpressions;

namespace ChatBot.Steps.LimitRole;

/// <summary>Which names of accounts can stand in a sentence for people: no signs that a reader or Slack could take for something else.</summary>
internal static partial class PlainAccount
{
    /// <param name="account">As the server holds it; with MySQL and MariaDB <c>user@host</c>.</param>
    public static bool IsPlain(string account) => Shape.IsMatch(account);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}(@[A-Za-z0-9_.:%-]{1,255})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }
}

namespace ChatBot.Steps.LimitRole;

/// <summary>Which names of accounts can stand in a sentence for people: no signs that a reader or Slack could take for something else.</summary>
internal static class PlainAccount
{
    /// <summary>PostgreSQL's limit for a name, and room for a host.</summary>
    private const int Longest = 128;

    /// <param name="account">As the server holds it; with MySQL and MariaDB <c>user@host</c>.</param>
    public static bool IsPlain(string account) =>
        account.Length is > 0 and <= Longest && account.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.' or ':' or '%' or '@');
}

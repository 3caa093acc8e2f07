namespace ChatBot.Steps.LimitRole;

/// <summary>Which names of accounts can stand in a sentence for people: no signs that a reader or Slack could take for something else.</summary>
internal static class PlainAccount
{
    /// <summary>PostgreSQL's limit for a name, and room for a host.</summary>
    private const int Longest = 128;

    /// <param name="account">As the server holds it; with MySQL and MariaDB <c>user@host</c>.</param>
    public static bool IsPlain(string account) =>
        account.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(account[0]) && Enumerable.Range(0, account.Length).All(at => IsPlainAt(account, at));

    // An underscore at the edge of a word begins or ends italics.
    private static bool IsPlainAt(string account, int at) => account[at] switch
    {
        '_' => at > 0 && at < account.Length - 1 && IsWord(account[at - 1]) && IsWord(account[at + 1]),
        '-' or '.' or '%' or '@' => true,
        var sign => char.IsAsciiLetterOrDigit(sign),
    };

    private static bool IsWord(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '_';
}

namespace ChatBot.Steps;

/// <summary>Which names of accounts and the like can stand in a sentence for people: no signs that a reader or Slack could take for something else.</summary>
internal static class PlainName
{
    /// <summary>PostgreSQL's limit for a name, and room for a host.</summary>
    private const int Longest = 128;

    /// <param name="name">As the server holds it; an account of MySQL and MariaDB is <c>user@host</c>.</param>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && Enumerable.Range(0, name.Length).All(at => IsPlainAt(name, at));

    // An underscore at the edge of a word begins or ends italics.
    private static bool IsPlainAt(string name, int at) => name[at] switch
    {
        '_' => at > 0 && at < name.Length - 1 && IsWord(name[at - 1]) && IsWord(name[at + 1]),
        '-' or '.' or '%' or '@' => true,
        var sign => char.IsAsciiLetterOrDigit(sign),
    };

    private static bool IsWord(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '_';
}

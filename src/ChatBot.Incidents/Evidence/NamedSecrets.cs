using System.Text;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Evidence;

/// <summary>The value after a name that says it is secret: <c>Password=...</c>, <c>"token": "..."</c>, <c>--secret ...</c>.</summary>
internal static class NamedSecrets
{
    /// <summary>How far a connection string is followed through the spaces in a password: 128 characters.</summary>
    private const int ConnectionStringReach = 128;

    private const string Names =
        "passw(?:or)?d|passwort|passphrase|pwd|secret|token|credential|cookie|signature|authorization"
        + "|(?:api|access|private|account|shared|auth|encryption|signing|master)[_ -]?key";

    // The name, and whatever stands between it and its value.
    private static readonly Regex Name = new(
        $"""(?:(?:{Names})[\w.-]*|(?:\b|_|db|user)pass|\bsig)[\\"'`\])]*\s*(?:=>|:=|!?=+|:|%3[AD])\s*"""
        + """|--[\w-]*(?:passw(?:or)?d|pwd|secret|token|key)[\w-]*\s+"""
        + """|\brequirepass\s+"""
        + """|(?:password|passwd|pwd|passphrase|secret|token|identified\s+by|identified\s+with\s+\w+\s+(?:by|as))\s+['"]""",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // Where a value that isn't quoted gives way to the next setting.
    private static readonly Regex NextSetting = new(
        """\A[;&,]\s*(?:\z|\s|["']?[\w.-]{1,40}(?: [\w.-]{1,40})?["']?\s?[=:])""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex WholeLine = new(
        @"\A(?:digest|aws4-hmac-sha256|oauth|hawk)\s",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex Scheme = new(
        @"\A(?:bearer|basic|token|apikey|negotiate|ntlm)\s+",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // Nothing to hide: placeholders of a query's shape, what is masked already, no value.
    private static readonly Regex Harmless = new(
        @"\A(?:\[hidden\]|\[withheld\]|\?|\$\d+|\*+|null)?[\s,.;)}\]]*\z",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static string Hide(string text)
    {
        var kept = new StringBuilder(text.Length);
        var at = 0;
        for (var name = Name.Match(text); name.Success; name = Name.Match(text, at))
        {
            var afterName = name.Index + name.Length;
            if (text[afterName - 1] is '"' or '\'' && char.IsWhiteSpace(text[afterName - 2]))
            {
                afterName--; // "password 'x'": the quote belongs to the value
            }

            var (start, end) = ValueAt(text, afterName, name);
            kept.Append(text, at, start - at);
            if (Harmless.IsMatch(text.AsSpan(start, end - start)))
            {
                kept.Append(text, start, end - start);
            }
            else
            {
                kept.Append(ForeignText.HiddenMark);
            }

            at = end;
        }

        return at == 0 ? text : kept.Append(text, at, text.Length - at).ToString();
    }

    private static (int Start, int End) ValueAt(string text, int at, Match name)
    {
        var open = at;
        while (open < text.Length && text[open] is '\\')
        {
            open++;
        }

        if (open < text.Length && text[open] is '"' or '\'' or '`')
        {
            return (open + 1, EndOfQuoted(text, open, isEscaped: open > at));
        }

        var rest = text.AsSpan(at);
        if (rest.StartsWith(ForeignText.HiddenMark) || rest.StartsWith(ForeignText.WithheldMark))
        {
            return (at, EndOfWord(text, at));
        }

        if (rest.Length > 0 && rest[0] is '[' or '{')
        {
            return (at, EndOfBrackets(text, at));
        }

        if (name.Value.StartsWith("cookie", StringComparison.OrdinalIgnoreCase) || WholeLine.IsMatch(rest))
        {
            return (at, EndOfLine(text, at));
        }

        foreach (var scheme in Scheme.EnumerateMatches(rest))
        {
            return (at, EndOfWord(text, at + scheme.Length));
        }

        var end = EndOfWord(text, at);
        return (at, EndInConnectionString(text, name, at, end));
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            var rest = text.AsSpan(at);
            if (rest[0] is ';' or '&' or ',' && NextSetting.IsMatch(rest[..Math.Min(rest.Length, 100)]))
            {
                return at;
            }

            // A quote that closes something opened before the name.
            if (rest[0] is '"' or '\'' or '`' && (rest.Length == 1 || " \n,;:)}]".Contains(rest[1], StringComparison.Ordinal)))
            {
                return at;
            }

            at++;
        }

        return at;
    }

    // A password with spaces needs no quotes in a connection string: it ends at the semicolon.
    private static int EndInConnectionString(string text, Match name, int start, int end)
    {
        if (end == start || end >= text.Length || text[end] is ';' || !name.Value.Contains('=', StringComparison.Ordinal))
        {
            return end;
        }

        var before = name.Index - 1;
        while (before >= 0 && name.Index - before < 32 && (char.IsLetter(text[before]) || text[before] is ' ' or '_'))
        {
            before--;
        }

        var isInside = before >= 0 && text[before] is ';';
        var reach = text.AsSpan(end, Math.Min(isInside ? text.Length - end : ConnectionStringReach, text.Length - end));
        var stop = reach.IndexOfAny(isInside ? ";\"\n" : ";=:\"\n");
        return stop switch
        {
            >= 0 when isInside || reach[stop] is ';' => end + stop,
            < 0 when isInside => text.Length,
            _ => end,
        };
    }

    private static int EndOfLine(string text, int at)
    {
        var length = text.AsSpan(at).IndexOfAny("\n\"");
        return length < 0 ? text.Length : at + length;
    }

    // Without an end there is no telling what belongs to the secret: all of it.
    private static int EndOfQuoted(string text, int open, bool isEscaped)
    {
        var quote = text[open];
        for (var at = open + 1; at < text.Length; at++)
        {
            if (text[at] is '\\' && !isEscaped)
            {
                at++; // whatever comes next isn't the end
            }
            else if (text[at] is '\\' && at + 1 < text.Length && text[at + 1] == quote)
            {
                return at;
            }
            else if (text[at] == quote)
            {
                var isDoubled = !isEscaped && at > open + 1 && at + 1 < text.Length && text[at + 1] == quote;
                if (!isDoubled)
                {
                    return at;
                }

                at++;
            }
        }

        return text.Length;
    }

    private static int EndOfBrackets(string text, int at)
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            depth += text[at] is '[' or '{' ? 1 : text[at] is ']' or '}' ? -1 : 0;
            if (depth == 0)
            {
                return at + 1;
            }
        }

        return text.Length;
    }
}

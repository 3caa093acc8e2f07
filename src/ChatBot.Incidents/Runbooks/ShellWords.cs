namespace ChatBot.Incidents.Runbooks;

/// <summary>Where in a command for a shell a whole word can be replaced.</summary>
/// <remarks>
/// Not a shell's grammar: only sure of what is outside quotes and comments. At the first thing on which shells differ (a
/// here-document, a backtick, <c>$'...'</c>, a quote inside a comment, which zsh reads as a quote) it stops being sure.
/// </remarks>
internal static class ShellWords
{
    /// <summary>
    /// They take their arguments as they are. Others (ssh, watch, eval) hand them to a second shell, for which quotes that the first
    /// one took away would have been needed again.
    /// </summary>
    private static readonly string[] PlainTools = ["psql", "pg_isready", "pg_dump", "mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump"];

    /// <summary>
    /// The pieces between white space that are in no quotes, hold none, and are in no comment: start and length, and whether a quoted
    /// word may stand there.
    /// </summary>
    public static Dictionary<(int Start, int Length), bool> In(string command)
    {
        var words = new Dictionary<(int, int), bool>();
        var isFirst = true;
        var mayQuote = false;
        var at = 0;
        while (at < command.Length)
        {
            if (char.IsWhiteSpace(command[at]))
            {
                isFirst |= command[at] is '\n' or '\r';
                at++;
                continue;
            }

            var isComment = command[at] == '#';
            var (end, isBare, hasOperator) = isComment ? (EndOfComment(command, at), false, false) : EndOfWord(command, at);
            if (end < 0)
            {
                break;
            }

            if (!isComment)
            {
                mayQuote = isFirst ? PlainTools.Contains(command[at..end]) : mayQuote && !hasOperator;
                isFirst = false;
                if (isBare)
                {
                    words.Add((at, end - at), mayQuote);
                }
            }

            at = end;
        }

        return words;
    }

    /// <returns>-1 where shells differ.</returns>
    private static int EndOfComment(string command, int start)
    {
        var end = command.IndexOf('\n', start);
        end = end < 0 ? command.Length : end;
        return command.AsSpan(start, end - start).IndexOfAny("'\"`\\") < 0 ? end : -1;
    }

    /// <returns>An end of -1 where shells differ, or where a quote has no end. An operator outside quotes begins another command.</returns>
    private static (int End, bool IsBare, bool HasOperator) EndOfWord(string command, int start)
    {
        var isBare = true;
        var hasOperator = false;
        var at = start;
        while (at < command.Length && !char.IsWhiteSpace(command[at]))
        {
            switch (command[at])
            {
                case '\'' or '"':
                    isBare = false;
                    at = EndOfQuote(command, at);
                    break;
                case '\\':
                    isBare = false;
                    at += 2;
                    break;
                case '`':
                case '$' when at + 1 < command.Length && command[at + 1] is '\'' or '"' or '(' or '{':
                case '<' when at + 1 < command.Length && command[at + 1] == '<':
                    return (-1, false, false);
                default:
                    hasOperator |= command[at] is '|' or '&' or ';' or '(' or ')';
                    at++;
                    break;
            }

            if (at < 0)
            {
                return (-1, false, false);
            }
        }

        return (Math.Min(at, command.Length), isBare, hasOperator);
    }

    /// <returns>-1 when it has none.</returns>
    private static int EndOfQuote(string command, int start)
    {
        for (var at = start + 1; at < command.Length; at++)
        {
            switch (command[at])
            {
                case var quote when quote == command[start]:
                    return at + 1;
                case '`' or '$' when command[start] == '"' && IsNested(command, at):
                    return -1;
                case '\\' when command[start] == '"':
                    at++;
                    break;
            }
        }

        return -1;
    }

    private static bool IsNested(string command, int at) => command[at] == '`' || (at + 1 < command.Length && command[at + 1] is '(' or '{');
}

using System.Text;

namespace ChatBot.Incidents.Evidence;

/// <summary>A query without its values: literals and numbers become <c>?</c>, comments a space.</summary>
/// <remarks>
/// PostgreSQL's rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html): in MySQL a double quote may
/// start a literal, so it needs a scanner of its own. The server cuts long queries (track_activity_query_size), so
/// anything may end in the middle; then, and where a backslash makes the end of a literal uncertain, the rest goes.
/// </remarks>
internal static class QueryShape
{
    public static string Of(string sql)
    {
        var shape = new StringBuilder(sql.Length);
        for (var at = 0; at < sql.Length;)
        {
            var rest = sql.AsSpan(at);
            var (replacement, length) = TokenAt(rest);
            _ = replacement is null ? shape.Append(rest[..length]) : shape.Append(replacement);
            at += length;
        }

        return shape.ToString();
    }

    // Replacement null: it stays as it is.
    private static (string? Replacement, int Length) TokenAt(ReadOnlySpan<char> sql)
    {
        var first = sql[0];
        var second = sql.Length > 1 ? sql[1] : '\0';
        return (first, second) switch
        {
            ('\'', _) => ("?", Literal(sql, 1, isEscape: false)),
            ('"', _) => Identifier(sql),
            ('-', '-') => (" ", LineComment(sql)),
            ('/', '*') => (" ", BlockComment(sql)),
            ('$', >= '0' and <= '9') => (null, 1 + Digits(sql[1..])), // a parameter
            ('$', _) => DollarQuoted(sql),
            ( >= '0' and <= '9', _) or ('.', >= '0' and <= '9') => ("?", Number(sql)),
            _ when IsWordStart(first) => Word(sql),
            _ => (null, 1),
        };
    }

    private static int Literal(ReadOnlySpan<char> sql, int start, bool isEscape)
    {
        for (var at = start; at < sql.Length; at++)
        {
            if (sql[at] is '\\')
            {
                if (!isEscape && at + 1 < sql.Length && sql[at + 1] is '\'')
                {
                    return sql.Length; // the end or not, depending on standard_conforming_strings
                }

                at += isEscape ? 1 : 0;
            }
            else if (sql[at] is '\'')
            {
                if (at + 1 == sql.Length || sql[at + 1] is not '\'')
                {
                    return at + 1;
                }

                at++; // '' is a quote
            }
        }

        return sql.Length;
    }

    // Longer than any name, or without an end: then it is something else.
    private static (string?, int) Identifier(ReadOnlySpan<char> sql)
    {
        const int LongestName = 63; // NAMEDATALEN - 1
        var length = sql[1..].IndexOf('"');
        if (length < 0)
        {
            return (sql.Length <= LongestName && sql.EndsWith("…") ? null : "?", sql.Length); // we cut it ourselves
        }

        return (length > LongestName ? "?" : null, length + 2);
    }

    private static int LineComment(ReadOnlySpan<char> sql)
    {
        var length = sql.IndexOf('\n');
        return length < 0 ? sql.Length : length;
    }

    // They nest, unlike in C.
    private static int BlockComment(ReadOnlySpan<char> sql)
    {
        var depth = 0;
        for (var at = 0; at + 1 < sql.Length; at++)
        {
            if (sql[at] is '/' && sql[at + 1] is '*')
            {
                depth++;
                at++;
            }
            else if (sql[at] is '*' && sql[at + 1] is '/')
            {
                depth--;
                at++;
                if (depth == 0)
                {
                    return at + 1;
                }
            }
        }

        return sql.Length;
    }

    private static (string?, int) DollarQuoted(ReadOnlySpan<char> sql)
    {
        var tag = 1;
        while (tag < sql.Length && IsWordPart(sql[tag]) && sql[tag] is not '$')
        {
            tag++;
        }

        if (tag == sql.Length)
        {
            return (sql.EndsWith("…") ? null : "?", tag); // cut in the middle of the tag, by us or by the server
        }

        if (sql[tag] is not '$')
        {
            return (null, 1);
        }

        tag++;
        var length = sql[tag..].IndexOf(sql[..tag]);
        return ("?", length < 0 ? sql.Length : tag + length + tag);
    }

    private static int Number(ReadOnlySpan<char> sql)
    {
        var at = 1;
        while (at < sql.Length && (char.IsAsciiLetterOrDigit(sql[at]) || sql[at] is '_' or '.'
            || (sql[at] is '+' or '-' && sql[at - 1] is 'e' or 'E' && at + 1 < sql.Length && char.IsAsciiDigit(sql[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<char> sql)
    {
        var at = 0;
        while (at < sql.Length && char.IsAsciiDigit(sql[at]))
        {
            at++;
        }

        return at;
    }

    // E'...', B'...', X'...', N'...' and U&'...' are literals, too.
    private static (string?, int) Word(ReadOnlySpan<char> sql)
    {
        var prefix = sql.Length > 2 && sql[0] is 'u' or 'U' && sql[1] is '&' ? 2 : 1;
        if (sql.Length > prefix && sql[prefix] is '\'' && sql[0] is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' or 'u' or 'U')
        {
            return ("?", Literal(sql, prefix + 1, isEscape: sql[0] is 'e' or 'E'));
        }

        var at = 1;
        while (at < sql.Length && IsWordPart(sql[at]))
        {
            at++;
        }

        return (null, at);
    }

    private static bool IsWordStart(char letter) => char.IsLetter(letter) || letter is '_' or >= '\u0080';

    private static bool IsWordPart(char letter) => IsWordStart(letter) || char.IsAsciiDigit(letter) || letter is '$';
}

using System.Text;

namespace ChatBot.Incidents.Evidence;

/// <summary>A query without its values: literals and numbers become <c>?</c>, comments a space.</summary>
/// <remarks>
/// PostgreSQL's rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html), and where they differ MySQL's and
/// MariaDB's (https://dev.mysql.com/doc/refman/9.0/en/language-structure.html). Servers cut long queries, so anything may end
/// in the middle; then, and where a setting of the server decides what ends a literal or a comment, the rest goes.
/// </remarks>
internal static class QueryShape
{
    private const int LongestName = 63; // NAMEDATALEN - 1
    private const int LongestMySqlName = 64; // an alias may have 256

    public static string Of(string sql, SqlDialect dialect = SqlDialect.PostgreSql)
    {
        var shape = new StringBuilder(sql.Length);
        for (var at = 0; at < sql.Length;)
        {
            var rest = sql.AsSpan(at);
            var (replacement, length) = dialect is SqlDialect.MySql ? MySqlTokenAt(rest) : TokenAt(rest);
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
            ('"', _) => Identifier(sql, LongestName),
            ('-', '-') => (" ", LineComment(sql)),
            ('/', '*') => (" ", BlockComment(sql)),
            ('$', >= '0' and <= '9') => (null, 1 + Digits(sql[1..])), // a parameter
            ('$', _) => DollarQuoted(sql),
            ( >= '0' and <= '9', _) or ('.', >= '0' and <= '9') => ("?", Number(sql)),
            _ when IsWordStart(first) => Word(sql),
            _ => (null, 1),
        };
    }

    private static (string? Replacement, int Length) MySqlTokenAt(ReadOnlySpan<char> sql)
    {
        var first = sql[0];
        var second = sql.Length > 1 ? sql[1] : '\0';
        return (first, second) switch
        {
            ('\'' or '"', _) => ("?", Literal(sql, 1, isEscape: false)), // in ANSI_QUOTES a double quote starts a name; that goes, too
            ('x' or 'X' or 'b' or 'B' or 'n' or 'N', '\'') => ("?", Literal(sql, 2, isEscape: false)),
            ('`', _) => Identifier(sql, LongestMySqlName),
            ('#', _) => (" ", LineComment(sql)),
            ('-', '-') => sql.Length == 2 || char.IsWhiteSpace(sql[2]) || char.IsControl(sql[2]) ? (" ", LineComment(sql)) : (null, 2),
            ('/', '*') => MySqlBlockComment(sql),
            ('$', _) => ("?", sql.Length), // a name, or a literal in MySQL 9
            ( >= '0' and <= '9', _) or ('.', >= '0' and <= '9') => ("?", Number(sql)),
            _ when IsWordStart(first) => (null, PlainWord(sql)),
            _ => (null, 1),
        };
    }

    // They don't nest. /*! and /*M! may be statements or not: the server's version decides.
    private static (string?, int) MySqlBlockComment(ReadOnlySpan<char> sql)
    {
        var end = sql[2..].IndexOf("*/");
        var isConditional = sql[2..].StartsWith("!") || sql[2..].StartsWith("M!");
        return isConditional ? ("?", sql.Length) : (" ", end < 0 ? sql.Length : end + 4);
    }

    private static int Literal(ReadOnlySpan<char> sql, int start, bool isEscape)
    {
        var quote = sql[start - 1];
        for (var at = start; at < sql.Length; at++)
        {
            if (sql[at] is '\\')
            {
                if (!isEscape && at + 1 < sql.Length && sql[at + 1] == quote)
                {
                    return sql.Length; // the end or not, depending on standard_conforming_strings or NO_BACKSLASH_ESCAPES
                }

                at += isEscape ? 1 : 0;
            }
            else if (sql[at] == quote)
            {
                if (at + 1 == sql.Length || sql[at + 1] != quote)
                {
                    return at + 1;
                }

                at++; // '' is a quote
            }
        }

        return sql.Length;
    }

    // Longer than any name, or without an end: then it is something else.
    private static (string?, int) Identifier(ReadOnlySpan<char> sql, int longest)
    {
        var length = sql[1..].IndexOf(sql[0]);
        if (length < 0)
        {
            return (sql.Length <= longest && sql.EndsWith("…") ? null : "?", sql.Length); // we cut it ourselves
        }

        return (length > longest ? "?" : null, length + 2);
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

        return (null, PlainWord(sql));
    }

    private static int PlainWord(ReadOnlySpan<char> sql)
    {
        var at = 1;
        while (at < sql.Length && IsWordPart(sql[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsWordStart(char letter) => char.IsLetter(letter) || letter is '_' or >= '\u0080';

    private static bool IsWordPart(char letter) => IsWordStart(letter) || char.IsAsciiDigit(letter) || letter is '$';
}

using System.Text.RegularExpressions;

namespace ChatBot.Tests.Architecture;

/// <summary>No answer of a target grows with the target: read from the text of the statements.</summary>
public partial class BoundedQuestionTests
{
    /// <summary>Files with statements that have no limit of their own: how many, and what bounds their rows.</summary>
    private static readonly Dictionary<string, (int Statements, string Reason)> WithoutLimit = new()
    {
        ["MySql/ClientSessions.cs"] = (1, "one consumer, by its name"),
        ["MySql/LockWaits.cs"] = (4, "the limit is added where they are asked, with the number that is compared with"),
        ["MySql/MySqlKill.cs"] = (1, "a count"),
        ["MySql/MySqlLogin.cs"] = (1, "one row: nothing but subqueries"),
        ["MySql/MySqlRights.cs"] = (1, "a count"),
        ["MySql/MySqlSessionActs.cs"] = (1, "a count"),
        ["PostgreSql/BlockersProbe.cs"] = (1, "a row for each root, of which there are ten"),
        ["PostgreSql/ConnectionConsumersProbe.cs"] = (1, "its number limits the rows of each kind"),
        ["PostgreSql/ConnectionUsageProbe.cs"] = (1, "one row: counts"),
        ["PostgreSql/PostgreSqlFacts.cs"] = (2, "one row: nothing but subqueries, and the one of the control file"),
        ["PostgreSql/PostgreSqlLogin.cs"] = (2, "the bot's own row, and whether there is a row"),
        ["PostgreSql/PostgreSqlRights.cs"] = (1, "the bot's own row"),
        ["PostgreSql/ReadShareProbe.cs"] = (3, "sums, and one view of one extension"),
        ["PostgreSql/RoleLimitVerdict.cs"] = (1, "one role, by its name"),
        ["PostgreSql/RoleLimits.cs"] = (1, "one role, by its name"),
        ["PostgreSql/ServerGuard.cs"] = (1, "one function, by its name and types"),
        ["PostgreSql/ServerProtected.cs"] = (1, "whether there is a table"),
        ["PostgreSql/SessionHabitsProbe.cs"] = (1, "one row: counts"),
        ["PostgreSql/SessionRows.cs"] = (1, "a part of other statements, and no statement itself"),
        ["PostgreSql/SessionSight.cs"] = (1, "one session, by its process id"),
    };

    private static readonly string Databases = Path.Combine(SourceTree.Root, "src", "ChatBot", "Databases");

    [Fact]
    public void A_statement_about_a_target_has_a_limit_or_a_reason()
    {
        var without = Statements().Where(one => !Limit().IsMatch(one.Sql)).CountBy(one => one.File).ToDictionary();

        Assert.Equal(
            WithoutLimit.Select(file => $"{file.Key}: {file.Value.Statements}").Order(StringComparer.Ordinal),
            without.Select(file => $"{file.Key}: {file.Value}").Order(StringComparer.Ordinal));
    }

    /// <summary>A statement of a client can be megabytes long; its start is enough.</summary>
    [Fact]
    public void A_clients_statement_is_cut_at_the_server()
    {
        var read = Statements(alsoParts: true).Where(one => one.Sql.Contains("select", StringComparison.Ordinal) && ClientStatement().IsMatch(one.Sql)).ToList();

        Assert.NotEmpty(read);
        Assert.All(read, one => Assert.DoesNotMatch(UncutStatement(), one.Sql));
    }

    [Fact]
    public void The_statements_are_where_this_test_looks_for_them()
    {
        var files = Statements().Select(one => one.File).ToList();

        Assert.Contains("PostgreSql/ConnectionConsumersProbe.cs", files);
        Assert.Contains("MySql/ClientSessions.cs", files);
        Assert.True(files.Count > 30, $"{files.Count} statements were found.");
    }

    /// <param name="alsoParts">Of statements, too.</param>
    private static IEnumerable<(string File, string Sql)> Statements(bool alsoParts = false) =>
        from path in Directory.EnumerateFiles(Databases, "*.cs", SearchOption.AllDirectories)
        from Match text in Text().Matches(File.ReadAllText(path))
        let sql = text.Value.Trim('"').Trim()
        where alsoParts || (Start().IsMatch(sql) && Source().IsMatch(sql))
        select (Path.GetRelativePath(Databases, path), sql);

    /// <summary>A raw string, or one of one line.</summary>
    [GeneratedRegex(""" "{3}.*?"{3}|"(?:[^"\\\n]|\\.)*" """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Text();

    [GeneratedRegex(@"^(select|with)\b")]
    private static partial Regex Start();

    /// <summary>A view or table of the server's, also one that another constant names.</summary>
    [GeneratedRegex(@"\b(from|join)\s+(only\s+)?(\{|\(\{|pg_|information_schema\.|performance_schema\.|chatbot\.)", RegexOptions.IgnoreCase)]
    private static partial Regex Source();

    [GeneratedRegex(@"\blimit\s+(@|\{|[0-9])")]
    private static partial Regex Limit();

    /// <summary>The columns that hold one: in pg_stat_activity, the process list and the performance schema.</summary>
    [GeneratedRegex(@"((?<![\w.'""])(a\.)?query|(?<![\w.'])((p\.)?info|[es]\.sql_text|s\.digest_text))(?![\w('])", RegexOptions.IgnoreCase)]
    private static partial Regex ClientStatement();

    /// <summary>Without <c>left(..., n)</c> around it. Of pg_stat_statements only sums are told.</summary>
    [GeneratedRegex(@"(?<!left\((coalesce\([^()]*)?|regexp_replace\()((?<![\w.'""])(a\.)?query|(?<![\w.'])((p\.)?info|[es]\.sql_text|s\.digest_text))(?![\w('])", RegexOptions.IgnoreCase)]
    private static partial Regex UncutStatement();
}

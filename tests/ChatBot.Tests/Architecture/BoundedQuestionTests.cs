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
        ["MySql/MySqlAccountLimits.cs"] = (1, "the routine's answer: one word"),
        ["MySql/MySqlFacts.cs"] = (1, "one variable, by its name"),
        ["MySql/MySqlGrants.cs"] = (1, "what was granted to the bot itself"),
        ["MySql/MySqlKill.cs"] = (5, "a count, one session by its id, and the routines' answers: one word"),
        ["MySql/MySqlLogin.cs"] = (2, "one row: nothing but subqueries, and one variable"),
        ["MySql/MySqlRights.cs"] = (2, "what was granted to the account that acts for the bot"),
        ["MySql/MySqlSessionActs.cs"] = (1, "a count"),
        ["MySql/MySqlStatus.cs"] = (2, "variables, by their names"),
        ["PgBouncer/ConsoleCommand.cs"] = (8, "the console takes no limit: its reader stops at PgBouncerConsole.MostRows"),
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
        var without = Statements().Where(one => !HasLimit(one.Sql)).CountBy(one => one.File).ToDictionary();

        // As text, so that a difference shows whole.
        Assert.Equal(
            Lines(WithoutLimit.Select(file => $"{file.Key}: {file.Value.Statements}")),
            Lines(without.Select(file => $"{file.Key}: {file.Value}")));

        static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("select pid from pg_stat_activity limit 5", true)]
    [InlineData("select s.pid from server left join lateral (select pid from pg_stat_activity limit @at_most) s on true", true)]
    [InlineData("with longest as (select pid from pg_locks limit 5) select pid from longest", true)]
    [InlineData("select pid, (select query from pg_stat_statements limit 1) from pg_stat_activity", false)]
    [InlineData("select pid from pg_stat_activity where usesysid in (select oid from pg_roles limit 5)", false)]
    [InlineData("select pid from pg_stat_activity", false)]
    public void A_limit_counts_where_it_bounds_the_rows(string sql, bool counts) => Assert.Equal(counts, HasLimit(sql));

    /// <summary>A statement of a client can be megabytes long; its start is enough.</summary>
    [Fact]
    public void A_clients_statement_is_cut_at_the_server()
    {
        var read = Statements(alsoParts: true).Where(one => one.Sql.Contains("select", StringComparison.Ordinal) && ClientStatement().IsMatch(one.Sql)).ToList();

        Assert.NotEmpty(read);
        Assert.All(read, one => Assert.DoesNotMatch(UncutStatement(), one.Sql));
    }

    /// <summary>The connections of the logins limit the time of every statement, at the server and here; the console's limits all of them together.</summary>
    [Fact]
    public void A_question_about_a_target_goes_over_a_connection_that_limits_its_time()
    {
        var code = Directory.EnumerateFiles(Databases, "*.cs", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(Databases, path), File.ReadAllText);

        Assert.Equal(
            ["MySql/MySqlLogin.cs", "PgBouncer/ConsoleConnection.cs", "PostgreSql/PostgreSqlLogin.cs"],
            code.Where(file => Connection().IsMatch(file.Value)).Select(file => file.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["MySql/MySqlLogin.cs", "MySql/MySqlTarget.cs", "PostgreSql/PostgreSqlTarget.cs"],
            code.Where(file => CommandTimeout().IsMatch(file.Value)).Select(file => file.Key).Order(StringComparer.Ordinal));
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

    [GeneratedRegex(@"^(select|with|show|call)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Start();

    /// <summary>A view or table of the server's, also one that another constant names.</summary>
    [GeneratedRegex(@"^(show|call)\b|\b(from|join)\s+(only\s+)?(\{|\(\{|pg_|information_schema\.|performance_schema\.|chatbot\.)", RegexOptions.IgnoreCase)]
    private static partial Regex Source();

    [GeneratedRegex(@"\bnew\s+((Npgsql|MySql)Connection|Socket|TcpClient)\(|DataSource")]
    private static partial Regex Connection();

    [GeneratedRegex(@"\b(Default)?CommandTimeout\s*=")]
    private static partial Regex CommandTimeout();

    /// <summary>Not in a value's subquery: there it bounds the value.</summary>
    private static bool HasLimit(string sql)
    {
        // From the inside out: a table's brackets go, any other ones go with what is in them.
        for (var group = Brackets().Match(sql); group.Success; group = Brackets().Match(sql))
        {
            sql = sql.Remove(group.Index, group.Length).Insert(group.Index, group.Groups["table"].Success ? $"{group.Groups["table"].Value} {group.Groups["inside"].Value} " : " ");
        }

        return Limit().IsMatch(sql);
    }

    [GeneratedRegex(@"(?<table>\b(from|join|lateral|as)\s*)?\((?<inside>[^()]*)\)", RegexOptions.IgnoreCase)]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\blimit\s+(@|\{|[0-9])")]
    private static partial Regex Limit();

    /// <summary>The columns that hold one: in pg_stat_activity, the process list and the performance schema.</summary>
    [GeneratedRegex(@"((?<![\w.'""])(a\.)?query|(?<![\w.'])((p\.)?info|[es]\.sql_text|s\.digest_text))(?![\w('])", RegexOptions.IgnoreCase)]
    private static partial Regex ClientStatement();

    /// <summary>Without <c>left(..., n)</c> around it. Of pg_stat_statements only sums are told.</summary>
    [GeneratedRegex(@"(?<!left\((coalesce\([^()]*)?|regexp_replace\()((?<![\w.'""])(a\.)?query|(?<![\w.'])((p\.)?info|[es]\.sql_text|s\.digest_text))(?![\w('])", RegexOptions.IgnoreCase)]
    private static partial Regex UncutStatement();
}

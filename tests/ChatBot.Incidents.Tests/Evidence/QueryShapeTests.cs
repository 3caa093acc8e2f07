using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Tests.Evidence;

public sealed class QueryShapeTests
{
    public static readonly TheoryData<string, string> Corpus = new()
    {
        { "select 1", "select ?" },
        { "select * from t1 where id = 42 and name = 'Ana'", "select * from t1 where id = ? and name = ?" },
        { "select 'it''s', 'x'", "select ?, ?" },
        { "select E'it\\'s', b'01', X'ff', N'a', U&'\\0041'", "select ?, ?, ?, ?, ?" },
        { "select -1.5e-10, .5, 0xFF, 1_000, t.c3", "select -?, ?, ?, ?, t.c3" },
        { "select $$a 'secret'$$, $q$b$q$, $1", "select ?, ?, $1" },
        { "select \"Name 1\" from \"Users\"", "select \"Name 1\" from \"Users\"" },
        { "select a -- note: hunter2\nfrom t /* and /* nested */ hunter2 */ where b", "select a from t where b" },
        { "alter role app password 'hunter2'", "alter role app password ?" },
        { "select email from u where token = 'abc' limit 5", "select email from u where token = ? limit ?" },
        { "select price_2024_usd", "select price_2024_usd" },

        // cut by the server, in the middle
        { "select 'hunt", "select ?" },
        { "select $q$hunt", "select ?" },
        { "select a /* hunt", "select a" },
        { "select \"hunt", "select ?" },
        { "select $qu", "select ?" },

        // the end of the literal depends on a setting of the server, so everything after it goes
        { "select 'a\\', 'hunter2' from t", "select ?" },
    };

    public static readonly TheoryData<string, string> MySqlCorpus = new()
    {
        { "SELECT * FROM `orders` WHERE `id` = 42 AND name = 'Ana'", "SELECT * FROM `orders` WHERE `id` = ? AND name = ?" },
        { "select \"Ana's\", 'say \"hi\"', \"it\"\"s\"", "select ?, ?, ?" },
        { "select x'ff', b'01', N'a', 0xFF, _utf8'a', -1.5e3", "select ?, ?, ?, ?, _utf8?, -?" },
        { "select a # note: hunter2\nfrom t -- hunter2\nwhere b /* hunter2 */ and c", "select a from t where b and c" },
        { "select `odd``name`, `e1` from t", "select `odd``name`, `e1` from t" },
        { "SELECT `name` FROM `users` WHERE `token` = ? LIMIT ?, ...", "SELECT `name` FROM `users` WHERE `token` = ? LIMIT ?, ..." }, // a digest
        { "alter user 'app'@'%' identified by 'hunter2'", "alter user ?@? identified by ?" },
        { "select 5-- 'hunter2'", "select ?" },
        { "select 5--'hun\nter2'", "select ?--?" }, // no comment without a space
        { "select /* /* */ 'hunter2' from t", "select ? from t" }, // they don't nest
        { "select /*+ MAX_EXECUTION_TIME(1000) */ a from t", "select a from t" },

        // a statement or a comment, depending on the server's version
        { "select a /*!50000 , 'hun*/ter2' */ from t", "select a ?" },
        { "select a /*M!100000 don't */ from t where b = 'hunter2'", "select a ?" },

        // the end of the literal depends on sql_mode
        { "select 'a\\', 'hunter2' from t", "select ?" },
        { "select \"a\\\", \"hunter2\" from t", "select ?" },
        { "select $q$, 'hunter2 $q$ hunter2' from t", "select ?" },

        // cut by the server, in the middle
        { "select \"hunt", "select ?" },
        { "select `hunt", "select ?" },
        { "select a /* hunt", "select a" },
        { "select a # hunt", "select a" },
    };

    [Theory]
    [MemberData(nameof(MySqlCorpus))]
    public void Reads_MySQL_by_its_own_rules(string sql, string shape) =>
        Assert.Equal(shape, ForeignText.Query(sql, 1000, SqlDialect.MySql).Value);

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Shows_a_querys_shape_without_its_values(string sql, string shape) =>
        Assert.Equal(shape, ForeignText.Query(sql, 1000).Value);

    [Theory]
    [InlineData("\f")]
    [InlineData("\v")]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    public void A_comment_ends_only_where_the_server_ends_it(string other)
    {
        var sql = $"select a -- x{other}don't\nfrom t where b = 'hunter2' or c = 'hunter2'";

        Assert.Equal("select a from t where b = ? or c = ?", ForeignText.Query(sql, 1000).Value);
        Assert.Equal("select a from t where b = ? or c = ?", ForeignText.Query(sql, 1000, SqlDialect.MySql).Value);
        Assert.Equal("select a from t where b = ? or c = ?", ForeignText.Query(sql.Replace(other, "\r", StringComparison.Ordinal), 1000, SqlDialect.MySql).Value);
    }

    [Fact]
    public void Is_nothing_for_nothing() => Assert.True(ForeignText.Query(null, 10).IsEmpty);
}

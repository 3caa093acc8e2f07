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

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Shows_a_querys_shape_without_its_values(string sql, string shape) =>
        Assert.Equal(shape, ForeignText.Query(sql, 1000).Value);

    [Fact]
    public void Is_nothing_for_nothing() => Assert.True(ForeignText.Query(null, 10).IsEmpty);
}

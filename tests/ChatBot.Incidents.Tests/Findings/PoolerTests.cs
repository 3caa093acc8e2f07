using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Poolers;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests.Findings;

public class PoolerTests
{
    private static readonly PooledServer Server = new(PooledEngine.PostgreSql, "db.internal", 5432, "orders", PoolerTls.VerifyFull);
    private static readonly PooledServer MySql = Server with { Engine = PooledEngine.MySql, Port = 3306 };
    private static readonly PoolerEvidence Leak = new(Capacity: 97, PeakUsed: 93, PeakBusy: 7, PeakInTransaction: 2, Pools: 2, Direct: 8);

    /// <summary>Words that would be something else if they got out of their place.</summary>
    public static readonly TheoryData<string> HostileWords =
    [
        "a\nlisten_addr = 0.0.0.0", "a\r\n[pgbouncer]", "a\u2028x = 1", "a\0b", "a = b", "a' user='root", "\"a\" = x", "a\" } ; datadir=\"/", "a\\\" x", "'); DROP TABLE mysql_users; --", "*",
        "%include /etc/passwd", "; a", "# a", "<!channel>", "pgbouncer", "", new string('漢', 21),
    ];

    public static readonly IEnumerable<TheoryDataRow<PoolerEvidence, int, int, PoolerSizing>> Sizes =
    [
        Row("a leak: 7 busy, half as much again", Leak, 5, 50, new PoolerSizing(11, 3, 69, 200, 20)),
        Row("the page's lower bound", Leak with { PeakBusy = 1 }, 5, 50, new PoolerSizing(5, 2, 69, 200, 20)),
        Row("the page's upper bound", Leak with { PeakBusy = 60 }, 5, 50, new PoolerSizing(50, 13, 69, 200, 20)),
        Row("states unknown", Leak with { PeakBusy = null }, 5, 50, new PoolerSizing(5, 2, 69, 200, 20)),
        Row("no more than there is room", Leak with { PeakBusy = 60 }, 5, 1000, new PoolerSizing(69, 0, 69, 200, 20)),
        Row("a small server", new PoolerEvidence(17, 17, 2, 0, 1, 0), 5, 50, new PoolerSizing(5, 2, 11, 200, 6)),
        Row("others hold nearly everything", Leak with { Direct = 95 }, 5, 50, new PoolerSizing(1, 0, 1, 200, 1)),
        Row("many clients", Leak with { Capacity = 497, PeakUsed = 451, Direct = null }, 5, 50, new PoolerSizing(11, 3, 397, 1000, 100)),
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_size_follows_from_what_was_measured(PoolerEvidence evidence, int from, int to, PoolerSizing sizing) =>
        Assert.Equal(sizing, PoolerSizing.Of(evidence, (from, to)));

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(97)]
    [InlineData(5_000)]
    public void Pools_and_direct_sessions_never_need_more_than_the_capacity(int capacity)
    {
        for (var busy = 0; busy <= capacity; busy += 1 + (capacity / 50))
        {
            for (var direct = 0; direct < capacity; direct += 1 + (capacity / 50))
            {
                var sizing = PoolerSizing.Of(new PoolerEvidence(capacity, capacity, busy, 0, 3, direct), (5, 1000));

                Assert.InRange(sizing.PoolSize, 1, sizing.ServerConnections);
                Assert.InRange(sizing.PoolSize + sizing.ReservePool, 1, sizing.ServerConnections);
                Assert.InRange(sizing.ServerConnections + direct, 1, capacity);
            }
        }
    }

    [Theory]
    [InlineData(93, 7, PoolerNeed.Helps)]
    [InlineData(94, 47, PoolerNeed.Helps)] // half is not more than half
    [InlineData(94, 48, PoolerNeed.SavesLittle)]
    [InlineData(94, null, PoolerNeed.Unknown)]
    public void Whether_a_pooler_helps_depends_on_how_many_were_busy(int used, int? busy, PoolerNeed need) =>
        Assert.Equal(need, PoolerNeedRule.Examine(Leak with { PeakUsed = used, PeakBusy = busy }));

    [Fact]
    public void The_evidence_is_the_fullest_moment_and_who_is_in_the_database()
    {
        var incident = Diagnosing.Measure(40, 93, 60).Incident;
        var consumers = new ConnectionConsumers([Group("checkout", "orders", 60), Group("worker", "orders", 20), Group("checkout", "other", 7)], 87, ThePolicy.IdleFor, 0);

        Assert.Equal(new PoolerEvidence(97, 93, 1, 0, 2, 7), PoolerEvidence.Of(incident, consumers, "orders"));
        Assert.Equal(new PoolerEvidence(97, 93, 1, 0, null, null), PoolerEvidence.Of(incident, consumers: null, "orders"));
        Assert.Null(PoolerEvidence.Of(Diagnosing.Incident, consumers, "orders"));
    }

    [Fact]
    public void What_the_role_may_not_see_is_unknown_not_zero()
    {
        var blind = Diagnosing.Do(new RecordUsage(Usage(93) with { Idle = 0, Active = 0, SeesEverything = false })).Incident;

        Assert.Equal(new PoolerEvidence(97, 93, null, null, null, null), PoolerEvidence.Of(blind, consumers: null, "orders"));
    }

    [Theory]
    [MemberData(nameof(HostileWords))]
    public void Whatever_a_name_holds_no_line_is_added_to_the_files(string word)
    {
        var foreign = ForeignText.From(word, 63);
        var consumers = new ConnectionConsumers([Group(word, word, 9) with { Application = foreign }], 9, ThePolicy.IdleFor, 0);
        foreach (var server in new[] { Server with { Database = word }, Server with { Host = word } })
        {
            Assert.Equal(Keys(Ini(Server, null)), Keys(Ini(server, consumers)).Select(key => key is "*" ? "orders" : Same(key, server.Database)));
        }

        foreach (var server in new[] { MySql with { Database = word }, MySql with { Host = word } })
        {
            Assert.Equal(Keys(Cnf(MySql, null)), Keys(Cnf(server, consumers)));
            Assert.Equal(Statements(MySql, null), Statements(server, consumers));
        }

        static string Same(string key, string database) => key == database ? "orders" : key;
    }

    [Theory]
    [InlineData("orders", "orders = host='db.internal' port=5432 dbname='orders'")]
    [InlineData("my orders", "* = host='db.internal' port=5432 dbname='my orders'")]
    [InlineData("it's", "* = host='db.internal' port=5432 dbname='it''s'")]
    [InlineData("pgbouncer", "* = host='db.internal' port=5432 dbname='pgbouncer'")]
    [InlineData("a\nb", "* = host='db.internal' port=5432")]
    public void A_name_that_no_line_can_begin_with_stands_behind_a_star(string database, string line) =>
        Assert.Contains(line, Ini(Server with { Database = database }, null).Split('\n'));

    [Fact]
    public void Each_number_says_where_it_comes_from()
    {
        var ini = Ini(Server, new ConnectionConsumers([Group("checkout", "orders", 60)], 60, ThePolicy.IdleFor, 0));

        Assert.Contains("; 93 of 97 slots in use at the fullest measurement; never more than 7 worked or stood in a transaction at once.\n", ini, StringComparison.Ordinal);
        Assert.Contains(";   60 sessions, 1 active: user checkout, application checkout-api\n", ini, StringComparison.Ordinal);
        Assert.Contains("(now 2): 7 busy at once, half as much again: 11; the runbook allows 5 to 50.\ndefault_pool_size = 11\n", ini, StringComparison.Ordinal);
        Assert.Contains("; 85 % of 97 slots, less 8 of other databases that connect directly, less 5 for people, migrations and monitoring.\n", ini, StringComparison.Ordinal);
        Assert.Contains("\nmax_db_connections = 69\n", ini, StringComparison.Ordinal);
        Assert.Contains("; 2 sessions were idle in a transaction at once", ini, StringComparison.Ordinal);
        Assert.Contains("\nidle_transaction_timeout = 60\n", ini, StringComparison.Ordinal);
        Assert.Contains("\n;idle_transaction_timeout = 60\n", Ini(Server, null, Leak with { PeakInTransaction = 0 }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_older_versions_refuse_is_a_comment() =>
        Assert.DoesNotContain(Keys(Ini(Server, null)), key => key is "max_prepared_statements" or "idle_transaction_timeout_");

    [Theory]
    [InlineData(PoolerTls.Disable, "disable", false)]
    [InlineData(PoolerTls.Prefer, "prefer", false)]
    [InlineData(PoolerTls.Require, "require", false)]
    [InlineData(PoolerTls.VerifyFull, "verify-full", true)]
    public void The_pooler_protects_its_connections_as_the_bot_does(PoolerTls tls, string mode, bool names)
    {
        var ini = Ini(Server with { Tls = tls }, null);

        Assert.Contains($"\nserver_tls_sslmode = {mode}\n", ini, StringComparison.Ordinal);
        Assert.Equal(names, Keys(ini).Contains("server_tls_ca_file"));
    }

    [Fact]
    public void No_file_holds_a_password()
    {
        Assert.All(PgBouncerFiles.WriteUserList().Split('\n'), line => Assert.True(line.Length == 0 || line[0] == ';', line));
        Assert.DoesNotContain("password =", Ini(Server, null), StringComparison.Ordinal);
        Assert.DoesNotContain("password '", PgBouncerFiles.WriteAuthSql(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void ProxySql_reads_strings_and_numbers_of_the_same_measurement()
    {
        var cnf = Cnf(MySql with { Host = "a\"b\\c" }, null);
        Assert.Contains("address = \"a\\\"b\\\\c\"\n", cnf, StringComparison.Ordinal);
        Assert.Contains("    max_connections = 69\n", cnf, StringComparison.Ordinal);
        Assert.Contains("  free_connections_pct = 15\n", cnf, StringComparison.Ordinal);

        var sql = ProxySqlFiles.WriteAdminSql(MySql with { Host = "it's" }, Leak, PoolerSizing.Of(Leak, (5, 50)), null);
        Assert.Contains("VALUES (0, 'it''s', 3306, 69, 1);", sql, StringComparison.Ordinal);
    }

    private static string Ini(PooledServer server, ConnectionConsumers? consumers, PoolerEvidence? evidence = null) =>
        PgBouncerFiles.WriteIni(server, evidence ?? Leak, PoolerSizing.Of(evidence ?? Leak, (5, 50)), (5, 50), consumers);

    private static string Cnf(PooledServer server, ConnectionConsumers? consumers) =>
        ProxySqlFiles.WriteCnf(server, Leak, PoolerSizing.Of(Leak, (5, 50)), (5, 50), consumers);

    private static IReadOnlyList<string> Statements(PooledServer server, ConnectionConsumers? consumers) =>
    [
        .. ProxySqlFiles.WriteAdminSql(server, Leak, PoolerSizing.Of(Leak, (5, 50)), consumers).Split(['\n', '\r'])
            .Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0]),
    ];

    /// <summary>The first word of every line that is no comment, as the programs break lines.</summary>
    private static IReadOnlyList<string> Keys(string file) =>
    [
        .. file.Split(['\n', '\r'])
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] is not (';' or '#'))
            .Select(line => line.Split('=', 2)[0].Trim()),
    ];

    private static ConsumerGroup Group(string user, string database, int count) => new(
        ForeignText.From("checkout-api", 63), ForeignText.From(user, 63), ForeignText.From(database, 63), ForeignText.From("10.0.0.7", 63),
        count, Idle: count - 1, LongIdle: 0, IdleInTransaction: 0, Active: 1, WaitingForLock: 0, TimeSpan.FromMinutes(61), TimeSpan.FromHours(2));

    private static TheoryDataRow<PoolerEvidence, int, int, PoolerSizing> Row(string label, PoolerEvidence evidence, int from, int to, PoolerSizing sizing) =>
        new(evidence, from, to, sizing) { Label = label };
}

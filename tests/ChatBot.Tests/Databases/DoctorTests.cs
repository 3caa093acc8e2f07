using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using MySqlConnector;
using Npgsql;
using static ChatBot.Databases.CheckupLevel;
using static ChatBot.Databases.CheckupPart;

namespace ChatBot.Tests.Databases;

/// <summary>What the doctor makes of what a server says; the integration tests ask real ones.</summary>
public class DoctorTests
{
    private static readonly PostgreSqlTarget Postgres = new("db", "127.0.0.1", 5432, "postgres", "chatbot", null) { Tls = SslMode.Prefer };
    private static readonly ServerGuard Guard = new(true, true, true, true, true, OwnerCreatesRoles: true, OwnerHasAnyRole: true);
    private static readonly PostgreSqlRights Rights = new(180004, true, false, false, 3, ThroughPooler: false) { Ending = Guard, Limiting = Guard };
    private static readonly PostgreSqlFacts Facts = new("18.4", false, true, 100, 3, 2, MayUseReserved: true, DatabaseLimit: null, ThereBefore: 95, null);

    private static readonly MySqlTarget MySql = new("db", "127.0.0.1", 3306, "", "chatbot", null) { Tls = MySqlSslMode.Preferred, AdminPort = 33062 };
    private static readonly MySqlFacts MySqlFacts = new(
        false, new Version(9, 7, 4), false, false, true, 3, 33062, HasServiceRight: true, HasRoutines: true, true, TimeSpan.FromMinutes(2), "`chatbot`@`%`");

    private static readonly SecondPortTrial LetIn = new(WasNeeded: false, Trouble: null);

    private static readonly RightGap Gap = new("It can't.", "Run there", "grant process on *.* to `chatbot`@`%`;");

    [Fact]
    public void All_is_well_where_all_is_well()
    {
        Assert.All(PostgreSqlDoctor.Judge(Postgres, Rights, Facts, 1), finding => Assert.Equal(Works, finding.Level));
        Assert.All(MySqlDoctor.Judge(MySql, MySqlFacts, LetIn, 1), finding => Assert.Equal(Works, finding.Level));
    }

    public static readonly IEnumerable<TheoryDataRow> PostgreSqlGaps =
    [
        Row("no sight",          Rights with { SeesEverything = false }, Facts,                       Sight,            Missing, "grant pg_read_all_stats to \"chatbot\";"),
        Row("no function",       Rights with { Ending = null }, Facts,                                EndingSessions,   Missing, "grant pg_signal_backend to \"chatbot\";"),
        Row("no usage",          Rights with { Ending = Guard with { MayEnter = false } }, Facts,     EndingSessions,   Missing, "grant usage on schema chatbot to \"chatbot\";"),
        Row("no execute",        Rights with { Ending = Guard with { MayCall = false } }, Facts,      EndingSessions,   Missing, "grant execute on function chatbot.end_session("),
        Row("owner is blind",    Rights with { Ending = Guard with { OwnerSees = false } }, Facts,    EndingSessions,   Missing, "grant pg_read_all_stats to chatbot_owner;"),
        Row("owner can't",       Rights with { Ending = Guard with { OwnerSignals = false } }, Facts, EndingSessions,   Missing, "grant pg_signal_backend to chatbot_owner;"),
        Row("list unreadable",   Rights with { Ending = Guard with { OwnerKnowsProtected = false } }, Facts, EndingSessions, Missing, "grant select on chatbot.protected to chatbot_owner;"),
        Row("strange list",      Rights with { Ending = Guard with { StrangeListOwner = "dba" } }, Facts, EndingSessions, Missing, "grant pg_signal_backend to \"dba\";"),
        Row("guard bypassed",    Rights with { SignalsThrough = "pg_signal_backend" }, Facts,         EndingSessions,   Advice,  "revoke \"pg_signal_backend\" from \"chatbot\";"),
        Row("no guard",          Rights with { Ending = null, Signals = true }, Facts,                EndingSessions,   Advice,  null),
        Row("list hidden",       Rights with { Ending = Guard with { ReadsProtected = false } }, Facts, EndingSessions, Missing, "grant select on chatbot.protected to \"chatbot\";"),
        Row("limits optional",   Rights with { Limiting = null }, Facts,                              LimitingAccounts, Advice,  null),
        Row("limits broken",     Rights with { Limiting = Guard with { OwnerCreatesRoles = false } }, Facts, LimitingAccounts, Missing, "alter role chatbot_limiter createrole;"),
        Row("no role granted",   Rights with { Limiting = Guard with { OwnerHasAnyRole = false } }, Facts, LimitingAccounts, Missing, "grant ROLE to chatbot_limiter with admin true, inherit false, set false;"),
        Row("bare CREATEROLE",   Rights with { Limiting = null, CreatesRoles = true }, Facts,         LimitingAccounts, Advice,  null),
        Row("no limit",          Rights with { ConnectionLimit = -1 }, Facts,                         ConnectionLimit,  Advice,  "alter role \"chatbot\" connection limit 3;"),
        Row("limit too small",   Rights with { ConnectionLimit = 2 }, Facts,                          ConnectionLimit,  Missing, "alter role \"chatbot\" connection limit 3;"),
        Row("nasty name",        Rights with { Role = "a\"b", ConnectionLimit = 2 }, Facts,           ConnectionLimit,  Missing, "alter role \"a\"\"b\" connection limit 3;"),
        Row("door not granted",  Rights, Facts with { MayUseReserved = false },                       EmergencyDoor,    Missing, "grant pg_use_reserved_connections to \"chatbot\";"),
        Row("no slots kept",     Rights, Facts with { ForReserved = 0 },                              EmergencyDoor,    Advice,  "alter system set reserved_connections = 3;"),
        Row("neither",           Rights, Facts with { ForReserved = 0, MayUseReserved = false },      EmergencyDoor,    Missing, "grant pg_use_reserved_connections to \"chatbot\";"),
        Row("door not tried",    Rights, Facts with { ThereBefore = 94 },                             EmergencyDoor,    Untried, null),
        Row("database's limit",  Rights, Facts with { DatabaseLimit = 50 },                           EmergencyDoor,    Advice,  null),
        Row("before 16",         Rights, Facts with { ForReserved = null, MayUseReserved = false },   EmergencyDoor,    Advice,  null),
        Row("newer",             Rights with { Version = 190000 }, Facts,                             Connection,       Advice,  null),
        Row("standby",           Rights, Facts with { IsStandby = true },                             Connection,       Advice,  null),
        Row("superuser",         Rights with { IsSuperuser = true }, Facts,                           Connection,       Advice,  null),
    ];

    [Theory]
    [MemberData(nameof(PostgreSqlGaps))]
    public void Every_gap_of_PostgreSQL_is_one_finding_with_its_statement(object rights, object facts, object part, object level, string? statement) =>
        AssertOne(PostgreSqlDoctor.Judge(Postgres, (PostgreSqlRights)rights, (PostgreSqlFacts)facts, 1), (CheckupPart)part, (CheckupLevel)level, statement);

    [Theory]
    [InlineData("orders", "in the database orders")]
    [InlineData("Shop API", "in the database \"Shop API\"")]
    [InlineData("a\nb", "in the database U&\"a\\+00000Ab\"")]
    public void A_function_that_is_missing_or_broken_is_so_in_the_bots_own_database(string database, string words)
    {
        var rights = Rights with { Database = database };
        foreach (var gap in new[]
        {
            rights with { Ending = null }, rights with { Ending = Guard with { MayCall = false } }, rights with { Ending = Guard with { OwnerSees = false } },
            rights with { Ending = Guard with { ReadsProtected = false } }, rights with { Limiting = null }, rights with { Limiting = Guard with { MayEnter = false } },
        })
        {
            var finding = Assert.Single(PostgreSqlDoctor.Judge(Postgres, gap, Facts, 1), finding => finding.Level is not Works);
            Assert.Contains(words, finding.Words, StringComparison.Ordinal);
        }
    }

    public static readonly IEnumerable<TheoryDataRow> MySqlGaps =
    [
        MyRow("no sight",         MySqlFacts with { Sight = Gap }, LetIn,                                    Sight,            Missing, Gap.Statement),
        MyRow("no schema",        MySqlFacts with { PerformanceSchema = false }, LetIn,                      Sight,            Advice,  "performance_schema=ON"),
        MyRow("one gap for both", MySqlFacts with { Ending = Gap, Cancelling = Gap, Limiting = Gap }, LetIn, EndingSessions,   Missing, Gap.Statement),
        MyRow("no cancelling",    MySqlFacts with { Cancelling = Gap }, LetIn,                               EndingSessions,   Missing, Gap.Statement),
        MyRow("owner unknown",    MySqlFacts with { OwnerSight = Gap }, LetIn,                               EndingSessions,   Missing, Gap.Statement),
        MyRow("limits optional",  MySqlFacts with { Limiting = Gap with { Kind = GapKind.NotInstalled } }, LetIn, LimitingAccounts, Advice, Gap.Statement),
        MyRow("limits broken",    MySqlFacts with { Limiting = Gap }, LetIn,                                 LimitingAccounts, Missing, Gap.Statement),
        MyRow("no limit",         MySqlFacts with { OwnLimit = null }, LetIn,                                ConnectionLimit,  Advice,  "alter user `chatbot`@`%` with max_user_connections 3;"),
        MyRow("limit too small",  MySqlFacts with { OwnLimit = 1 }, LetIn,                                   ConnectionLimit,  Missing, "alter user `chatbot`@`%` with max_user_connections 3;"),
        MyRow("door not granted", MySqlFacts with { HasServiceRight = false }, new(false, "It said no."),          EmergencyDoor,    Missing, "grant service_connection_admin on *.* to `chatbot`@`%`;"),
        MyRow("door shut",        MySqlFacts, new(false, "Nobody answers."),                                            EmergencyDoor,    Missing, null),
        MyRow("guard bypassed",   MySqlFacts with { Powers = ["connection_admin"], OwnPowers = ["connection_admin"] }, LetIn, EndingSessions,   Advice,  "revoke connection_admin on *.* from `chatbot`@`%`;"),
        MyRow("no guard",         MySqlFacts with { Powers = ["connection_admin"], HasRoutines = false }, LetIn, EndingSessions, Advice, null),
        MyRow("newer",            MySqlFacts with { Version = new(9, 8, 0) }, LetIn,                        Connection,       Advice,  null),
        MyRow("newer MariaDB",    MySqlFacts with { IsMariaDb = true, Version = new(11, 4, 2) }, LetIn,     Connection,       Advice,  null),
        MyRow("old",              MySqlFacts with { Version = new(8, 0, 15) }, LetIn,                        Connection,       Missing, null),
        MyRow("old MariaDB",      MySqlFacts with { IsMariaDb = true, Version = new(10, 5, 9) }, LetIn,      Connection,       Missing, null),
        MyRow("read-only",        MySqlFacts with { IsReadOnly = true }, LetIn,                              Connection,       Advice,  null),
        MyRow("ends us",          MySqlFacts with { EndsIdleAfter = TimeSpan.FromSeconds(10) }, LetIn,       Connection,       Missing, null),
    ];

    [Theory]
    [MemberData(nameof(MySqlGaps))]
    public void Every_gap_of_MySQL_is_one_finding_with_its_statement(object facts, object secondPort, object part, object level, string? statement) =>
        AssertOne(MySqlDoctor.Judge(MySql, (MySqlFacts)facts, (SecondPortTrial)secondPort, 1), (CheckupPart)part, (CheckupLevel)level, statement);

    [Fact]
    public void Without_a_second_port_the_doctor_says_how_to_get_one()
    {
        var target = MySql with { AdminPort = null };

        AssertOne(MySqlDoctor.Judge(target, MySqlFacts, null, 1), EmergencyDoor, Advice, "\"AdminPort\": 33062");
        AssertOne(MySqlDoctor.Judge(target, MySqlFacts with { SecondPort = null }, null, 1), EmergencyDoor, Advice, "admin_address=127.0.0.1, admin_port=33062");
        AssertOne(MySqlDoctor.Judge(target, MySqlFacts with { SecondPort = null, IsMariaDb = true, Version = new(10, 11) }, null, 1), EmergencyDoor, Advice, "extra_port=3307");

        // Whose right it takes on MySQL: the setting alone would open nothing.
        const string Grant = "And as root: grant service_connection_admin on *.* to `chatbot`@`%`;";
        foreach (var facts in new[] { MySqlFacts, MySqlFacts with { SecondPort = null } })
        {
            Assert.Null(Door(facts).Afterwards);
            Assert.Equal(Grant, Door(facts with { HasServiceRight = false }).Afterwards);
            Assert.Null(Door(facts with { HasServiceRight = false, IsMariaDb = true, Version = new(10, 11) }).Afterwards);
        }

        Assert.Equal(Untried, Door(MySqlFacts with { SecondPort = null, Powers = ["connection_admin"] }).Level);

        CheckupFinding Door(MySqlFacts facts) => MySqlDoctor.Judge(target, facts, null, 1).Single(finding => finding.Part is EmergencyDoor);
    }

    [Theory]
    [InlineData(false, "any session but those of accounts with SYSTEM_USER")]
    [InlineData(true, "any session, root's as well")]
    public void Whom_the_bots_own_account_could_end_is_said_as_the_server_has_it(bool isMariaDb, string words)
    {
        var facts = MySqlFacts with { IsMariaDb = isMariaDb, Version = new(10, 6), Powers = ["connection admin"] };
        foreach (var given in new[] { facts, facts with { HasRoutines = false } })
        {
            Assert.Contains(MySqlDoctor.Judge(MySql, given, LetIn, 1), finding => finding.Level is Advice && finding.Words.Contains(words, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_second_port_by_which_the_bot_just_came_in_is_proven()
    {
        var door = MySqlDoctor.Judge(MySql, MySqlFacts with { HasServiceRight = false }, new SecondPortTrial(WasNeeded: true, Trouble: null), 1).Single(finding => finding.Part is EmergencyDoor);

        Assert.Equal((Works, "The first port did not let the bot in just now, and the second one, 33062, did. On a full server that is its way in."), (door.Level, door.Words));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("OFF", false)] // MariaDB from 12 on
    [InlineData("ON", true)]
    [InlineData("NO_LOCK", true)]
    public void A_server_is_read_only_by_a_number_or_a_word(string setting, bool isReadOnly) => Assert.Equal(isReadOnly, MySqlFacts.IsReadOnlyBy(setting));


    [Fact]
    public void Behind_a_proxy_nothing_else_is_worth_saying() =>
        Assert.Contains("proxy", Assert.Single(MySqlDoctor.Judge(MySql, MySqlFacts with { IsThroughProxy = true }, null, 1)).Words, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 3, Works)]
    [InlineData(2, 3, Missing)]
    [InlineData(2, 5, Works)]
    [InlineData(3, 6, Missing)]
    internal void A_limit_is_enough_for_so_many_replicas(int replicas, int limit, CheckupLevel level) =>
        Assert.Equal(level, PostgreSqlDoctor.Judge(Postgres, Rights with { ConnectionLimit = limit }, Facts, replicas).Single(finding => finding.Part is ConnectionLimit).Level);

    [Theory]
    [InlineData("db.example.com", SslMode.VerifyFull, true, null)]
    [InlineData("db.example.com", SslMode.Require, true, "not verified")]
    [InlineData("db.example.com", SslMode.Prefer, false, "not encrypted")]
    [InlineData("10.0.0.5", SslMode.Disable, false, "not encrypted")]
    [InlineData("127.0.0.1", SslMode.Disable, false, null)]
    [InlineData("/run/postgresql", SslMode.Disable, false, null)]
    public void Encryption_is_missed_where_somebody_can_sit_in_between(string host, SslMode tls, bool isEncrypted, string? words)
    {
        var advice = PostgreSqlDoctor.Judge(Postgres with { Host = host, Tls = tls }, Rights, Facts with { IsEncrypted = isEncrypted }, 1).Where(finding => finding.Level is not Works);

        if (words is null)
        {
            Assert.Empty(advice);
        }
        else
        {
            Assert.Contains(words, Assert.Single(advice).Words, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(DatabaseEngine.PostgreSql, 6432, "PgBouncer")]
    [InlineData(DatabaseEngine.MySql, 6033, "ProxySQL")]
    [InlineData(DatabaseEngine.MySql, 6432, null)]
    [InlineData(DatabaseEngine.PostgreSql, 5432, null)]
    internal void A_port_that_is_usually_a_poolers_is_pointed_out(DatabaseEngine engine, int port, string? usual)
    {
        var target = new TargetOptions { Name = "db", Engine = engine, Host = "db", Port = port, User = "chatbot", Environment = "PRODUCTION" };

        var found = TargetDoctor.Settings(target).ToList();

        Assert.Equal(usual is null ? 0 : 1, found.Count);
        Assert.All(found, finding => Assert.Contains(usual!, finding.Words, StringComparison.Ordinal));
    }

    [Fact]
    public void A_bot_that_may_only_watch_needs_no_right_to_change_anything()
    {
        var ending = new CheckupFinding(EndingSessions, Missing, "It can't.", "grant it;");

        Assert.Equal(Missing, TargetDoctor.InMode(TargetMode.Act, ending).Level);
        Assert.Equal(Advice, TargetDoctor.InMode(TargetMode.Observe, ending).Level);
        Assert.Equal(Missing, TargetDoctor.InMode(TargetMode.Observe, ending with { Part = Sight }).Level);
    }

    [Fact]
    public void Servers_are_the_same_when_they_started_at_the_same_moment_and_are_no_copies()
    {
        var server = new ServerIdentity(DateTimeOffset.UnixEpoch, 7);

        Assert.True(server.IsSameAs(server with { System = null }));
        Assert.False(server.IsSameAs(server with { StartedAt = DateTimeOffset.UnixEpoch.AddMicroseconds(1) })); // its standby
        Assert.False(server.IsSameAs(server with { System = 8 }));
    }

    private static void AssertOne(IReadOnlyList<CheckupFinding> findings, CheckupPart part, CheckupLevel level, string? statement)
    {
        var finding = Assert.Single(findings, finding => finding.Level is not Works);
        Assert.Equal((part, level), (finding.Part, finding.Level));
        if (statement is null)
        {
            Assert.Null(finding.Statement);
        }
        else
        {
            Assert.Contains(statement, finding.Statement, StringComparison.Ordinal);
            Assert.EndsWith(":", finding.Words, StringComparison.Ordinal);
        }
    }

    private static TheoryDataRow Row(string name, PostgreSqlRights rights, PostgreSqlFacts facts, CheckupPart part, CheckupLevel level, string? statement) =>
        new(rights, facts, part, level, statement) { TestDisplayName = name };

    private static TheoryDataRow MyRow(string name, MySqlFacts facts, SecondPortTrial secondPort, CheckupPart part, CheckupLevel level, string? statement) =>
        new(facts, secondPort, part, level, statement) { TestDisplayName = name };
}

using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Tests.Findings.Causes.Crowds;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Situations of servers on which one cause is at work.</summary>
public class VerdictTests
{
    private static readonly Crowd[] Steady = [Running("orders-api", 4, 0.1), Pool("orders-api", 8)];

    public static readonly IEnumerable<TheoryDataRow<Symptoms, Cause, string>> Situations =
    [
        // Quiet servers
        Row("nobody there", Server(97), NotExhausted, ""),
        Row("a quiet server", Server(97, Steady), NotExhausted, ""),
        Row("a quiet tiny one", Server(17, Pool("orders-api", 5)), NotExhausted, ""),
        Row("a quiet big one", Server(5000, Pool("orders-api", 900, clients: 40)), NotExhausted, ""),
        Row("just below the mark", Server(100, Leaked("orders-api", 79)), NotExhausted, ""),
        Row("at the mark", Server(100, Leaked("orders-api", 80)), IdleLeak, "orders-api"),
        Row("a first look at a quiet one", FirstLook(97, Steady), NotExhausted, ""),
        Row("a quiet one, unseen", Server(97, Steady).Sightless(), NotExhausted, ""),

        // Locks
        Row("a third waits", Server(97, Waiting("stock-api", 30), Pool("orders-api", 60)), LockPileUp, ""),
        Row("29 % wait, and no root is seen", Server(100, Waiting("stock-api", 29), Pool("orders-api", 71)), PodsTimesPool, "orders-api"),
        Row("all wait for one", Server(97, Waiting("stock-api", 95), InTransaction("stock-api", 1, 300)).Blocked(Root(95)), LockPileUp, "stock-api"),
        Row("a root blocks a tenth", Server(97, Waiting("stock-api", 20), Pool("orders-api", 50, still: 5), Running("a", 20, 1)).Blocked(Root(20)), LockPileUp, "stock-api"),
        Row("a prepared transaction blocks", Server(17, Waiting("stock-api", 14)).Blocked(Root(14, "", SessionActivity.Prepared)), LockPileUp, "shop"),
        Row("tiny: six of 17 wait", Server(17, Waiting("stock-api", 6), Pool("orders-api", 10)).Blocked(Root(6)), LockPileUp, "stock-api"),
        Row("tiny: two of 17 wait", Server(17, Waiting("stock-api", 2), Pool("orders-api", 14)).Blocked(Root(2)), PodsTimesPool, "orders-api"),
        Row("big: a tenth waits", Server(5000, Waiting("stock-api", 600), Running("a", 2000, 1), Pool("orders-api", 2200, clients: 90)).Blocked(Root(600)), LockPileUp, "stock-api"),
        Row("big: five wait", Server(5000, Waiting("stock-api", 5), Pool("orders-api", 4900, clients: 90), Running("a", 50, 1)).Blocked(Root(5)), PodsTimesPool, "orders-api"),

        // Open transactions
        Row("open for minutes", Server(97, InTransaction("billing", 60, 400), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("a quarter, open for 61 s", Server(97, InTransaction("billing", 24, 61), Running("orders-api", 40, 1), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("a quarter, open for 59 s", Server(97, InTransaction("billing", 24, 59), Running("orders-api", 40, 1), Pool("orders-api", 30)), Undetermined, ""),
        Row("most, for 5 s", Server(97, InTransaction("billing", 60, 5), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("most, for less", Server(97, InTransaction("billing", 60, 4.9), Pool("orders-api", 30)), Undetermined, ""),
        Row("most, but one of them is old", Server(97, InTransaction("billing", 30, 600) with { AtItLong = 1, Left = 1 }, Pool("orders-api", 60)), PodsTimesPool, "orders-api"),
        Row("another service's old one", Server(97, InTransaction("billing", 22, 5), InTransaction("audit", 1, 900), Running("orders-api", 70, 1)), Undetermined, ""),
        Row("first look at open transactions", FirstLook(97, InTransaction("billing", 60, 400), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("tiny: half in transactions", Server(17, InTransaction("billing", 9, 5), Pool("orders-api", 7)), TransactionLeak, "billing"),
        Row("tiny: two are no cause", Server(17, InTransaction("billing", 2, 900), Pool("orders-api", 15)), PodsTimesPool, "orders-api"),
        Row("big: 1,200 of 5,000", Server(5000, InTransaction("billing", 1200, 90), Pool("orders-api", 2000), Running("orders-api", 1500, 1)), TransactionLeak, "billing"),

        // Slow statements
        Row("slow statements", Server(97, Running("search", 70, 40), Pool("orders-api", 20)), SlowQueries, "search"),
        Row("half of them is not more than half", Server(100, Running("search", 50, 40), InTransaction("b", 15, 5), Pool("orders-api", 35)), Undetermined, ""),
        Row("slow in two services alike", Server(97, Running("search", 35, 40), Running("stock", 35, 40), Pool("orders-api", 20)), SlowQueries, ""),
        Row("just more than half", Server(100, Running("search", 51, 40), InTransaction("b", 15, 5), Pool("orders-api", 34)), SlowQueries, "search"),
        Row("slow from 5 s on", Server(100, Running("search", 60, 5), Pool("orders-api", 30)), SlowQueries, "search"),
        Row("not slow below", Server(100, Running("search", 60, 4.9), Pool("orders-api", 30)), Undetermined, ""),
        Row("most of what runs is short", Server(100, Running("search", 30, 40), Running("a", 45, 1), Pool("orders-api", 20)), Undetermined, ""),
        Row("a straggler among many of the same", Server(97, Running("orders-api", 90, 5.2) with { AtItLong = 1 }), TooSmall, "orders-api"),
        Row("half of what runs is long", Server(97, Running("orders-api", 90, 20) with { AtItLong = 45 }), SlowQueries, "orders-api"),
        Row("less than half of what runs is long", Server(97, Running("orders-api", 90, 20) with { AtItLong = 44 }), Undetermined, ""),
        Row("slow, but few", Server(100, Running("search", 30, 40), InTransaction("b", 15, 5), Running("a", 12, 1), Pool("orders-api", 40)), Undetermined, ""),
        Row("tiny: slow", Server(17, Running("search", 12, 15), Pool("orders-api", 4)), SlowQueries, "search"),
        Row("first look at slow ones", FirstLook(17, Running("search", 16, 15)), SlowQueries, "search"),

        // Leaks
        Row("a leak", Server(97, Leaked("checkout-api", 58), Running("checkout-api", 3, 0.1), Pool("orders-api", 36)), IdleLeak, "checkout-api"),
        Row("a young leak, others of it turn over", Server(97, Leaked("checkout-api", 58, 40), Turning("checkout-api", 3), Pool("orders-api", 30)), IdleLeak, "checkout-api"),
        Row("a young leak, two others of it turn over", Server(97, Leaked("checkout-api", 58, 40), Turning("checkout-api", 2), Pool("orders-api", 30)), Undetermined, ""),
        Row("a young leak, others of it work", Server(97, Leaked("checkout-api", 58, 40), Running("checkout-api", 4, 0.1), Pool("orders-api", 30)), IdleLeak, "checkout-api"),
        Row("a young leak that rises", Server(97, Leaked("checkout-api", 58, 40) with { Born = 3 }, Pool("orders-api", 30)).Rise(3), IdleLeak, "checkout-api"),
        Row("new ones instead of old ones", Server(97, Leaked("checkout-api", 58, 40) with { Born = 3 }, Pool("orders-api", 30)).Rise(0), Undetermined, ""),
        Row("new ones at another address", Server(97, Leaked("checkout-api", 58, 40), Pool("checkout-api", 3) with { Clients = 3, Born = 3, Database = "other" }, Pool("orders-api", 30)).Rise(3), Undetermined, ""),
        Row("nothing of it moves", Server(97, Leaked("checkout-api", 90, 40)), Undetermined, ""),
        Row("nothing of it moves, for 10 min", Server(97, Leaked("checkout-api", 90, 600)), IdleLeak, "checkout-api"),
        Row("nothing of it moves, for less", Server(97, Leaked("checkout-api", 90, 599)), Undetermined, ""),
        Row("nine statements, for 29 min", Server(97, Nine(90, 1799)), Undetermined, ""),
        Row("nine statements, for 30 min", Server(97, Nine(90, 1800)), IdleLeak, "checkout-api"),
        Row("nine statements, and it rises", Server(97, [.. Nine(87, 60), Idle("checkout-api", 3, 1, born: 3)]).Rise(3), IdleLeak, "checkout-api"),
        Row("what all of it runs", Server(97, Leaked("checkout-api", 60, 40), Pool("checkout-api", 20, clients: 1, statement: "select * from carts where id = ?")), Undetermined, ""),
        Row("what half of it runs", Server(97, Leaked("checkout-api", 60, 40), Pool("checkout-api", 10, clients: 1, statement: "select * from carts where id = ?"), Turning("checkout-api", 10)), IdleLeak, "checkout-api"),
        Row("what more than half of it runs", Server(97, Leaked("checkout-api", 60, 40), Pool("checkout-api", 11, clients: 1, statement: "select * from carts where id = ?"), Turning("checkout-api", 10)), Undetermined, ""),
        Row("two services leak alike", Server(97, Leaked("a", 42, 40), Turning("a", 6), Leaked("b", 42, 40, "select ? from b"), Turning("b", 6)), IdleLeak, ""),
        Row("two services leak, one more", Server(97, Leaked("a", 50, 40), Turning("a", 4), Leaked("b", 36, 40, "select ? from b"), Turning("b", 4)), IdleLeak, "a"),
        Row("two services rest alike for 12 min", Server(97, Leaked("a", 45), Leaked("b", 45)), Undetermined, ""),
        Row("two services rest, one more", Server(97, Leaked("a", 50, 40), Leaked("b", 40, 40)), Undetermined, ""),
        Row("more than 50 pods leak", Server(997, Leaked("checkout-api", 900) with { Clients = 300 }).Cut(), IdleLeak, "checkout-api"),
        Row("a service that leaks part of its sessions", Server(97, Leaked("checkout-api", 40), Pool("checkout-api", 30), Running("a", 20, 1)), IdleLeak, "checkout-api"),
        Row("tiny: a leak", Server(17, Leaked("checkout-api", 12), Pool("orders-api", 4)), IdleLeak, "checkout-api"),
        Row("tiny: a leak beside nobody", Server(17, Leaked("checkout-api", 16)), IdleLeak, "checkout-api"),
        Row("big: a leak", Server(5000, Leaked("checkout-api", 3000), Pool("orders-api", 1900, clients: 60)), IdleLeak, "checkout-api"),
        Row("first look at an old leak", FirstLook(97, Leaked("checkout-api", 80), Pool("orders-api", 15)), IdleLeak, "checkout-api"),
        Row("first look at a young one", FirstLook(97, Idle("checkout-api", 80, 10) with { Age = Seconds(20) }, Running("a", 15, 1)), Undetermined, ""),
        Row("a user whose clients send no name", Server(97, Leaked("", 80)), IdleLeak, "shop"),
        Row("a driver's name is nobody's", Server(97, Leaked("PostgreSQL JDBC Driver", 80)), IdleLeak, "shop"),

        // Leaks where the server tells no last statement: only a rise tells, or half an hour
        Row("untold, 40 s", Server(97, Leaked("checkout-api", 58, 40), Turning("checkout-api"), Pool("orders-api", 30)).Untold(), Undetermined, ""),
        Row("untold, and it rises", Server(97, Leaked("checkout-api", 58, 40) with { Born = 3 }, Pool("orders-api", 30)).Rise(3).Untold(), IdleLeak, "checkout-api"),
        Row("untold, and two more", Server(97, Leaked("checkout-api", 58, 40) with { Born = 2 }, Pool("orders-api", 30)).Rise(2).Untold(), Undetermined, ""),
        Row("untold, for 30 min", Server(97, Leaked("checkout-api", 58, 1800), Pool("orders-api", 36)).Untold(), IdleLeak, "checkout-api"),
        Row("untold, for less", Server(97, Leaked("checkout-api", 58, 1799), Pool("orders-api", 36)).Untold(), Undetermined, ""),
        Row("untold, first look, for 30 min", FirstLook(97, Leaked("checkout-api", 58, 1800), Pool("orders-api", 36)).Untold(), IdleLeak, "checkout-api"),
        Row("untold, pods of one service", Server(97, Leaked("checkout-api", 90, 35) with { Clients = 18 }).Untold(), Undetermined, ""),
        Row("untold, leaked in part, and it rises", Server(97, Leaked("checkout-api", 40, 35) with { Born = 4 }, Pool("checkout-api", 30), Running("a", 20, 1)).Rise(4).Untold(), IdleLeak, "checkout-api"),
        Row("untold, and few stand still", Server(97, Leaked("checkout-api", 20, 35), Pool("checkout-api", 70)).Untold(), PodsTimesPool, "checkout-api"),
        Row("untold, and used in turns", Server(97, Pool("checkout-api", 90)).Untold(), PodsTimesPool, "checkout-api"),
        Row("untold, two services rest alike", Server(97, Leaked("a", 45, 1800), Leaked("b", 45, 1800)).Untold(), Undetermined, ""),
        Row("untold, first look at two services in use", FirstLook(97, Pool("a", 45), Pool("b", 45)).Untold(), PodsTimesPool, ""),
        Row("untold, several quiet services", Server(97, Leaked("a", 31), Leaked("b", 31), Leaked("c", 31)).Untold(), PodsTimesPool, ""),
        Row("untold, tiny: a leak", Server(17, Leaked("", 12, 1800), Pool("orders-api", 4)).Untold(), IdleLeak, "shop"),
        Row("PostgreSQL always tells: none ran", Server(97, Idle("checkout-api", 90, 60, "", still: 90, clients: 5)), PodsTimesPool, "checkout-api"),

        // Pools that rest are no leak
        .. new[] { "ROLLBACK", "COMMIT", "SET autocommit = ?", "SELECT ?", "select ?;", "discard all", "SHOW TRANSACTION ISOLATION LEVEL", "reset connection", "ping" }.Select(statement =>
            Row($"resting after {statement}", Server(97, Idle("checkout-api", 90, 2400, statement, still: 90, clients: 5)), PodsTimesPool, "checkout-api")),
        Row("a quiet hour of one service, beside a small one", Server(97, Idle("orders-api", 60, 40, "COMMIT", still: 60, clients: 8), Pool("orders-api", 20, clients: 8), Pool("a", 10)), PodsTimesPool, ""),
        Row("a select of a row is no validation", Server(97, Leaked("checkout-api", 90, 600, "select ? from carts")), IdleLeak, "checkout-api"),
        Row("several quiet services", Server(97, Leaked("a", 31), Leaked("b", 31), Leaked("c", 31)), PodsTimesPool, ""),
        Row("a pooler's stock", Server(97, Leaked("checkout-api", 65), Pool("checkout-api", 10), Running("a", 10, 0.1)).Behind(Pooled(5, 100, 0, free: 65)), PodsTimesPool, "checkout-api"),
        Row("a leak beside a pooler's stock", Server(97, Leaked("checkout-api", 65), Pool("checkout-api", 10), Running("a", 10, 0.1)).Behind(Pooled(5, 100, 0, free: 15)), IdleLeak, "checkout-api"),
        Row("pods in use", Server(97, Pool("orders-api", 45, clients: 9), Pool("stock-api", 45, clients: 9)), PodsTimesPool, ""),
        Row("pods of one service, in use", Server(97, Pool("orders-api", 93, clients: 18)), PodsTimesPool, "orders-api"),
        Row("tiny: pods in use", Server(17, Pool("orders-api", 8), Pool("stock-api", 8)), PodsTimesPool, ""),
        Row("big: pods in use", Server(5000, Pool("orders-api", 2500, clients: 50), Pool("stock-api", 2400, clients: 48)), PodsTimesPool, ""),
        Row("first look at pods", FirstLook(97, Pool("orders-api", 45), Pool("stock-api", 45)), PodsTimesPool, ""),
        Row("a pool that fills at its start", Server(97, Pool("orders-api", 80) with { Born = 80, Age = Seconds(5) }).Since(5, logins: 80, refusals: null), Undetermined, ""),
        Row("big: pools that fill, and a few who leave", Server(5000, Pool("orders-api", 4900, clients: 50) with { Born = 2000 }).Since(5, logins: 2100, refusals: null), PodsTimesPool, "orders-api"),

        // Storms
        Row("come and gone", Server(97, Fleeting("php-cgi", 90)).Since(30, logins: 3000, refusals: null), ConnectionStorm, "php-cgi"),
        Row("come and gone, and at work each time", Server(40, Running("thumbnailer", 31, 0.4) with { Born = 28, Age = Seconds(1) }, Pool("orders-api", 4)).Since(2, logins: 60, refusals: null), ConnectionStorm, "thumbnailer"),
        Row("tiny: come and gone", Server(17, Fleeting("php-fpm", 15)).Since(5, logins: 40, refusals: null), ConnectionStorm, "php-fpm"),
        Row("a slow machine: most are still there", Server(40, Fleeting("thumbs", 34), Pool("worker", 4)).Since(2.5, logins: 40, refusals: null), ConnectionStorm, "thumbs"),
        Row("a slow machine: all are still there", Server(40, Fleeting("thumbs", 34), Pool("worker", 4)).Since(2.5, logins: 36, refusals: null), Undetermined, ""),
        Row("a small storm hides nothing, where the server knows no ages", Server(97, Pool("orders-api", 80) with { Age = null }, Fleeting("php", 10) with { Age = null }).Since(10, 200, null), PodsTimesPool, ""),
        Row("no counter, half are new", Server(17, Fleeting("php-fpm", 15)).Since(2, logins: null, refusals: null), ConnectionStorm, "php-fpm"),
        Row("refused in a loop", Server(97, Pool("orders-api", 40), Running("a", 20, 1), Waiting("c", 20)).Since(10, logins: 5, refusals: 900), ConnectionStorm, ""),
        Row("logging in", Server(17, Running("a", 3, 1)).Look(look => look with { Starting = 8 }) with { RefusedLogins = 3 }, ConnectionStorm, ""),
        Row("refused with slots to spare", Server(97, Running("a", 20, 1), Pool("b", 20)).Usage(usage => usage with { RefusedLogins = 5 }), ConnectionStorm, ""),
        Row("refused a while ago, with slots to spare now", Server(97, Running("a", 20, 1), Pool("b", 20)) with { RefusedLogins = 5 }, Undetermined, ""),
        Row("refused, and nobody logs in", Server(97, Running("a", 20, 1), Pool("b", 20)).Usage(usage => usage with { RefusedLogins = 5 }).Look(look => look with { Starting = 0 }), Undetermined, ""),
        Row("too short to be seen, and counted by user", Server(97, Pool("orders-api", 60), Fleeting("php", 1) with { User = "web" }, Running("a", 30, 1)).Since(30, 3000, null)
            .Look(look => look with { Since = look.Since! with { ByUser = [new UserLogins(Name("web"), 2900), new UserLogins(Name("shop"), 100)] } }), PodsTimesPool, "orders-api"),

        // Users of another kind
        Row("a monitor", Server(97, Pool("postgres_exporter", 60), Running("orders-api", 20, 1), Pool("orders-api", 10)), Outlier, "postgres_exporter"),
        Row("a batch job at work", Server(97, Running("nightly-report", 60, 2, clients: 1), Pool("orders-api", 30)), Outlier, "nightly-report"),
        Row("a batch job at slow work", Server(97, Running("nightly-report", 60, 600, clients: 1), Pool("orders-api", 30)), SlowQueries, "nightly-report"),
        Row("a service that is called like a job, and leaks", Server(97, Leaked("export-api", 70, 900), Pool("orders-api", 20)), IdleLeak, "export-api"),
        Row("a service that is called like a report, and leaks", Server(97, Leaked("reports-api", 70, 40), Turning("reports-api"), Pool("orders-api", 20)), IdleLeak, "reports-api"),
        Row("consoles that were left open", Server(97, Leaked("psql", 60, 7200), Running("orders-api", 30, 1)), Outlier, "psql"),
        Row("tiny: a person", Server(17, Idle("psql", 9, 300, still: 9), Running("orders-api", 5, 1)), Outlier, "psql"),
        Row("an account that says it", Server(97, Pool("", 50, clients: 2) with { User = "metabase" }, Running("orders-api", 40, 1)), Outlier, "metabase"),
        Row("a backup", Server(97, Running("pg_dump", 40, 500, clients: 1), Running("orders-api", 20, 1), Pool("orders-api", 25)), Outlier, "pg_dump"),
        Row("a service that is called like a job, with pods", Server(97, Leaked("job-board", 80) with { Clients = 8 }), IdleLeak, "job-board"),
        Row("a monitor that holds little", Server(97, Idle("datadog-agent", 5, 10), Pool("orders-api", 80)), PodsTimesPool, "orders-api"),

        // More work than slots
        Row("everybody works", Server(97, Running("orders-api", 60, 0.2), Running("stock-api", 35, 0.3)), TooSmall, ""),
        Row("chatty transactions", Server(97, InTransaction("orders-api", 52, 0.05), Running("orders-api", 38, 0.2)), TooSmall, "orders-api"),
        Row("everybody works, and one is slow", Server(97, Running("orders-api", 90, 0.2), Running("search", 1, 60)), TooSmall, ""),
        Row("tiny: everybody works", Server(17, Running("orders-api", 16, 0.5)), TooSmall, "orders-api"),
        Row("big: everybody works", Server(5000, Running("orders-api", 4900, 0.5)), TooSmall, "orders-api"),

        // Nothing stands out
        Row("a bit of everything", Server(97, Running("a", 40, 1), InTransaction("b", 15, 5), Pool("c", 38)), Undetermined, ""),
        Row("full, unseen", Server(97, Leaked("checkout-api", 90)).Sightless(), Undetermined, ""),
        Row("full and refusing, unseen", Server(97, Leaked("checkout-api", 97)).Sightless() with { RefusedLogins = 4 }, Undetermined, ""),
        Row("nobody got in", Nobody(refused: 40), Undetermined, ""),
        Row("nobody got in, and nobody was refused", Nobody(), Undetermined, ""),
    ];

    [Theory]
    [MemberData(nameof(Situations))]
    public void The_cause_is_named(Symptoms symptoms, Cause cause, string culprit)
    {
        var verdict = VerdictRule.Judge(symptoms);

        Assert.Equal((cause, culprit), (verdict.Cause, verdict.Culprit.Value));
        Assert.False(string.IsNullOrWhiteSpace(verdict.Summary.ToString()));
        Assert.Equal(StepWorths.Names, verdict.Steps.Select(step => step.Step));
    }

    [Fact]
    public void A_leak_is_summed_up_in_one_sentence_that_a_DBA_nods_at()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 58), Running("checkout-api", 3, 0.1), Pool("orders-api", 36)));

        Assert.Equal(
            "checkout-api holds 61 of 97 slots and gives none back: 58 idle for 30 s or longer, most for 12 min, all after the same statement.",
            verdict.Summary.ToString());
        Assert.Equal("58 of them stopped after the same statement: select * from carts where id = ?", verdict.Shared!.ToString());
        Assert.Equal(
            [
                "checkout-api holds 61 of 97 taken slots; 58 of its 58 idle sessions did nothing for 30 s or longer.",
                "58 of them stopped after the same statement, which brings no connection back to a pool.",
                "Meanwhile 3 of its other sessions are used in turns, after other statements.",
                "Most of them have been idle for 12 min or longer; most pools close a connection that rests for 10 min.",
            ],
            verdict.For.Take(4).Select(reason => reason.Words.ToString()));
        Assert.Empty(verdict.Against);
        Assert.Empty(verdict.Also);
    }

    [Fact]
    public void Two_services_that_leak_are_both_named()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("a", 42, 40), Turning("a", 6), Leaked("b", 41, 40, "select ? from b"), Turning("b", 6)));

        Assert.Equal(
            "a and b hold 95 of 97 slots and give none back: 42 idle for 30 s or longer, most for 40 s, all after the same statement; 41 idle for 30 s or longer, most for 40 s, all after the same statement.",
            verdict.Summary.ToString());
        Assert.Empty(verdict.Also);
    }

    [Fact]
    public void A_leak_that_only_stands_still_is_said_to_be_doubtful()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 90, 660)));

        Assert.Equal(
            "Nothing of it moved, so its pool may rest: one that is never smaller than its largest size (HikariCP, unless told otherwise) keeps connections for up to 30 min.",
            Assert.Single(verdict.Against).Words.ToString());
        Assert.Empty(VerdictRule.Judge(Server(97, Leaked("checkout-api", 90, 1800))).Against);
    }

    [Fact]
    public void A_leak_without_last_statements_is_said_to_be_doubtful()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 58, 35) with { Born = 5 }, Pool("orders-api", 36)).Rise(5).Untold());

        Assert.Equal("checkout-api holds 58 of 97 slots and gives none back: 58 idle for 30 s or longer, most for 35 s.", verdict.Summary.ToString());
        Assert.StartsWith("The server doesn't tell what their last statement was", Assert.Single(verdict.Against).Words.ToString(), StringComparison.Ordinal);
        Assert.Contains(verdict.For, reason => reason.Words.ToString()
            == "It opened 5 more in the last 30 s, where others of it stood still: a pool takes one that rests before it opens another.");
        Assert.Null(verdict.Shared);
        Assert.Contains(verdict.Unseen, words => words.ToString().Contains("performance schema", StringComparison.Ordinal));
    }

    [Fact]
    public void Until_something_tells_nobody_is_accused_and_what_would_tell_is_said()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 58, 40), Pool("orders-api", 36)));

        Assert.Equal((Undetermined, ""), (verdict.Cause, verdict.Culprit.Value));
        Assert.Equal(
            "94 of 97 slots of the server are taken. checkout-api may leak, or its pool rests (58 of its 58 sessions idle for 30 s or longer): nothing that was seen tells which.",
            verdict.Summary.ToString());
        Assert.Contains(verdict.For, reason => reason.Words.ToString()
            == "58 idle sessions of checkout-api stand still, 58 of them after the same statement, while hardly any other session of it moves.");
        Assert.Contains(verdict.For, reason => reason.Words.ToString()
            == "A leak would open more beside them, or keep them for longer than pools do: 10 min after the same statement, else 30 min.");
        Assert.DoesNotContain(
            VerdictRule.Judge(Server(97, Running("a", 40, 1), InTransaction("b", 15, 5), Pool("c", 38)).Untold()).For,
            reason => reason.Words.ToString().Contains("leak", StringComparison.Ordinal));
    }

    [Fact]
    public void The_age_of_open_transactions_is_the_culprits_own()
    {
        var verdict = VerdictRule.Judge(Server(97, InTransaction("billing", 60, 130), InTransaction("audit", 1, 9000), Pool("orders-api", 30)));

        Assert.Equal("billing holds 60 of 97 slots with open transactions and does nothing in them, the oldest for 2 min; 60 stopped after the same statement.", verdict.Summary.ToString());
        Assert.Equal("61 of 91 sessions have done nothing in an open transaction for 60 s or longer.", verdict.For[0].Words.ToString());
    }

    [Fact]
    public void A_service_with_more_pods_than_are_listed_is_counted_whole()
    {
        var verdict = VerdictRule.Judge(Server(997, Leaked("checkout-api", 900) with { Clients = 300 }).Cut());

        Assert.Equal("checkout-api holds 900 of 997 slots and gives none back: 900 idle for 30 s or longer, most for 12 min, all after the same statement.", verdict.Summary.ToString());
        var pods = VerdictRule.Judge(Server(997, Pool("checkout-api", 900, clients: 300)).Cut());
        Assert.Contains(pods.For, reason => reason.Words.ToString() == "Applications with a part of them: 1; client addresses: 300.");
    }

    [Theory]
    [InlineData(0.02, "", Worth.Useless)]
    [InlineData(0.99, "", Worth.Useless)]
    [InlineData(1, "stock-api", Worth.Helps)]
    public void Ending_the_holder_of_a_row_that_everybody_wants_brings_nothing(double seconds, string culprit, Worth endBlocker)
    {
        var verdict = VerdictRule.Judge(Server(97, Waiting("stock-api", 50, 0.5), Pool("orders-api", 40)).Blocked(Root(50, seconds: seconds)));

        Assert.Equal((LockPileUp, culprit, endBlocker), (verdict.Cause, verdict.Culprit.Value, verdict.Of("end-blocker")!.Worth));
    }

    [Fact]
    public void What_nobody_can_end_is_not_called_a_help()
    {
        static Worth Of(params Blocker[] roots) => VerdictRule.Judge(Server(97, Waiting("stock-api", 50), Pool("orders-api", 40)).Blocked(roots)).Of("end-blocker")!.Worth;

        Assert.Equal(Worth.Useless, Of());
        Assert.Equal(Worth.Useless, Of(Root(50, isProtected: true)));
        Assert.Equal(Worth.Useless, Of(Root(50, activity: SessionActivity.Prepared)));
        Assert.Equal(Worth.Useless, Of(Root(50) with { Application = Name("pg_dump") }));
        Assert.Equal(Worth.Useless, Of(Root(50, activity: SessionActivity.Running) with { Statement = Name("alter table orders add column note text") }));
        Assert.Equal(Worth.Helps, Of(Root(50, activity: SessionActivity.IdleInTransaction) with { Statement = Name("alter table orders add column note text") })); // left open
        Assert.Equal(Worth.Helps, Of(Root(50)));
        var gate = new BlockingGate(4712, Name("release-script"), Name("releaser"), Name("alter table orders add column note text"), Seconds(9), 48);
        Assert.Equal(Worth.Helps, Of(Root(50, isProtected: true) with { Gate = gate })); // cancelled, it lets them go on
    }

    [Fact]
    public void The_root_and_the_gate_are_both_named()
    {
        var gate = new BlockingGate(4712, Name("release-script"), Name("releaser"), Name("alter table orders add column note text"), Seconds(9), 48);
        var verdict = VerdictRule.Judge(Server(97, Waiting("stock-api", 50), Pool("orders-api", 40)).Blocked(Root(50, "pg_dump") with { Gate = gate }));

        Assert.Equal(
            "One session of pg_dump makes 50 others wait for its locks, 48 of them only behind a waiting statement of release-script; it is doing nothing in a transaction that has been open for 5 min.",
            verdict.Summary.ToString());
    }

    [Theory]
    [InlineData(null, Worth.Useless)]
    [InlineData(16, Worth.Useless)]
    [InlineData(48, Worth.Helps)]
    public void More_slots_help_only_a_machine_that_is_known_to_do_more(int? processors, Worth raiseLimit)
    {
        var verdict = VerdictRule.Judge(Server(97, Running("orders-api", 95, 0.2)).Look(look => look with { Processors = processors }));

        Assert.Equal((TooSmall, raiseLimit), (verdict.Cause, verdict.Of("raise-limit")!.Worth));
        Assert.Equal(processors is 16, verdict.Against.Any(reason => reason.Words.ToString().Contains("16 processors", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_storm_of_nobody_has_no_account_to_limit()
    {
        Assert.Equal(Worth.Useless, VerdictRule.Judge(Server(97, Running("a", 20, 1), Pool("b", 20)).Usage(usage => usage with { RefusedLogins = 5 })).Of("limit-role")!.Worth);
        Assert.Equal(Worth.Helps, VerdictRule.Judge(Server(97, Fleeting("php-cgi", 90)).Since(30, logins: 3000, refusals: null)).Of("limit-role")!.Worth);
    }

    [Fact]
    public void Who_logs_in_most_is_named_though_nobody_sees_the_sessions()
    {
        var verdict = VerdictRule.Judge(Server(97, Running("a", 85, 1), Running("php", 1, 1) with { User = "web" }).Since(30, 3000, null)
            .Look(look => look with { Since = look.Since! with { ByUser = [new UserLogins(Name("web"), 2900), new UserLogins(Name("shop"), 100)] } }));

        var storm = verdict.Also.Single(other => other.Cause is ConnectionStorm);
        Assert.Equal("Clients, most of them of php, connect again and again: 100 new sessions a second.", storm.Words.ToString());
    }

    [Fact]
    public void Refused_and_waiting_ones_are_called_victims()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 97)).Since(30, 10, 25).Waits("orders-api", 30, 12, 5, 7));

        Assert.Equal(
            "Victims, not causes: 25 refused logins, 5 requests of orders-api waiting and 7 given up. "
            + "An error or a stack trace of theirs shows who needed a connection, not who holds them.",
            verdict.Victims!.ToString());
        Assert.Equal((IdleLeak, "checkout-api"), (verdict.Cause, verdict.Culprit.Value));
        Assert.Null(VerdictRule.Judge(Server(97, Steady)).Victims);
    }

    [Fact]
    public void That_nobody_was_refused_is_said_only_where_the_server_counts_them()
    {
        static string Words(long? refusals) => VerdictRule.Judge(Server(97, Steady).Since(30, 10, refusals)).For[0].Words.ToString();

        Assert.EndsWith("and nobody was refused.", Words(refusals: 0), StringComparison.Ordinal);
        Assert.EndsWith("whether others were isn't known.", Words(refusals: null), StringComparison.Ordinal);
    }

    [Fact]
    public void Processors_speak_for_slow_statements_or_against()
    {
        Verdict Judge(int processors) => VerdictRule.Judge(Server(97, Running("search", 90, 40)).Look(look => look with { Processors = processors }));

        Assert.Contains(Judge(8).For, reason => reason.Words.ToString().Contains("8 processors", StringComparison.Ordinal));
        Assert.Contains(Judge(64).Against, reason => reason.Words.ToString().Contains("64 processors", StringComparison.Ordinal));
    }

    /// <summary>Of one service, after nine statements.</summary>
    private static Crowd[] Nine(int count, double seconds) =>
        [.. Enumerable.Range(1, 9).Select(number => Leaked("checkout-api", count / 9, seconds, $"select c{number} from carts"))];

    private static TheoryDataRow<Symptoms, Cause, string> Row(string label, Symptoms symptoms, Cause cause, string culprit) =>
        new(symptoms, cause, culprit) { Label = label };
}

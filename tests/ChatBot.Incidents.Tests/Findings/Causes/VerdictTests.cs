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
        Row("a root blocks a tenth", Server(97, Waiting("stock-api", 20), Pool("orders-api", 50, unchanged: 5), Running("a", 20, 1)).Blocked(Root(20)), LockPileUp, "stock-api"),
        Row("a prepared transaction blocks", Server(17, Waiting("stock-api", 14)).Blocked(Root(14, "", SessionActivity.Prepared)), LockPileUp, "shop"),
        Row("tiny: six of 17 wait", Server(17, Waiting("stock-api", 6), Pool("orders-api", 10)).Blocked(Root(6)), LockPileUp, "stock-api"),
        Row("tiny: two of 17 wait", Server(17, Waiting("stock-api", 2), Pool("orders-api", 14)).Blocked(Root(2)), PodsTimesPool, "orders-api"),
        Row("big: a tenth waits", Server(5000, Waiting("stock-api", 600), Running("a", 2000, 1), Pool("orders-api", 2200, clients: 90)).Blocked(Root(600)), LockPileUp, "stock-api"),
        Row("big: five wait", Server(5000, Waiting("stock-api", 5), Pool("orders-api", 4900, clients: 90), Running("a", 50, 1)).Blocked(Root(5)), PodsTimesPool, "orders-api"),

        // Open transactions
        Row("open for minutes", Server(97, InTransaction("billing", 60, 400), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("a quarter, open for 61 s", Server(97, InTransaction("billing", 24, 61), Running("orders-api", 40, 1), Pool("orders-api", 30)), TransactionLeak, "billing"),
        Row("a quarter, open for 59 s", Server(97, InTransaction("billing", 24, 59), Running("orders-api", 40, 1), Pool("orders-api", 30)), Undetermined, ""),
        Row("most, however young", Server(97, InTransaction("billing", 60, 3), Pool("orders-api", 30)), TransactionLeak, "billing"),
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
        Row("slow, but few", Server(100, Running("search", 30, 40), InTransaction("b", 15, 5), Running("a", 12, 1), Pool("orders-api", 40)), Undetermined, ""),
        Row("tiny: slow", Server(17, Running("search", 12, 15), Pool("orders-api", 4)), SlowQueries, "search"),
        Row("first look at slow ones", FirstLook(17, Running("search", 16, 15)), SlowQueries, "search"),

        // Leaks
        Row("a leak", Server(97, Leaked("checkout-api", 58), Running("checkout-api", 3, 0.1), Pool("orders-api", 36)), IdleLeak, "checkout-api"),
        Row("a leak that ended in a select of one", Server(97, Idle("checkout-api", 90, 40, "select ?", unchanged: 90)), IdleLeak, "checkout-api"),
        Row("a service that leaks part of its sessions", Server(97, Leaked("checkout-api", 40), Pool("checkout-api", 30), Running("a", 20, 1)), IdleLeak, "checkout-api"),
        Row("tiny: a leak", Server(17, Leaked("checkout-api", 12), Pool("orders-api", 4)), IdleLeak, "checkout-api"),
        Row("tiny: a leak beside nobody", Server(17, Leaked("checkout-api", 16)), IdleLeak, "checkout-api"),
        Row("big: a leak", Server(5000, Leaked("checkout-api", 3000), Pool("orders-api", 1900, clients: 60)), IdleLeak, "checkout-api"),
        Row("first look at an old leak", FirstLook(97, Idle("checkout-api", 80, 720), Pool("orders-api", 15)), IdleLeak, "checkout-api"),
        Row("first look at a young one", FirstLook(97, Idle("checkout-api", 80, 20), Running("a", 15, 1)), Undetermined, ""),
        Row("a user whose clients send no name", Server(97, Leaked("", 80)), IdleLeak, "shop"),
        Row("a driver's name is nobody's", Server(97, Leaked("PostgreSQL JDBC Driver", 80)), IdleLeak, "shop"),

        // Leaks where the server tells no last statement: only time does
        Row("untold, 30 s between looks", Server(97, Leaked("checkout-api", 58, 35), Pool("orders-api", 36)).Untold(), IdleLeak, "checkout-api"),
        Row("untold, 29 s between looks", Server(97, Leaked("checkout-api", 58, 35), Pool("orders-api", 36)).Since(29, null, null).Untold(), Undetermined, ""),
        Row("untold, and idle for a minute", Server(97, Leaked("checkout-api", 58, 60), Pool("orders-api", 36)).Since(2, null, null).Untold(), IdleLeak, "checkout-api"),
        Row("untold, and idle for 59 s", Server(97, Leaked("checkout-api", 58, 59), Pool("orders-api", 36)).Since(2, null, null).Untold(), Undetermined, ""),
        Row("untold, first look, idle for a minute", FirstLook(97, Idle("checkout-api", 58, 60), Pool("orders-api", 36)).Untold(), IdleLeak, "checkout-api"),
        Row("untold, first look, idle for 59 s", FirstLook(97, Idle("checkout-api", 58, 59, clients: 5), Pool("orders-api", 36)).Untold(), Undetermined, ""),
        Row("untold, pods of one service", Server(97, Leaked("checkout-api", 90, 35) with { Clients = 18 }).Since(2, null, null).Untold(), Undetermined, ""),
        Row("untold, leaked in part", Server(97, Leaked("checkout-api", 40, 35), Pool("checkout-api", 30), Running("a", 20, 1)).Untold(), IdleLeak, "checkout-api"),
        Row("untold, and few stand still", Server(97, Leaked("checkout-api", 20, 35), Pool("checkout-api", 70)).Untold(), PodsTimesPool, "checkout-api"),
        Row("untold, and used in turns", Server(97, Pool("checkout-api", 90)).Since(2, null, null).Untold(), PodsTimesPool, "checkout-api"),
        Row("untold, two services rest alike", Server(97, Leaked("a", 45), Leaked("b", 45)).Untold(), PodsTimesPool, ""),
        Row("untold, two services rest alike, seen twice in 2 s", Server(97, Leaked("a", 45), Leaked("b", 45)).Since(2, null, null).Untold(), PodsTimesPool, ""),
        Row("untold, first look at two services alike", FirstLook(97, Pool("a", 45), Pool("b", 45)).Untold(), PodsTimesPool, ""),
        Row("untold, several quiet services", Server(97, Leaked("a", 31), Leaked("b", 31), Leaked("c", 31)).Untold(), PodsTimesPool, ""),
        Row("untold, tiny: a leak", Server(17, Leaked("", 12, 35), Pool("orders-api", 4)).Untold(), IdleLeak, "shop"),
        Row("PostgreSQL always tells: none ran", Server(97, Idle("checkout-api", 90, 60, "", unchanged: 90, clients: 5)), PodsTimesPool, "checkout-api"),

        // Pools that rest are no leak
        Row("given back: the pool rolled back", Server(97, Idle("checkout-api", 90, 40, "ROLLBACK", unchanged: 90, clients: 5)), PodsTimesPool, "checkout-api"),
        Row("several quiet services", Server(97, Leaked("a", 31), Leaked("b", 31), Leaked("c", 31)), PodsTimesPool, ""),
        Row("pods in use", Server(97, Pool("orders-api", 45, clients: 9), Pool("stock-api", 45, clients: 9)), PodsTimesPool, ""),
        Row("pods of one service, in use", Server(97, Pool("orders-api", 93, clients: 18)), PodsTimesPool, "orders-api"),
        Row("tiny: pods in use", Server(17, Pool("orders-api", 8), Pool("stock-api", 8)), PodsTimesPool, ""),
        Row("big: pods in use", Server(5000, Pool("orders-api", 2500, clients: 50), Pool("stock-api", 2400, clients: 48)), PodsTimesPool, ""),
        Row("first look at pods", FirstLook(97, Pool("orders-api", 45), Pool("stock-api", 45)), PodsTimesPool, ""),
        Row("a pool that fills at its start", Server(97, Pool("orders-api", 80) with { Born = 80, Age = Seconds(5) }).Since(5, logins: 80, refusals: null), PodsTimesPool, "orders-api"),
        Row("big: pools that fill, and a few who leave", Server(5000, Pool("orders-api", 4900, clients: 50) with { Born = 2900, Age = Seconds(5) }).Since(5, logins: 3000, refusals: null), PodsTimesPool, "orders-api"),

        // Storms
        Row("come and gone", Server(97, Fleeting("php-cgi", 90)).Since(30, logins: 3000, refusals: null), ConnectionStorm, "php-cgi"),
        Row("come and gone, and at work each time", Server(40, Running("thumbnailer", 31, 0.4) with { Born = 28, Age = Seconds(1) }, Pool("orders-api", 4)).Since(2, logins: 60, refusals: null), ConnectionStorm, "thumbnailer"),
        Row("tiny: come and gone", Server(17, Fleeting("php-fpm", 15)).Since(5, logins: 40, refusals: null), ConnectionStorm, "php-fpm"),
        Row("no counter, half are new", Server(17, Fleeting("php-fpm", 15)).Since(2, logins: null, refusals: null), ConnectionStorm, "php-fpm"),
        Row("refused in a loop", Server(97, Pool("orders-api", 40), Running("a", 20, 1), Waiting("c", 20)).Since(10, logins: 5, refusals: 900), ConnectionStorm, ""),
        Row("logging in", Server(17, Running("a", 3, 1)).Look(look => look with { Starting = 8 }) with { RefusedLogins = 3 }, ConnectionStorm, ""),
        Row("refused with slots to spare", Server(97, Running("a", 20, 1), Pool("b", 20)) with { RefusedLogins = 5 }, ConnectionStorm, ""),

        // Users of another kind
        Row("a monitor", Server(97, Leaked("postgres_exporter", 60), Running("orders-api", 20, 1), Pool("orders-api", 10)), Outlier, "postgres_exporter"),
        Row("a batch job at work", Server(97, Running("nightly-report", 60, 600, clients: 1), Pool("orders-api", 30)), Outlier, "nightly-report"),
        Row("tiny: a person", Server(17, Idle("psql", 9, 300, unchanged: 9), Running("orders-api", 5, 1)), Outlier, "psql"),
        Row("an account that says it", Server(97, Leaked("", 50) with { User = "metabase" }, Running("orders-api", 40, 1)), Outlier, "metabase"),
        Row("a backup", Server(97, Running("pg_dump", 40, 500, clients: 1), Running("orders-api", 20, 1), Pool("orders-api", 25)), Outlier, "pg_dump"),
        Row("a service that is called like a job, with pods", Server(97, Leaked("job-board", 80) with { Clients = 8 }), IdleLeak, "job-board"),
        Row("a monitor that holds little", Server(97, Idle("datadog-agent", 5, 10), Pool("orders-api", 80)), PodsTimesPool, "orders-api"),

        // More work than slots
        Row("everybody works", Server(97, Running("orders-api", 60, 0.2), Running("stock-api", 35, 0.3)), TooSmall, ""),
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
            "checkout-api holds 61 of 97 slots and gives none back: 58 idle for 12 min, unchanged, all after the same statement.",
            verdict.Summary.ToString());
        Assert.Equal("58 of them stopped after the same statement: select * from carts where id = ?", verdict.Shared!.ToString());
        Assert.Contains(verdict.For, reason => reason.Words.ToString() == "58 of 58 idle ones did nothing in the 30 s between two looks." && reason.Source is not null);
        Assert.Empty(verdict.Against);
        Assert.Empty(verdict.Also);
    }

    [Fact]
    public void Two_looks_close_together_are_said_to_be_weak()
    {
        var near = Server(97, Leaked("checkout-api", 90)).Since(5, null, null);

        Assert.Contains(VerdictRule.Judge(near).Against, reason => reason.Words.ToString().StartsWith("The two looks are only 5 s apart", StringComparison.Ordinal));
    }

    [Fact]
    public void A_leak_without_last_statements_is_said_to_be_doubtful()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 58, 35), Pool("orders-api", 36)).Untold());

        Assert.Equal("checkout-api holds 58 of 97 slots and gives none back: 58 idle for 30 s, unchanged.", verdict.Summary.ToString());
        Assert.Equal(
            "The server doesn't tell what their last statement was: a pool that rests looks the same.",
            Assert.Single(verdict.Against).Words.ToString());
        Assert.Null(verdict.Shared);

        var old = VerdictRule.Judge(FirstLook(97, Idle("checkout-api", 58, 61), Pool("orders-api", 36)).Untold());
        Assert.Equal("checkout-api holds 58 of 97 slots and gives none back: 58 idle for 61 s.", old.Summary.ToString());
        Assert.Contains(old.For, reason => reason.Words.ToString() == "58 of 58 idle ones have been so for a minute or longer." && reason.Source is not null);
    }

    [Fact]
    public void Until_time_tells_nobody_is_accused_and_what_is_waited_for_is_said()
    {
        var verdict = VerdictRule.Judge(Server(97, Leaked("checkout-api", 58, 10), Pool("orders-api", 36)).Since(2, null, null).Untold());

        Assert.Contains(verdict.For, reason => reason.Words.ToString()
            == "checkout-api may leak, or its pool rests: the server doesn't tell last statements, so it takes half a minute between two looks to see which.");
        Assert.DoesNotContain(
            VerdictRule.Judge(Server(97, Running("a", 40, 1), InTransaction("b", 15, 5), Pool("c", 38)).Untold()).For,
            reason => reason.Words.ToString().Contains("may leak", StringComparison.Ordinal));
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

    private static TheoryDataRow<Symptoms, Cause, string> Row(string label, Symptoms symptoms, Cause cause, string culprit) =>
        new(symptoms, cause, culprit) { Label = label };
}

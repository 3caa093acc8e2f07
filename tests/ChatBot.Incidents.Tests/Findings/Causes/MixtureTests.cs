using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Tests.Findings.Causes.Crowds;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Several causes at once: the lower row of the decision table wins, and the others are named.</summary>
public class MixtureTests
{
    public static readonly IEnumerable<TheoryDataRow<Symptoms, Cause, Cause[]>> Mixtures =
    [
        Row("locks and a leak", Server(97, Waiting("stock-api", 40), Leaked("checkout-api", 50)).Blocked(Root(40)), LockPileUp, IdleLeak),
        Row("few locks and a large leak", Server(97, Waiting("stock-api", 10), Leaked("checkout-api", 80)).Blocked(Root(10)), IdleLeak, LockPileUp),
        Row("tiny: few locks and a large leak", Server(17, Waiting("stock-api", 3), Leaked("checkout-api", 13)).Blocked(Root(3)), IdleLeak, LockPileUp),
        Row("tiny: locks and a leak", Server(17, Waiting("stock-api", 6), Leaked("checkout-api", 9)).Blocked(Root(6)), LockPileUp, IdleLeak),
        Row("locks behind an open transaction of many", Server(97, Waiting("stock-api", 40), InTransaction("stock-api", 50, 300)).Blocked(Root(40)), LockPileUp, TransactionLeak),
        Row("open transactions and a leak", Server(97, InTransaction("billing", 40, 300), Leaked("checkout-api", 50)), TransactionLeak, IdleLeak),
        Row("a leak and pods", Server(97, Leaked("checkout-api", 30), Pool("orders-api", 35), Pool("stock-api", 30)), IdleLeak, PodsTimesPool),
        Row("a leak and retries", Server(97, Leaked("checkout-api", 97)).Since(30, 0, 600), IdleLeak, ConnectionStorm),
        Row("pods and a person", Server(97, Idle("psql", 30, 200), Pool("orders-api", 35), Pool("stock-api", 30)), PodsTimesPool, Outlier),
        Row("slow statements and a batch job", Server(97, Running("nightly-report", 30, 600, clients: 1), Running("search", 60, 30)), SlowQueries, Outlier),
        Row("locks on a server with room, for a moment each", Server(97, Waiting("stock-api", 60)).Blocked(Root(60, seconds: 0.02)), NotExhausted, LockPileUp),
        Row("pods and a small storm", Server(97, Pool("orders-api", 45), Pool("stock-api", 40), Fleeting("php", 10)).Since(10, 200, null), PodsTimesPool, ConnectionStorm),
        Row("a leak and a full small limit", Server(97, Leaked("checkout-api", 97)).Limited(LimitScope.Account, "reports", 2, 2), IdleLeak, AccountLimit),
        Row("a leak and a full pooler", Server(97, Leaked("checkout-api", 97)).Behind(Pooled(20, 20, 9)), IdleLeak, PoolerSaturated),
        Row("a leak behind an account's limit", Server(97, Leaked("checkout-api", 30)).Limited(LimitScope.Account, "shop", 30, 30), AccountLimit, IdleLeak),
        Row("open transactions behind a pooler", Server(97, InTransaction("", 20, 90)).Behind(Pooled(20, 20, 40)), PoolerSaturated, TransactionLeak),
        Row("a leak behind an application's pool", Server(97, Leaked("checkout-api", 30), Pool("orders-api", 20)).Waits("checkout-api", 30, 30, 12), Cause.ApplicationPool, IdleLeak),
        Row("locks on a server with room", Server(97, Waiting("stock-api", 30)).Blocked(Root(30)), NotExhausted, LockPileUp),
        Row("a leak that has room yet", Server(97, Leaked("checkout-api", 40)), NotExhausted, IdleLeak),
        Row("a resting pool has room", Server(97, Pool("orders-api", 30, still: 20)), NotExhausted),
        Row("alone", Server(97, Leaked("checkout-api", 97)), IdleLeak),
    ];

    [Fact]
    public void What_will_fill_a_server_that_has_room_yet_can_be_helped_now()
    {
        var leak = VerdictRule.Judge(Server(100, Leaked("checkout-api", 79)));
        Assert.Equal((NotExhausted, Worth.Helps, Worth.Helps, Worth.Helps), (leak.Cause, leak.Of("terminate-idle")!.Worth, leak.Of("limit-role")!.Worth, leak.Of("restart-service")!.Worth));

        var locks = VerdictRule.Judge(Server(97, Waiting("stock-api", 60)).Blocked(Root(60)));
        Assert.Equal((NotExhausted, Worth.Helps, Worth.Harmful), (locks.Cause, locks.Of("end-blocker")!.Worth, locks.Of("restart-service")!.Worth));

        Assert.Equal(Worth.Useless, VerdictRule.Judge(Server(97, Pool("orders-api", 30))).Of("end-blocker")!.Worth);
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void The_lower_row_wins_and_the_others_are_named(Symptoms symptoms, Cause cause, Cause[] also)
    {
        var verdict = VerdictRule.Judge(symptoms);

        Assert.Equal(cause, verdict.Cause);
        Assert.Equal(also, verdict.Also.Select(other => other.Cause));
    }

    private static TheoryDataRow<Symptoms, Cause, Cause[]> Row(string label, Symptoms symptoms, Cause cause, params Cause[] also) =>
        new(symptoms, cause, also) { Label = label };
}

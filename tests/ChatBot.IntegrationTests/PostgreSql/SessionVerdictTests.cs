using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class SessionVerdictTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ServerStart = Noon.AddDays(-3);
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);
    private static readonly PostgreSqlPin Pin = new(4711, Noon.AddHours(-2), Noon.AddHours(-1), null, "app", "shop");

    private static readonly SeenProcess Untouched = new(Pin.StartedAt, Pin.StateChangedAt, null, Pin.StateChangedAt, "idle", "app", "shop");
    private static readonly SeenProcess Hidden = new(null, null, null, null, null, "app", "shop");
    private static readonly SeenProcess Another = Untouched with { StartedAt = Pin.StartedAt + Microsecond };
    private static readonly SeenProcess Worked = Untouched with { StateChangedAt = Pin.StateChangedAt + Microsecond };
    private static readonly SeenProcess Working = Untouched with { State = "active" };
    private static readonly SeenProcess InTransaction = Untouched with { TransactionStartedAt = Noon };
    private static readonly SeenProcess Renamed = Untouched with { User = "app2" };

    // the answer, the evidence read after it, the outcome
    public static readonly IEnumerable<TheoryDataRow<string, string, Outcome>> Cases =
    [
        new(nameof(TellingAnswer.Told), "gone", Outcome.Applied),
        new(nameof(TellingAnswer.Told), "another", Outcome.Applied),
        new(nameof(TellingAnswer.Told), "restarted", Outcome.Applied),
        new(nameof(TellingAnswer.Told), "untouched", Outcome.Ambiguous),
        new(nameof(TellingAnswer.Told), "worked", Outcome.Ambiguous),
        new(nameof(TellingAnswer.Told), "hidden", Outcome.Ambiguous),
        new(nameof(TellingAnswer.NoneFitted), "gone", Outcome.AlreadySatisfied),
        new(nameof(TellingAnswer.NoneFitted), "another", Outcome.AlreadySatisfied),
        new(nameof(TellingAnswer.NoneFitted), "restarted", Outcome.Superseded),
        new(nameof(TellingAnswer.NoneFitted), "worked", Outcome.Drift),
        new(nameof(TellingAnswer.NoneFitted), "working", Outcome.Drift),
        new(nameof(TellingAnswer.NoneFitted), "in transaction", Outcome.Drift),
        new(nameof(TellingAnswer.NoneFitted), "renamed", Outcome.Drift),
        new(nameof(TellingAnswer.NoneFitted), "untouched", Outcome.NotApplied), // protected since
        new(nameof(TellingAnswer.NoneFitted), "hidden", Outcome.NotApplied),
        new(nameof(TellingAnswer.CouldNotTell), "untouched", Outcome.NotApplied),
        new(nameof(TellingAnswer.CouldNotTell), "gone", Outcome.AlreadySatisfied),
        new(nameof(TellingAnswer.Unknown), "gone", Outcome.AlreadySatisfied),
        new(nameof(TellingAnswer.Unknown), "another", Outcome.AlreadySatisfied),
        new(nameof(TellingAnswer.Unknown), "restarted", Outcome.Superseded),
        new(nameof(TellingAnswer.Unknown), "worked", Outcome.Drift),
        new(nameof(TellingAnswer.Unknown), "in transaction", Outcome.Drift),
        new(nameof(TellingAnswer.Unknown), "untouched", Outcome.NotApplied), // proven: may be sent once more
        new(nameof(TellingAnswer.Unknown), "untouched, sender there", Outcome.Ambiguous),
        new(nameof(TellingAnswer.Unknown), "hidden", Outcome.Ambiguous),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Follows_from_the_evidence(string answer, string evidence, Outcome outcome)
    {
        var sight = evidence switch
        {
            "gone" => See(null),
            "another" => See(Another),
            "worked" => See(Worked),
            "working" => See(Working),
            "in transaction" => See(InTransaction),
            "renamed" => See(Renamed),
            "hidden" => See(Hidden),
            "restarted" => See(Untouched) with { ServerStartedAt = ServerStart + Microsecond },
            "untouched, sender there" => See(Untouched) with { SenderThere = true },
            _ => See(Untouched),
        };

        var result = SessionVerdict.Of(SessionAct.EndIdle, Enum.Parse<TellingAnswer>(answer), ServerStart, Pin, sight);

        Assert.Equal(outcome, result.Outcome);
        Assert.DoesNotContain("shop", result.Detail, StringComparison.Ordinal); // no foreign text
        Assert.Equal(outcome is Outcome.AlreadySatisfied, result.Detail.StartsWith("Already gone.", StringComparison.Ordinal));
    }

    // what a session in a transaction or at a statement is seen at, and the outcome of each act: told, none fitted, no answer
    public static readonly IEnumerable<TheoryDataRow<SessionAct, string, Outcome, Outcome, Outcome>> AtWork =
    [
        new(SessionAct.EndIdleInTransaction, "same", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.EndIdleInTransaction, "failed", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.EndIdleInTransaction, "at a statement", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift),
        new(SessionAct.EndIdleInTransaction, "worked", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift),
        new(SessionAct.EndIdleInTransaction, "over", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift),
        new(SessionAct.EndIdleInTransaction, "gone", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.EndTransaction, "same", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.EndTransaction, "at a statement", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.EndTransaction, "worked", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied), // in the same transaction
        new(SessionAct.EndTransaction, "next", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift),
        new(SessionAct.EndTransaction, "over", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift),
        new(SessionAct.EndTransaction, "gone", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, "at a statement", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.CancelStatement, "at another statement", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, "same", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, "hidden", Outcome.Ambiguous, Outcome.NotApplied, Outcome.Ambiguous),
        new(SessionAct.CancelStatement, "gone", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.CancelGate, "waiting", Outcome.Ambiguous, Outcome.NotApplied, Outcome.NotApplied),
        new(SessionAct.CancelGate, "at a statement", Outcome.Ambiguous, Outcome.Drift, Outcome.Drift), // it has its lock
        new(SessionAct.CancelGate, "at another statement", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
        new(SessionAct.CancelGate, "gone", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied),
    ];

    [Theory]
    [MemberData(nameof(AtWork))]
    public void Each_act_asks_for_what_it_is_about(SessionAct act, string seen, Outcome told, Outcome noneFitted, Outcome unknown)
    {
        var pin = Pin with { TransactionStartedAt = Noon.AddMinutes(-70), QueryStartedAt = Pin.StateChangedAt };
        var same = new SeenProcess(pin.StartedAt, pin.StateChangedAt, pin.TransactionStartedAt, pin.QueryStartedAt, "idle in transaction", "app", "shop");
        var sight = See(seen switch
        {
            "gone" => null,
            "hidden" => Hidden,
            "failed" => same with { State = "idle in transaction (aborted)" },
            "at a statement" => same with { State = "active" },
            "waiting" => same with { State = "active", WaitsForLock = true },
            "at another statement" => same with { State = "active", QueryStartedAt = pin.QueryStartedAt + Microsecond },
            "worked" => same with { StateChangedAt = pin.StateChangedAt + Microsecond },
            "next" => same with { TransactionStartedAt = pin.TransactionStartedAt + Microsecond },
            "over" => same with { State = "idle", TransactionStartedAt = null },
            _ => same,
        });

        Assert.Equal(told, SessionVerdict.Of(act, TellingAnswer.Told, ServerStart, pin, sight).Outcome);
        Assert.Equal(noneFitted, SessionVerdict.Of(act, TellingAnswer.NoneFitted, ServerStart, pin, sight).Outcome);
        Assert.Equal(unknown, SessionVerdict.Of(act, TellingAnswer.Unknown, ServerStart, pin, sight).Outcome);
        if (unknown is Outcome.NotApplied)
        {
            var mayYetBeTold = SessionVerdict.Of(act, TellingAnswer.Unknown, ServerStart, pin, sight with { SenderThere = true });
            Assert.Equal(Outcome.Ambiguous, mayYetBeTold.Outcome);
        }
    }

    // set; none fitted; no answer
    [Theory]
    [InlineData("from", Outcome.Drift, Outcome.NotApplied, Outcome.NotApplied)]
    [InlineData("from, sender there", Outcome.Drift, Outcome.NotApplied, Outcome.Ambiguous)]
    [InlineData("to", Outcome.Applied, Outcome.AlreadySatisfied, Outcome.AlreadySatisfied)]
    [InlineData("other", Outcome.Drift, Outcome.Drift, Outcome.Drift)]
    [InlineData("restarted", Outcome.Drift, Outcome.Superseded, Outcome.Superseded)]
    [InlineData("no role", Outcome.Superseded, Outcome.Superseded, Outcome.Superseded)]
    public void A_limit_is_what_is_seen(string seen, Outcome limited, Outcome noneFitted, Outcome unknown)
    {
        var change = new AccountLimitChange(new ServerPin(ServerStart), "app", From: null, To: 5);
        var sight = new RoleLimitSight(
            seen == "restarted" ? ServerStart + Microsecond : ServerStart,
            SenderThere: seen.EndsWith("sender there", StringComparison.Ordinal),
            Exists: seen != "no role",
            Limit: seen switch { "to" => 5, "other" => 7, _ => null });

        Assert.Equal(limited, RoleLimitVerdict.Of(LimitAnswer.Limited, change, sight).Outcome);
        Assert.Equal(noneFitted, RoleLimitVerdict.Of(LimitAnswer.NoneFitted, change, sight).Outcome);
        Assert.Equal(unknown, RoleLimitVerdict.Of(LimitAnswer.Unknown, change, sight).Outcome);
    }

    private static SessionSight See(SeenProcess? process) => new(ServerStart, SenderThere: false, process);
}

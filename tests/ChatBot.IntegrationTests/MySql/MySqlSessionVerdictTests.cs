using ChatBot.Databases.MySql;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MySqlSessionVerdictTests
{
    private static readonly ServerPin Server = new(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), "uid");
    private static readonly MySqlPin Pin = new(47, "10.0.0.5:4711", "8/1000", null, "app", "shop");
    private static readonly MySqlPin InTransaction = Pin with { Transaction = "9 2026-11-23 12:30:00" };

    private static readonly SeenSession Same = new(Pin.Client, "app", "shop", "Sleep", "8/1000", null, IsRollingBack: false);

    private static readonly Dictionary<string, SeenSession?> Evidence = new()
    {
        ["gone"] = null,
        ["same"] = Same,
        ["same, a second off"] = Same with { Work = "8/1001" },
        ["quiet since later"] = Same with { Work = "8/1002" },
        ["worked"] = Same with { Work = "9/1000" },
        ["working"] = Same with { Command = "Query" },
        ["waiting"] = Same with { Command = "Query", WaitsForTable = true },
        ["another statement"] = Same with { Command = "Query", Work = "9/1000" },
        ["began"] = Same with { Transaction = InTransaction.Transaction },
        ["its transaction"] = Same with { Transaction = InTransaction.Transaction, Command = "Query", Work = "9/1005" },
        ["later transaction"] = Same with { Transaction = "10 2026-11-23 12:30:00" },
        ["elsewhere"] = Same with { Database = "other" },
        ["another"] = Same with { Client = "10.0.0.5:4712" },
        ["killed"] = Same with { Command = "Killed" },
        ["only its rollback"] = new(null, null, null, "Killed", null, InTransaction.Transaction, IsRollingBack: true),
        ["another's rollback"] = new(null, null, null, "Killed", null, "10 2026-11-23 12:30:01", IsRollingBack: true),
        ["statement undone"] = Same with { Command = "Query", IsRollingBack = true },
    };

    // the act, the answer, the evidence read after it, the outcome
    public static readonly IEnumerable<TheoryDataRow<SessionAct, string, string, Outcome>> Cases =
    [
        new(SessionAct.EndIdle, nameof(KillAnswer.Told), "gone", Outcome.Applied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Told), "another", Outcome.Applied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Told), "killed", Outcome.Applied), // still rolling back
        new(SessionAct.EndIdle, nameof(KillAnswer.Told), "same", Outcome.Ambiguous),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "gone", Outcome.AlreadySatisfied),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "another", Outcome.AlreadySatisfied),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "killed", Outcome.AlreadySatisfied),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "worked", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "quiet since later", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "working", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "began", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "elsewhere", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.NoneFitted), "same", Outcome.NotApplied), // protected since
        new(SessionAct.EndIdle, nameof(KillAnswer.Denied), "same", Outcome.NotApplied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Unknown), "gone", Outcome.AlreadySatisfied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Unknown), "killed", Outcome.Applied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Unknown), "worked", Outcome.Drift),
        new(SessionAct.EndIdle, nameof(KillAnswer.Unknown), "same", Outcome.NotApplied), // proven: may be sent once more
        new(SessionAct.EndIdle, nameof(KillAnswer.Unknown), "same, a second off", Outcome.NotApplied),
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.Told), "only its rollback", Outcome.Applied),
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.Told), "another's rollback", Outcome.Applied), // gone
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.Unknown), "only its rollback", Outcome.Applied),
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.Unknown), "began", Outcome.NotApplied),
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.Unknown), "its transaction", Outcome.Drift), // it works in it
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.NoneFitted), "later transaction", Outcome.Drift),
        new(SessionAct.EndIdleInTransaction, nameof(KillAnswer.NoneFitted), "same", Outcome.Drift), // over
        new(SessionAct.EndTransaction, nameof(KillAnswer.Unknown), "its transaction", Outcome.NotApplied),
        new(SessionAct.EndTransaction, nameof(KillAnswer.Unknown), "later transaction", Outcome.Drift),
        new(SessionAct.EndTransaction, nameof(KillAnswer.NoneFitted), "same", Outcome.Drift),
        new(SessionAct.EndTransaction, nameof(KillAnswer.Worked), "its transaction", Outcome.NotApplied), // it began something right before
        new(SessionAct.EndTransaction, nameof(KillAnswer.Worked), "gone", Outcome.AlreadySatisfied),
        new(SessionAct.EndIdle, nameof(KillAnswer.Worked), "worked", Outcome.Drift),
        new(SessionAct.CancelGate, nameof(KillAnswer.Told), "waiting", Outcome.Ambiguous),
        new(SessionAct.CancelGate, nameof(KillAnswer.Told), "same", Outcome.Applied),
        new(SessionAct.CancelGate, nameof(KillAnswer.NoneFitted), "waiting", Outcome.NotApplied),
        new(SessionAct.CancelGate, nameof(KillAnswer.NoneFitted), "working", Outcome.Drift), // it has its lock
        new(SessionAct.CancelGate, nameof(KillAnswer.NoneFitted), "another statement", Outcome.Drift),
        new(SessionAct.CancelGate, nameof(KillAnswer.Unknown), "waiting", Outcome.NotApplied),
        new(SessionAct.CancelGate, nameof(KillAnswer.Unknown), "working", Outcome.Drift),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Told), "same", Outcome.Applied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Told), "another statement", Outcome.Applied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Told), "gone", Outcome.Applied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Told), "statement undone", Outcome.Applied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Told), "working", Outcome.Ambiguous),
        new(SessionAct.CancelStatement, nameof(KillAnswer.NoneFitted), "worked", Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.NoneFitted), "another statement", Outcome.Drift),
        new(SessionAct.CancelStatement, nameof(KillAnswer.NoneFitted), "statement undone", Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.NoneFitted), "working", Outcome.NotApplied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Unknown), "same", Outcome.AlreadySatisfied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Unknown), "working", Outcome.NotApplied),
        new(SessionAct.CancelStatement, nameof(KillAnswer.Unknown), "statement undone", Outcome.Applied),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Follows_from_the_evidence(SessionAct act, string answer, string evidence, Outcome outcome)
    {
        var pin = act is SessionAct.EndIdleInTransaction or SessionAct.EndTransaction ? InTransaction : Pin;
        var result = MySqlSessionVerdict.Of(act, Enum.Parse<KillAnswer>(answer), Server, pin, See(Evidence[evidence]));

        Assert.Equal(outcome, result.Outcome);
        Assert.DoesNotContain("shop", result.Detail, StringComparison.Ordinal); // no foreign text
    }

    [Fact]
    public void While_the_sender_is_at_work_nothing_is_proven() =>
        Assert.Equal(Outcome.Ambiguous, MySqlSessionVerdict.Of(SessionAct.EndIdle, KillAnswer.Unknown, Server, Pin, See(Same) with { SenderThere = true }).Outcome);

    // seconds to the start that is seen, the last id, the last statement's number, the identity
    [Theory]
    [InlineData(0, 47, null, "uid", false)]
    [InlineData(1, 47, null, "uid", false)] // put together from two answers
    [InlineData(-1, 47, null, "uid", false)]
    [InlineData(2, 47, null, "uid", true)]
    [InlineData(-2, 47, null, "uid", true)]
    [InlineData(0, 47, null, "other", true)]
    [InlineData(1, 46, null, "uid", true)] // restarted within a second: ids begin again
    [InlineData(1, 99, 7L, "uid", true)] // ... and so do statements
    [InlineData(1, 99, 8L, "uid", false)]
    public void A_restart_is_told_by_what_begins_again(int seconds, long lastId, long? lastWork, string identity, bool restarted)
    {
        var pin = lastWork is null ? Pin : Pin with { Work = "8" };
        var sight = new MySqlSight(new ServerPin(Server.StartedAt.AddSeconds(seconds), identity), lastId, lastWork, SenderThere: false, null);

        Assert.Equal(restarted, MySqlSessionVerdict.Of(SessionAct.EndIdle, KillAnswer.NoneFitted, Server, pin, sight).Outcome is Outcome.Superseded);
    }

    private static MySqlSight See(SeenSession? session) => new(Server, LastId: 99, LastWork: null, SenderThere: false, session);
}

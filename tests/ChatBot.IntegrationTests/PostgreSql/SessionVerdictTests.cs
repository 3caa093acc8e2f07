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

    private static SessionSight See(SeenProcess? process) => new(ServerStart, SenderThere: false, process);
}

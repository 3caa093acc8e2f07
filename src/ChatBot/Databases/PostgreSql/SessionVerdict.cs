using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the server answered to "tell this session, if it is still the one that was approved".</summary>
internal enum TellingAnswer
{
    /// <summary>It was the one, and was told.</summary>
    Told,

    /// <summary>It was the one, but could not be told: its process was going away at that moment.</summary>
    CouldNotTell,

    /// <summary>No session fitted, so nobody was told.</summary>
    NoneFitted,

    /// <summary>No answer came back: it may have been told or not.</summary>
    Unknown,
}

/// <summary>The outcome that the evidence proves, and no better one. Pure.</summary>
internal static class SessionVerdict
{
    public const string LacksSignal =
        "The bot's role may not end sessions or cancel statements: run manifests/databases/postgresql.sql, or grant "
        + "pg_signal_backend to it. The session was left alone.";

    public const string LacksSight =
        "The bot's role can't see whose session it is: grant pg_read_all_stats to it. The session was left alone.";

    /// <param name="serverStartedAt">The start of the server that the plan was made for.</param>
    public static StepResult Of(SessionAct act, TellingAnswer answer, DateTimeOffset serverStartedAt, PostgreSqlPin pin, SessionSight sight)
    {
        var words = ActWords.Of(act);
        var restarted = sight.ServerStartedAt != serverStartedAt;
        if (answer is TellingAnswer.Told)
        {
            return restarted || sight.Process is not { } told || IsOver(act, told, pin)
                ? new(Outcome.Applied, words.Done)
                : new(Outcome.Ambiguous, words.NotDone);
        }

        if (restarted)
        {
            return new(Outcome.Superseded, "The server restarted since the plan was made: this session is no more.");
        }

        if (sight.Process is not { } seen)
        {
            return new(Outcome.AlreadySatisfied, answer is TellingAnswer.Unknown
                ? $"Already gone. {words.WhoDidIt}"
                : "Already gone.");
        }

        if (seen.StartedAt is null)
        {
            return answer is TellingAnswer.Unknown
                ? new(Outcome.Ambiguous, "The bot's role can't see what became of it: grant pg_read_all_stats to it.")
                : new(Outcome.NotApplied, LacksSight);
        }

        if (seen.StartedAt != pin.StartedAt)
        {
            return new(Outcome.AlreadySatisfied, "Already gone. Its process id belongs to another session now, which was left alone.");
        }

        if (!IsUntouched(act, seen, pin))
        {
            return act.Cancels()
                ? new(Outcome.AlreadySatisfied, answer is TellingAnswer.Unknown
                    ? $"Its statement is over already. {words.WhoDidIt}"
                    : "Its statement is over already, and the session was left alone.")
                : new(Outcome.Drift, words.MovedOn);
        }

        return answer switch
        {
            TellingAnswer.Unknown when sight.SenderThere => new(Outcome.Ambiguous, words.MayYetBeTold),
            _ when act is SessionAct.CancelGate && !seen.WaitsForLock => new(Outcome.Drift, "It has its lock by now, and was left to finish."),
            TellingAnswer.Unknown => new(Outcome.NotApplied, words.Untouched),
            TellingAnswer.CouldNotTell => new(Outcome.NotApplied, "The server could not tell it. It is still there."),
            _ => new(Outcome.NotApplied, "It is protected, by the bot's list or the server's, or its role became privileged. It was left alone."),
        };
    }

    /// <summary>When the evidence can't be had.</summary>
    /// <param name="why">A sentence of our own.</param>
    public static StepResult Unseen(SessionAct act, TellingAnswer answer, string why) => answer switch
    {
        TellingAnswer.NoneFitted => new(Outcome.NotApplied, $"No session fitted, so none was told. {why}"),
        TellingAnswer.CouldNotTell => new(Outcome.NotApplied, $"The server could not tell it. {why}"),
        TellingAnswer.Told => new(Outcome.Ambiguous, $"{ActWords.Of(act).ToldUnseen} {why}"),
        _ => new(Outcome.Ambiguous, $"It may have been told or not. {why}"),
    };

    /// <summary>What was wanted is so. A row that is blanked may be anybody's: then nothing is known to be over.</summary>
    private static bool IsOver(SessionAct act, SeenProcess seen, PostgreSqlPin pin) =>
        seen.StartedAt is { } started
        && (started != pin.StartedAt || (act.Cancels() && !IsUntouched(act, seen, pin)));

    private static bool IsUntouched(SessionAct act, SeenProcess seen, PostgreSqlPin pin) =>
        seen.User == pin.User
        && seen.Database == pin.Database
        && act switch
        {
            SessionAct.EndIdle => seen.State == "idle" && IsQuiet(seen, pin),
            SessionAct.EndIdleInTransaction => seen.State is "idle in transaction" or "idle in transaction (aborted)" && IsQuiet(seen, pin),
            SessionAct.EndTransaction => seen.TransactionStartedAt is { } began && began == pin.TransactionStartedAt,
            SessionAct.CancelStatement or SessionAct.CancelGate => seen.State == "active" && seen.QueryStartedAt is { } asked && asked == pin.QueryStartedAt,
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Nobody knows how to do this."),
        };

    private static bool IsQuiet(SeenProcess seen, PostgreSqlPin pin) =>
        seen.StateChangedAt == pin.StateChangedAt && seen.TransactionStartedAt == pin.TransactionStartedAt;

    /// <summary>The same facts, said of an end and of a cancelled statement.</summary>
    /// <param name="MovedOn">Not needed of a statement: moved on is over, and that was wanted.</param>
    private sealed record ActWords(
        string Done, string NotDone, string ToldUnseen, string WhoDidIt, string Untouched, string MayYetBeTold, string MovedOn)
    {
        private static readonly ActWords Idle = new(
            Done: "Told to end, and seen gone.",
            NotDone: "Told to end, and still there.",
            ToldUnseen: "Told to end, but nobody saw it go.",
            WhoDidIt: "Whether the bot ended it can't be proven.",
            Untouched: "No answer came, but it is still there, untouched.",
            MayYetBeTold: "Still there, but the order to end it may yet be carried out.",
            MovedOn: "It worked meanwhile, and was left alone.");

        private static readonly ActWords Transaction = Idle with
        {
            Untouched = "No answer came, but it is still in the same transaction.",
            MovedOn = "Its transaction is over, and it was left alone.",
        };

        private static readonly ActWords Statement = new(
            Done: "Told to cancel its statement, which is over.",
            NotDone: "Told to cancel its statement, and still at it.",
            ToldUnseen: "Told to cancel its statement, but nobody saw it stop.",
            WhoDidIt: "Whether the bot cancelled it can't be proven.",
            Untouched: "No answer came, but it is still at the same statement.",
            MayYetBeTold: "Still at it, but the order to cancel it may yet be carried out.",
            MovedOn: "");

        public static ActWords Of(SessionAct act) => act switch
        {
            SessionAct.CancelStatement or SessionAct.CancelGate => Statement,
            SessionAct.EndTransaction => Transaction,
            _ => Idle,
        };
    }
}

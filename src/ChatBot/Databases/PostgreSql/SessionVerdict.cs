using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the server answered to "end this session if it is still the one that was approved".</summary>
internal enum EndingAnswer
{
    /// <summary>It was the one, and was told to end.</summary>
    ToldToEnd,

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
        "The bot's role may not end sessions: grant pg_signal_backend to it. The session was left alone.";

    public const string LacksSight =
        "The bot's role can't see whose session it is: grant pg_read_all_stats to it. The session was left alone.";

    /// <param name="serverStartedAt">The start of the server that the plan was made for.</param>
    public static StepResult Of(EndingAnswer answer, DateTimeOffset serverStartedAt, PostgreSqlPin pin, SessionSight sight)
    {
        var restarted = sight.ServerStartedAt != serverStartedAt;
        var there = !restarted && sight.Process is { } process && (process.StartedAt is null || process.StartedAt == pin.StartedAt);

        if (answer is EndingAnswer.ToldToEnd)
        {
            return !there
                ? new(Outcome.Applied, "Told to end, and seen gone.")
                : new(Outcome.Ambiguous, "Told to end, and still there.");
        }

        if (restarted)
        {
            return new(Outcome.Superseded, "The server restarted since the plan was made: this session is no more.");
        }

        if (sight.Process is not { } seen)
        {
            return new(Outcome.AlreadySatisfied, answer is EndingAnswer.Unknown
                ? "Already gone. Whether the bot ended it can't be proven."
                : "Already gone.");
        }

        if (seen.StartedAt is null)
        {
            return answer is EndingAnswer.Unknown
                ? new(Outcome.Ambiguous, "The bot's role can't see what became of it: grant pg_read_all_stats to it.")
                : new(Outcome.NotApplied, LacksSight);
        }

        if (seen.StartedAt != pin.StartedAt)
        {
            return new(Outcome.AlreadySatisfied, "Already gone. Its process id belongs to another session now, which was left alone.");
        }

        if (!IsUntouched(seen, pin))
        {
            return new(Outcome.Drift, "It worked meanwhile, and was left alone.");
        }

        return answer switch
        {
            EndingAnswer.Unknown when sight.SenderThere =>
                new(Outcome.Ambiguous, "Still there, but the order to end it may yet be carried out."),
            EndingAnswer.Unknown => new(Outcome.NotApplied, "No answer came, but it is still there, untouched."),
            EndingAnswer.CouldNotTell => new(Outcome.NotApplied, "The server could not tell it to end. It is still there."),
            _ => new(Outcome.NotApplied, "It is protected now, or its role became privileged, and was left alone."),
        };
    }

    private static bool IsUntouched(SeenProcess seen, PostgreSqlPin pin) =>
        seen.State == "idle"
        && seen.StateChangedAt == pin.StateChangedAt
        && seen.TransactionStartedAt == pin.TransactionStartedAt
        && seen.User == pin.User
        && seen.Database == pin.Database;
}

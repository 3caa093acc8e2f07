using System.Globalization;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.MySql;

/// <summary>What the server answered to "do it to this session if it is still the one that was approved".</summary>
internal enum KillAnswer
{
    /// <summary>It was the one, and was told.</summary>
    Told,

    /// <summary>No session fitted, so nobody was told; or it ended by itself just before.</summary>
    NoneFitted,

    /// <summary>It was the one, and did something more in the very moment between the look and the order, so it was not told.</summary>
    Worked,

    /// <summary>It was the one, and the server protects it from the account that ends sessions.</summary>
    Denied,

    /// <summary>No answer came back: it may have been told or not.</summary>
    Unknown,
}

/// <summary>The outcome that the evidence proves, and no better one. Pure.</summary>
internal static class MySqlSessionVerdict
{
    public const string RollingBack = "Told to end; still rolling back. It goes by itself, and telling it again would not help.";

    public const string StatementRollingBack = "Told to cancel its statement; it is still being rolled back.";

    public const string Denied =
        "The server protects it from the bot: its account has rights over sessions, or the owner account lacks CONNECTION ADMIN. It was left alone.";

    /// <summary>
    /// The start is exact where the bot read it itself; one second allows for one that was put together from two answers.
    /// A server that restarts faster than that is told by its numbers, which begin again.
    /// </summary>
    private static readonly TimeSpan SameStart = TimeSpan.FromSeconds(1);

    public static StepResult Of(SessionAct act, KillAnswer answer, ServerPin server, MySqlPin pin, MySqlSight sight)
    {
        var restarted = IsAnotherServer(server, pin, sight);
        var seen = !restarted && sight.Session is { } session && IsSameSession(session, pin) ? session : null;

        if (answer is KillAnswer.Told)
        {
            return act.Cancels() ? OfCancelled(pin, seen) : OfEnded(seen);
        }

        if (restarted)
        {
            return new(Outcome.Superseded, "The server restarted since the plan was made, or is another one: this session is no more.");
        }

        if (seen is null)
        {
            return new(Outcome.AlreadySatisfied, (answer, sight.Session) switch
            {
                (_, not null) => "Already gone. Its id belongs to another session now, which was left alone.",
                (KillAnswer.Unknown, _) => "Already gone. Whether the bot ended it can't be proven.",
                _ => "Already gone.",
            });
        }

        if (seen.Command == SeenSession.Killed)
        {
            return answer is KillAnswer.Unknown
                ? new(Outcome.Applied, RollingBack)
                : new(Outcome.AlreadySatisfied, "It was told to end before, and is still rolling back. It was left alone.");
        }

        if (act.Cancels() && seen.IsRollingBack && IsSameWork(seen.Work, pin.Work))
        {
            return answer is KillAnswer.Unknown
                ? new(Outcome.Applied, StatementRollingBack)
                : new(Outcome.AlreadySatisfied, "Its statement was told to stop before, and is still being rolled back. It was left alone.");
        }

        if (act.Cancels() && seen.Command == "Sleep")
        {
            return new(Outcome.AlreadySatisfied, answer is KillAnswer.Unknown
                ? "Its statement is over. Whether the bot cancelled it can't be proven."
                : "Its statement was over already. The session was left alone.");
        }

        if (!IsUntouched(act, seen, pin))
        {
            return new(Outcome.Drift, act.Cancels()
                ? "It is at another statement now, and was left alone."
                : "It worked meanwhile, and was left alone.");
        }

        return answer switch
        {
            KillAnswer.Unknown when sight.SenderThere =>
                new(Outcome.Ambiguous, "Still there, but the order may yet be carried out."),
            _ when act is SessionAct.CancelGate && !seen.WaitsForTable => new(Outcome.Drift, "It has its lock by now, and was left to finish."),
            KillAnswer.Unknown => new(Outcome.NotApplied, "No answer came, but it is still there, untouched."),
            KillAnswer.Denied => new(Outcome.NotApplied, Denied),
            KillAnswer.Worked => new(Outcome.NotApplied, "It was beginning something at that very moment, and was left alone. Ask for a new plan."),
            _ => new(Outcome.NotApplied, "It is protected now, or its account became privileged, and was left alone."),
        };
    }

    /// <summary>It runs, and the bot's word may not be the last one yet: worth another look.</summary>
    public static bool MayChange(StepResult result) => result.Outcome is Outcome.Ambiguous || result.Detail is RollingBack or StatementRollingBack;

    private static StepResult OfEnded(SeenSession? seen) => seen switch
    {
        null => new(Outcome.Applied, "Told to end, and seen gone."),
        { Command: SeenSession.Killed } => new(Outcome.Applied, RollingBack),
        _ => new(Outcome.Ambiguous, "Told to end, and still there."),
    };

    private static StepResult OfCancelled(MySqlPin pin, SeenSession? seen) => seen switch
    {
        null => new(Outcome.Applied, "Told to cancel its statement, and seen gone."),
        _ when seen.Command == "Sleep" || !IsSameWork(seen.Work, pin.Work) => new(Outcome.Applied, "Told to cancel its statement, and seen without it."),
        { IsRollingBack: true } or { Command: SeenSession.Killed } => new(Outcome.Applied, StatementRollingBack),
        _ => new(Outcome.Ambiguous, "Told to cancel its statement, and still at it."),
    };

    private static bool IsSameSession(SeenSession seen, MySqlPin pin) => seen.Client is null
        ? IsSameTransaction(seen, pin)
        : seen.Client == pin.Client && seen.User == pin.User;

    private static bool IsUntouched(SessionAct act, SeenSession seen, MySqlPin pin) => seen.Database == pin.Database && act switch
    {
        SessionAct.EndIdle => seen.Command == "Sleep" && seen.Transaction is null && IsSameWork(seen.Work, pin.Work),
        SessionAct.EndIdleInTransaction => seen.Command == "Sleep" && IsSameTransaction(seen, pin) && IsSameWork(seen.Work, pin.Work),
        SessionAct.EndTransaction => IsSameTransaction(seen, pin),
        SessionAct.CancelStatement or SessionAct.CancelGate => IsSameWork(seen.Work, pin.Work),
        _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Nothing is done to a session in this way."),
    };

    private static bool IsSameTransaction(SeenSession seen, MySqlPin pin) => seen.Transaction is not null && seen.Transaction == pin.Transaction;

    /// <summary>MySQL's second part is in whole seconds, read at two moments: one second to either side is the same.</summary>
    private static bool IsSameWork(string? seen, string? pinned)
    {
        if (pinned?.Split('/') is not [var number, var since] || seen?.Split('/') is not [var seenNumber, var seenSince])
        {
            return seen == pinned;
        }

        return number == seenNumber
            && long.TryParse(since, CultureInfo.InvariantCulture, out var one)
            && long.TryParse(seenSince, CultureInfo.InvariantCulture, out var other)
            && Math.Abs(one - other) <= 1;
    }

    private static bool IsAnotherServer(ServerPin server, MySqlPin pin, MySqlSight sight) =>
        sight.Server.Identity != server.Identity
        || (sight.Server.StartedAt - server.StartedAt).Duration() > SameStart
        || pin.Id > sight.LastId
        || (sight.LastWork is { } last && long.TryParse(pin.Work, CultureInfo.InvariantCulture, out var work) && work > last);
}

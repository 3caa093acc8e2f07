using ChatBot.Incidents.Mitigations;

namespace ChatBot.Steps;

/// <summary>What became of one effect, in two or three words: the same for all that is done to sessions and accounts.</summary>
internal static class SessionWords
{
    /// <param name="done">"ended"</param>
    /// <param name="already">"already gone"</param>
    public static string Of(Outcome outcome, string done, string already) => outcome switch
    {
        Outcome.Applied => done,
        Outcome.AlreadySatisfied => already,
        Outcome.NotApplied => $"not {done}",
        Outcome.Superseded => "server restarted: nothing done",
        Outcome.Drift => "changed, left alone",
        Outcome.Ambiguous => "no answer: look by hand",
        _ => outcome.ToString(),
    };

    /// <summary>MariaDB knows no programs unless its performance_schema is on, and then a protected one is told by its user only.</summary>
    public static string Nameless(IReadOnlyList<PinnedSession> sessions) => sessions.All(session => session is { Pin: MySqlPin, Application.IsEmpty: true })
        ? " Which programs these are, the server doesn't say: only the list of protected users kept others out of this plan."
        : "";

    /// <summary>MySQL and MariaDB have no statement that looks and ends at once, but for MariaDB's statements, which have numbers of their own.</summary>
    /// <param name="cancels">Their statements are cancelled; else they are ended.</param>
    public static string Race(IReadOnlyList<PinnedSession> sessions, bool cancels) => sessions.Any(session => session.Pin is MySqlPin pin && !(cancels && pin.NamesStatement))
        ? " Look and KILL are two statements on this server: what a session begins right between them is hit."
        : "";
}

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
}

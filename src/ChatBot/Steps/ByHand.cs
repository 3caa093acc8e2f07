using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Steps;

/// <summary>What a person with more rights can run where the bot may not, or no plan can hold it.</summary>
internal static class ByHand
{
    /// <summary>More would bury the sentence that they belong to.</summary>
    private const int AtMost = 3;

    /// <param name="sessions">The most important first.</param>
    /// <returns>Empty for nobody.</returns>
    public static string Words(ITargetServer server, SessionAct act, IReadOnlyList<PinnedSession> sessions) => sessions is []
        ? ""
        : $" Somebody with more rights can run: {string.Join(' ', sessions.Take(AtMost).Select(session => server.Statement(act, session.Pin)))}";

    /// <summary>Of sessions that have to be looked for yet; without the right to see them there are none.</summary>
    public static async Task<string> WordsAsync(ITargetServer server, SessionAct act, Func<Task<IReadOnlyList<PinnedSession>>> find)
    {
        try
        {
            return Words(server, act, await find());
        }
        catch (TargetUnavailableException)
        {
            return "";
        }
    }
}

using System.CommandLine;
using ChatBot.Dispatch;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Commands;

/// <summary><c>chatbot audit</c>: whether an incident's record is what was recorded.</summary>
internal static class AuditCommand
{
    public static Command Create(StoreAccess access)
    {
        var named = StoreAccess.Named();
        var audit = new Command("audit", "Checks an incident's record: every event's hash, every approved plan's bytes, who decided. Exit code 1 when something was changed. Only reads the store; the bot may run meanwhile.") { named };
        audit.SetAction((parsed, token) => access.UseAsync(
            parsed,
            parsed.GetRequiredValue(named),
            async opened => Print(
                parsed.InvocationConfiguration.Output,
                await opened.Services.GetRequiredService<IncidentCheck>().RunAsync(opened.Incident, token)),
            token));
        return audit;
    }

    private static int Print(TextWriter output, CheckedIncident found)
    {
        var isSound = found.Faults.Count == 0;
        Line($"Incident {found.Row.Id} on {found.Row.Target}: {found.Row.State}");
        Line($"Events: {found.Events}{(isSound ? "" : " good")}, last hash {(found.LastHash.Length > 0 ? found.LastHash : "none")}");
        Line(found.Decisions.Count == 0 ? "Decisions: none" : "Decisions:");
        foreach (var decision in found.Decisions)
        {
            Line($"  {decision}");
        }

        Line(isSound ? "Sound: every event and every plan is what was recorded." : "NOT SOUND:");
        foreach (var fault in found.Faults)
        {
            Line($"  {fault}");
        }

        if (isSound)
        {
            Line("Keep the number of events and the last hash elsewhere: only they can prove later that nothing was rewritten as a whole.");
        }

        return isSound ? 0 : 1;

        // A record that somebody changed may say anything, also to a terminal.
        void Line(string text) => output.WriteLine(TerminalAccess.Clean(text).ReplaceLineEndings(" "));
    }
}

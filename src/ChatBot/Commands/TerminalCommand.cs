using System.CommandLine;

namespace ChatBot.Commands;

/// <summary><c>chatbot incident</c>: a terminal instead of Slack.</summary>
internal static class TerminalCommand
{
    public static Command Create(TerminalAccess access)
    {
        var incident = new Command(
            "incident",
            """
            A terminal instead of Slack, for the day that Slack is down. It talks to the running bot on this machine, which asks for the same approvals.
            Your token is read from --token-file, CHATBOT_TOKEN_FILE or CHATBOT_TOKEN.
            """)
        {
            IncidentStart.Create(access),
            IncidentShow.Create(access),
            IncidentListing.Create(access),
            IncidentPress.Create(access),
        };
        access.AddOptionsTo(incident);
        return incident;
    }

    /// <summary>The incident that a command is about.</summary>
    public static Argument<string> Named() => new("INCIDENT") { Description = "A target, for its open or else its last incident; or an incident's 32 digits." };
}

using System.CommandLine;
using ChatBot.Incidents;

namespace ChatBot.Commands;

/// <summary><c>chatbot runbook</c>: what can be said of a runbook without a running bot.</summary>
internal static class RunbookCommand
{
    public static Command Create() => new("runbook", "Looks at runbook pages. Needs no running bot and no settings.") { Check(), Diagram() };

    private static Command Check()
    {
        var page = new Argument<string>("PAGE") { Description = "The Markdown file." };
        var check = new Command("check", "Prints the steps of a page as the bot will take them, and every mistake with its line. Exit code 1 when there are any.") { page };
        check.SetAction(async (parsed, _) => RunbookCheck.Run(
            parsed.GetRequiredValue(page),
            await ChatBotServices.TypesOfStepsAsync(),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return check;
    }

    private static Command Diagram()
    {
        var diagram = new Command("diagram", "Prints the states of an incident and the moves between them, as Mermaid.");
        diagram.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(IncidentLifecycle.Diagram()));
        return diagram;
    }
}

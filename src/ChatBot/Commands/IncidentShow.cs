using System.CommandLine;
using System.Globalization;
using ChatBot.Terminal;

namespace ChatBot.Commands;

/// <summary><c>chatbot incident show</c></summary>
internal static class IncidentShow
{
    public static Command Create(TerminalAccess access)
    {
        var named = TerminalCommand.Named();
        var show = new Command("show", "Shows an incident as Slack does, and the buttons that work now.") { named };
        show.SetAction((parsed, token) => access.UseAsync(parsed, async client =>
        {
            var name = parsed.GetRequiredValue(named);
            Print(parsed.InvocationConfiguration.Output, name, await client.AskAsync<IncidentPage>($"incidents/{Uri.EscapeDataString(name)}", token));
            return 0;
        }));
        return show;
    }

    /// <summary>Everything a person has to read before pressing a button of this message.</summary>
    public static void Print(TextWriter output, PageMessage message)
    {
        output.WriteLine(TerminalAccess.Clean(message.Text));
        if (message.Buttons.Count > 0)
        {
            output.WriteLine(TerminalAccess.Clean($"Buttons: {string.Join(", ", message.Buttons.Select(button => button.Key))}"));
        }
    }

    private static void Print(TextWriter output, string name, IncidentPage page)
    {
        var opened = page.Incident.OpenedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        output.WriteLine(TerminalAccess.Clean($"Incident {page.Incident.Id} on {page.Incident.Target}: {page.Incident.State}, opened {opened}"));
        foreach (var message in page.Messages)
        {
            output.WriteLine();
            Print(output, message);
        }

        if (page.Messages.Any(message => message.Buttons.Count > 0))
        {
            output.WriteLine();
            output.WriteLine($"To press one: chatbot incident press {name} BUTTON");
        }
    }
}

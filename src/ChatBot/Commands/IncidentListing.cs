using System.CommandLine;
using System.Globalization;
using ChatBot.Slack.Views;
using ChatBot.Terminal;

namespace ChatBot.Commands;

/// <summary><c>chatbot incident list</c></summary>
internal static class IncidentListing
{
    public static Command Create(TerminalAccess access)
    {
        var all = new Option<bool>("--all") { Description = "The last 50, those that are over too." };
        var list = new Command("list", "Lists the open incidents.") { all };
        list.SetAction((parsed, token) => access.UseAsync(parsed, async client =>
        {
            var found = await client.AskAsync<IncidentList>(parsed.GetValue(all) ? "incidents?all=1" : "incidents", token);
            parsed.InvocationConfiguration.Output.WriteLine(found.Incidents.Count == 0 ? "No incident is open." : TerminalAccess.Clean(Table(found)));
            return 0;
        }));
        return list;
    }

    private static string Table(IncidentList found)
    {
        var table = new TextTable("target", "state", "opened (UTC)", "incident");
        foreach (var incident in found.Incidents)
        {
            table.Add(incident.Target, incident.State, incident.OpenedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), incident.Id);
        }

        return table.ToString();
    }
}

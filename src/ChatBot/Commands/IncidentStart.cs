using System.CommandLine;
using ChatBot.Terminal;

namespace ChatBot.Commands;

/// <summary><c>chatbot incident start</c></summary>
internal static class IncidentStart
{
    public static Command Create(TerminalAccess access)
    {
        var target = new Argument<string>("TARGET") { Description = "A target of the bot's settings, such as orders-db." };
        var channel = new Option<string?>("--channel") { Description = "The Slack channel it is shown in as soon as Slack answers. Left out: the target's own.", HelpName = "C..." };
        var start = new Command("start", "Opens an incident and diagnoses it.") { target, channel };
        start.SetAction((parsed, token) => access.UseAsync(parsed, async client =>
        {
            var answer = await client.WishAsync("incidents", new StartWish(parsed.GetRequiredValue(target), parsed.GetValue(channel)), token);
            return TerminalAccess.Say(parsed, answer);
        }));
        return start;
    }
}

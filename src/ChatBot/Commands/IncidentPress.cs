using System.CommandLine;
using ChatBot.Terminal;

namespace ChatBot.Commands;

/// <summary><c>chatbot incident press</c></summary>
internal static class IncidentPress
{
    public static Command Create(TerminalAccess access)
    {
        var named = TerminalCommand.Named();
        var button = new Argument<string>("BUTTON") { Description = "As incident show names it, such as end-idle-sessions or approve." };
        var note = new Option<string?>("--note") { Description = "Words to go with it, at most 500 characters.", HelpName = "TEXT" };
        var yes = new Option<bool>("--yes") { Description = "Don't ask before what can't be undone. A plan's button then needs --plan." };
        var plan = new Option<string?>("--plan") { Description = "Press it only if it belongs to the plan of these eight digits.", HelpName = "DIGITS" };
        var press = new Command("press", "Presses a button. What it is about is shown, and you are asked, where Slack would ask.") { named, button, note, yes, plan };
        press.SetAction((parsed, token) => access.UseAsync(parsed, async client =>
        {
            var path = $"incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(named))}";
            var page = await client.AskAsync<IncidentPage>(path, token);
            var (message, found) = Find(page, parsed.GetRequiredValue(button), parsed.GetValue(plan));
            if (found.Question is not null && !(parsed.GetValue(yes) ? MayGoUnasked(found, parsed.GetValue(plan)) : await AskAsync(access, parsed, message, found)))
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync("Not pressed.");
                return 1;
            }

            // What was shown is what is pressed: the bot compares.
            var answer = await client.WishAsync($"{path}/presses", new PressWish(found.Key, found.Seen, parsed.GetValue(note)), token);
            return TerminalAccess.Say(parsed, answer);
        }));
        return press;
    }

    private static (PageMessage Message, PageButton Button) Find(IncidentPage page, string key, string? plan)
    {
        var all = page.Messages.SelectMany(message => message.Buttons.Select(button => (message, button))).ToList();
        var found = all.FirstOrDefault(one => one.button.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (found.button is null)
        {
            throw new TerminalException(all.Count == 0
                ? "This incident has no buttons now."
                : $"There is no button {key} now. There are: {string.Join(", ", all.Select(one => one.button.Key))}.");
        }

        return plan is null || plan == found.button.Plan
            ? found
            : throw new TerminalException($"{found.button.Key} is about {(found.button.Plan is { } other ? $"plan {other}" : "no plan")}, not about plan {plan}. Look again.");
    }

    // Nobody has read the plan that is drawn now: it has to be the one that somebody read.
    private static bool MayGoUnasked(PageButton button, string? plan) => button.Plan is null || plan is not null
        ? true
        : throw new TerminalException($"With --yes, say which plan you read: --plan {button.Plan}, if it is that one.");

    private static Task<bool> AskAsync(TerminalAccess access, ParseResult parsed, PageMessage message, PageButton button)
    {
        var output = parsed.InvocationConfiguration.Output;
        IncidentShow.Print(output, message);
        output.WriteLine();
        return access.IsSureAsync(parsed, $"{button.Question} {button.Label}?");
    }
}

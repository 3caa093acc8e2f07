using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Slack;

namespace ChatBot.Sandbox.Terminal;

/// <summary>The workspace at a keyboard: what is typed is said by the person whose turn it is.</summary>
internal sealed class Prompt(PracticeWorld world, Screen screen, Keyboard keyboard, Feed feed)
{
    /// <summary>How long a line of a script waits for its button or its text: 60 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Help =
        """
        /runbook start orders-db   opens an incident; /runbook alone says what else there is
        press LABEL                presses the newest button with that label: press Approve
        fill WORDS                 fills in the window that a press opened, and sends it; close leaves it
        as NAME                    be somebody else: ana (responds), boris, carl (approve), guest (may nothing)
        say WORDS                  writes a message in the channel
        look                       the whole channel as you see it, tables included
        db                         who holds the slots, asked of the server
        wait WORDS                 waits until a message says so (for scripts)
        quit                       ends everything; Ctrl+C too
        """;

    private SlackPerson _person = world.Slack.Workspace.As("ana");
    private bool _isDone;

    /// <returns>0; or 1 when a line of a script could not be played.</returns>
    public static async Task<int> RunAsync(PracticeWorld world, Scenario scenario, Screen screen, CancellationToken cancellationToken)
    {
        using var feed = new Feed(world.Slack.Workspace, PracticeWorld.Channel, screen, TimeProvider.System);
        feed.Start();
        screen.Write("", $"You are ana, the responder. Type /runbook start {PracticeWorld.Target}, or help.");
        feed.Tell($"*{scenario.Beginning}*", "red");
        await scenario.BeginAsync(world);
        _ = TellWhenBotEndsAsync(world, feed, cancellationToken);
        return await new Prompt(world, screen, new Keyboard(screen), feed).RunAsync(cancellationToken);
    }

    private string Name => _person.User.Name;

    private string Label => $"{Role(Name)}{Name}> ";

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        _ = Modals.ShowAsync(world.Slack.Workspace, feed, cancellationToken);
        while (!_isDone && await keyboard.ReadLineAsync(Label, cancellationToken) is { } line)
        {
            try
            {
                await DoAsync(line.Trim(), cancellationToken);
            }
            catch (Exception impossible) when (impossible is InvalidOperationException or TimeoutException or ArgumentException)
            {
                screen.Write("  ", impossible.Message, "red");
                if (keyboard.IsScript)
                {
                    return 1;
                }
            }
        }

        feed.Show(hurry: true);
        return 0;
    }

    private async Task DoAsync(string line, CancellationToken cancellationToken)
    {
        // A line copied from a transcript: "approver> press Approve".
        if (line.IndexOf('>', StringComparison.Ordinal) is > 0 and var end && line[..end].Split(' ')[^1] is var who && IsSomebody(who))
        {
            Become(who);
            line = line[(end + 1)..].Trim();
        }

        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (verb, rest) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
        switch (verb)
        {
            case "":
                break;
            case ['/', ..]:
                Report(await _person.TypeAsync(PracticeWorld.Channel, line, cancellationToken), told: true);
                break;
            case "press":
                await PressAsync(rest.Trim('[', ']'), cancellationToken);
                break;
            case "fill":
                Report(await Modals.FillAsync(_person, rest, cancellationToken));
                break;
            case "close":
                await Modals.CloseAsync(_person, cancellationToken);
                break;
            case "as" when IsSomebody(rest):
                Become(rest);
                break;
            case "as":
                throw new ArgumentException($"Nobody is called \"{rest}\". There are: ana, boris, carl, guest.");
            case "say":
                await _person.SayAsync(PracticeWorld.Channel, rest, cancellationToken: cancellationToken);
                break;
            case "look":
                feed.Quote(new ChannelText(world.Slack.Workspace).Of(_person.Sees(PracticeWorld.Channel)));
                break;
            case "db":
                await ShowSlotsAsync(cancellationToken);
                break;
            case "wait":
                await WaitAsync(message => message.Says(rest), cancellationToken);
                if (!_person.Sees(PracticeWorld.Channel).Any(message => message.Says(rest)))
                {
                    throw new TimeoutException($"{Name} waited {Patience.TotalSeconds:0} s, and no message says \"{rest}\".");
                }

                break;
            case "help":
                feed.Quote(Help);
                break;
            case "quit" or "exit":
                _isDone = true;
                break;
            default:
                throw new ArgumentException($"\"{verb}\" is nothing I know. Type help. (To write in the channel: say {line})");
        }
    }

    private async Task PressAsync(string label, CancellationToken cancellationToken)
    {
        var message = Newest(label);
        if (message is null && keyboard.IsScript)
        {
            await WaitAsync(seen => ButtonOf(seen, label) is not null, cancellationToken);
            message = Newest(label);
        }

        if (message is null)
        {
            var there = _person.Sees(PracticeWorld.Channel).SelectMany(seen => seen.Buttons).Select(button => $"[{button.Label}]").Distinct().ToArray();
            var waited = keyboard.IsScript ? $" {Patience.TotalSeconds:0} s long" : "";
            throw new InvalidOperationException($"{Name} sees no button [{label}]{waited}. There {(there.Length == 0 ? "is none" : $"are: {string.Join(' ', there)}")}.");
        }

        feed.Show(hurry: true);
        var button = ButtonOf(message, label)!;
        var confirmed = button.Confirm is null || await AskAsync(button.Confirm, cancellationToken);
        Report(await _person.PressAsSeenAsync(message, button, confirmed, cancellationToken));
    }

    private async Task<bool> AskAsync(DialogSeen dialog, CancellationToken cancellationToken)
    {
        feed.Quote(new ChannelText(world.Slack.Workspace).Of(dialog), "blue");
        var answer = (await keyboard.ReadLineAsync($"{dialog.Confirm}? yes or no> ", cancellationToken))?.Trim();
        return answer is not null && new[] { "y", "yes", dialog.Confirm, $"press {dialog.Confirm}" }.Contains(answer, StringComparer.OrdinalIgnoreCase);
    }

    private void Report(SlackAnswer answer, bool told = false)
    {
        if (answer.Kind is SlackAnswerKind.Cancelled)
        {
            screen.Write("  ", "Cancelled. The bot heard nothing of it.");
        }
        else if (!told && answer.Shown is { } shown)
        {
            screen.Write("  ", $"Slack says: {shown}", "yellow");
        }
    }

    private async Task ShowSlotsAsync(CancellationToken cancellationToken)
    {
        if (world.Situation is { MySql: not null } situation)
        {
            var sessions = await situation.CountAsync("select count(*) from information_schema.processlist where user not in ('root', 'system user', 'event_scheduler')");
            feed.Quote($"{sessions} of {situation.Slots} slots are used.");
            return;
        }

        var slots = await SlotCount.AskAsync(world.Server, cancellationToken);
        var refused = await OrdinaryLogin.TryAsync(world.Server, cancellationToken);
        var rows = slots.Holders.Select(holder => $"{holder.Sessions,4}  {holder.Application,-14}  {holder.Idle} idle");
        feed.Quote(string.Join('\n', [$"{slots.Used} of {slots.Capacity} slots are used, {slots.Free} free.", .. rows]));
        feed.Quote(refused is null ? "An ordinary login works." : $"An ordinary login is refused: {refused}", refused is null ? "green" : "red");
    }

    private SeenMessage? Newest(string label) => _person.Sees(PracticeWorld.Channel)
        .Where(message => ButtonOf(message, label) is not null)
        .MaxBy(message => message.Ts, StringComparer.Ordinal);

    private static SeenButton? ButtonOf(SeenMessage message, string label) =>
        message.Buttons.FirstOrDefault(button => string.Equals(button.Label, label, StringComparison.OrdinalIgnoreCase));

    private void Become(string who) => _person = world.Slack.Workspace.As(PersonOf(who));

    private bool IsSomebody(string who) => world.Slack.Workspace.FindUser(PersonOf(who)) is { IsBot: false };

    private static string PersonOf(string who) => who switch
    {
        "responder" => "ana",
        "approver" => "boris",
        _ => who,
    };

    private static string Role(string name) => name switch
    {
        "ana" => "responder ",
        "boris" or "carl" => "approver ",
        _ => "",
    };

    /// <summary>Returns when the person sees such a message, or when patience is over.</summary>
    private async Task WaitAsync(Func<SeenMessage, bool> isSo, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await _person.WaitForAsync(PracticeWorld.Channel, isSo, patience.Token);
        }
        catch (TimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task TellWhenBotEndsAsync(PracticeWorld world, Feed feed, CancellationToken cancellationToken)
    {
        await world.Bot.WaitForExitAsync(cancellationToken);
        feed.Tell($"*The bot ended with exit code {world.Bot.ExitCode}.* Its last words:", "red");
        feed.Quote(string.Join('\n', world.Bot.Output.Split('\n').TakeLast(10)));
    }
}

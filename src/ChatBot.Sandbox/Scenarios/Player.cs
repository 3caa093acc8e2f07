using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;

namespace ChatBot.Sandbox.Scenarios;

/// <summary>Somebody of the story, played by the runner: waits until there is something to press, as a person would.</summary>
internal sealed class Player(SlackPerson person, Feed feed)
{
    public async Task TypeAsync(string line, CancellationToken cancellationToken)
    {
        feed.Tell($"*{person.User.Name} types* {line}", "cyan");
        var answer = await person.TypeAsync(PracticeWorld.Channel, line, cancellationToken);
        if (!answer.IsAcknowledged)
        {
            throw new InvalidOperationException($"{person.User.Name} typed {line}, and Slack says: {answer.Shown}");
        }
    }

    public Task<SeenMessage> SeesAsync(Func<SeenMessage, bool> isSo, CancellationToken cancellationToken) =>
        person.WaitForAsync(PracticeWorld.Channel, isSo, cancellationToken);

    /// <summary>Presses, and says yes in the confirmation dialog.</summary>
    public async Task PressAsync(Func<SeenMessage, bool> isIt, string button, CancellationToken cancellationToken)
    {
        var message = await SeesAsync(message => isIt(message) && message.Button(button) is not null, cancellationToken);
        var dialog = message.Button(button)!.Confirm;
        feed.Tell(dialog is null
            ? $"*{person.User.Name} presses* [{button}]"
            : $"*{person.User.Name} presses* [{button}]; the dialog asks: \"{dialog.Title}: {dialog.Text}\" *{person.User.Name} presses* [{dialog.Confirm}] there", "cyan");
        var answer = await person.PressAsSeenAsync(message, button, cancellationToken: cancellationToken);
        if (!answer.IsAcknowledged)
        {
            throw new InvalidOperationException($"{person.User.Name} pressed [{button}], and Slack says: {answer.Shown}");
        }
    }

    /// <summary>Presses a button that asks for words, and sends them.</summary>
    public async Task NoteAsync(Func<SeenMessage, bool> isIt, string button, string words, CancellationToken cancellationToken)
    {
        await PressAsync(isIt, button, cancellationToken);
        var modal = await person.WaitForViewAsync(_ => true, cancellationToken);
        feed.Tell($"*{person.User.Name} writes* \"{words}\" into \"{modal.Title}\"", "cyan");
        var answer = await person.SubmitViewAsync(new Dictionary<string, string> { ["note"] = words }, cancellationToken);
        if (!answer.IsAcknowledged)
        {
            throw new InvalidOperationException($"{person.User.Name} sent \"{words}\", and Slack says: {answer.Shown}");
        }
    }
}

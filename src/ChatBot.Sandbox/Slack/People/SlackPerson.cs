using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>Somebody at the keyboard: types, presses, reads. Sees only what Slack would show this person.</summary>
public sealed class SlackPerson
{
    private readonly SlackWorkspace _workspace;
    private readonly SlackSimulatorOptions _options;
    private readonly Interactions _interactions;
    private readonly string _id;
    private readonly CancellationToken _stopping;

    internal SlackPerson(
        SlackWorkspace workspace,
        SlackSimulatorOptions options,
        Interactions interactions,
        string id,
        CancellationToken stopping)
    {
        (_workspace, _options, _interactions, _id, _stopping) = (workspace, options, interactions, id, stopping);
    }

    public SlackUser User => _workspace.RequireUser(_id);

    /// <summary>Types a line: a slash command if it begins with one, else a message.</summary>
    /// <returns>When the app acknowledged, or with what Slack shows instead.</returns>
    public async Task<SlackAnswer> TypeAsync(string channel, string line, CancellationToken cancellationToken = default)
    {
        var where = _workspace.RequireChannel(channel);
        if (!line.StartsWith('/'))
        {
            await SayAsync(channel, line, cancellationToken: cancellationToken);
            return new SlackAnswer(SlackAnswerKind.Acknowledged);
        }

        var space = line.IndexOfAny([' ', '\n']);
        var (command, text) = space < 0 ? (line, "") : (line[..space], line[space..].Trim());

        // Commands aren't shared with the other organisation of a shared channel.
        if (!_options.SlashCommands.Contains(command) || User.IsStranger)
        {
            return Tell(where, new SlackAnswer(SlackAnswerKind.Refused, $"{command} is not a valid command."));
        }

        var encoded = _options.EscapesCommandText
            ? TypedText.Encode(text, _workspace, withNames: true)
            : TypedText.Escape(text);
        return Tell(where, await _interactions.CommandAsync(User, where, command, encoded, cancellationToken));
    }

    /// <summary>Writes a message, or a reply. The app hears of it if it listens to such events.</summary>
    public Task<SeenMessage> SayAsync(
        string channel,
        string text,
        string? threadTs = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var where = _workspace.RequireChannel(channel);
        var content = new SlackContent(TypedText.Encode(text, _workspace, withNames: false));
        var message = _workspace.Post(where.Id, _id, content, threadTs);
        _ = AppEvents.TellAsync(_options, _workspace, _interactions, where, message, _stopping);
        return Task.FromResult(Eyes.See(message));
    }

    /// <summary>Presses a button that is there now, and answers its confirmation dialog.</summary>
    /// <param name="button">Its label or action id.</param>
    /// <param name="confirm">False says no in the dialog.</param>
    /// <exception cref="InvalidOperationException">This person sees no such message or button; says what is there.</exception>
    public Task<SlackAnswer> PressAsync(
        SeenMessage message,
        string button,
        bool confirm = true,
        CancellationToken cancellationToken = default)
    {
        var now = Sees(message.ChannelId).FirstOrDefault(seen => seen.Ts == message.Ts)
            ?? throw new InvalidOperationException($"@{User.Name} doesn't see this message (any more):\n{Eyes.Text.Of(message)}");
        return PressAsSeenAsync(now, button, confirm, cancellationToken);
    }

    /// <summary>Presses a button of the newest message that has it.</summary>
    /// <exception cref="InvalidOperationException">This person sees no such button; says what is there.</exception>
    public Task<SlackAnswer> PressAsync(
        string channel,
        string button,
        bool confirm = true,
        CancellationToken cancellationToken = default)
    {
        var seen = Sees(channel);
        var message = seen
            .Where(message => message.Button(button) is not null)
            .MaxBy(message => message.Ts, StringComparer.Ordinal)
            ?? throw new InvalidOperationException(
                $"@{User.Name} sees no button '{button}' in #{channel}:\n{Eyes.Text.Of(seen)}");
        return PressAsSeenAsync(message, button, confirm, cancellationToken);
    }

    /// <summary>Presses a button as it was when the person looked, even if it is gone meanwhile: a press on an old screen.</summary>
    public Task<SlackAnswer> PressAsSeenAsync(
        SeenMessage message,
        string button,
        bool confirm = true,
        CancellationToken cancellationToken = default) =>
        PressAsSeenAsync(
            message,
            message.Button(button)
                ?? throw new InvalidOperationException($"No button '{button}' for @{User.Name} in:\n{Eyes.Text.Of(message)}"),
            confirm,
            cancellationToken);

    /// <summary>The same for one of several buttons that look alike, as in a list of steps.</summary>
    public async Task<SlackAnswer> PressAsSeenAsync(
        SeenMessage message,
        SeenButton pressed,
        bool confirm = true,
        CancellationToken cancellationToken = default)
    {
        if (pressed.Confirm is { } dialog && !confirm)
        {
            return new SlackAnswer(SlackAnswerKind.Cancelled, Dialog: dialog);
        }

        var answer = await PressRawAsync(message, PressedAction.Of(pressed), cancellationToken);
        return answer with { Dialog = pressed.Confirm };
    }

    /// <summary>Sends a press of a button the message never had, as a forged or outdated client would.</summary>
    public Task<SlackAnswer> PressUnknownAsync(
        SeenMessage message,
        string actionId,
        string? value = null,
        CancellationToken cancellationToken = default) =>
        PressRawAsync(
            message,
            PressedAction.Of(new SeenButton("?", actionId, "unknown", value, null, null)),
            cancellationToken);

    /// <summary>The topmost modal on the screen; null when there is none.</summary>
    public SeenView? View => Eyes.View();

    /// <summary>Fills in the topmost modal and sends it.</summary>
    /// <param name="values">By block_id, action_id or label; several choices by commas.</param>
    /// <exception cref="InvalidOperationException">No modal is open, a value fits no input, or a required one is missing.</exception>
    public Task<SlackAnswer> SubmitViewAsync(
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken = default)
    {
        var view = TopView();
        return _interactions.SubmitAsync(User, view, ViewValues.Fill(view, values), cancellationToken);
    }

    /// <summary>Presses a button inside the topmost modal.</summary>
    public Task<SlackAnswer> PressInViewAsync(string button, CancellationToken cancellationToken = default)
    {
        var view = TopView();
        var pressed = View!.Buttons.FirstOrDefault(b => b.Label == button || b.ActionId == button)
            ?? throw new InvalidOperationException($"No button '{button}' in:\n{Eyes.Text.Of(View!)}");
        return _interactions.PressInViewAsync(User, view, PressedAction.Of(pressed), ViewValues.Initial(view), cancellationToken);
    }

    public Task CloseViewAsync(CancellationToken cancellationToken = default) =>
        _interactions.CloseAsync(User, TopView(), cancellationToken);

    /// <summary>What this person sees in the channel now: messages by time, each followed by its thread.</summary>
    public IReadOnlyList<SeenMessage> Sees(string channel) => Eyes.Look(_workspace.RequireChannel(channel));

    /// <summary>Waits until something this person sees is so, and returns it.</summary>
    /// <exception cref="TimeoutException">Cancelled first; says what the person sees instead.</exception>
    public Task<SeenMessage> WaitForAsync(
        string channel,
        Func<SeenMessage, bool> isSo,
        CancellationToken cancellationToken) =>
        WaitAsync(() => Sees(channel).FirstOrDefault(isSo), () => Screen(channel), cancellationToken);

    /// <summary>Waits until everything this person sees in the channel is as wanted.</summary>
    public Task<IReadOnlyList<SeenMessage>> WaitForAllAsync(
        string channel,
        Func<IReadOnlyList<SeenMessage>, bool> isSo,
        CancellationToken cancellationToken) =>
        WaitAsync(
            () => Sees(channel) is var all && isSo(all) ? all : null,
            () => Screen(channel),
            cancellationToken);

    /// <summary>Waits for a modal on the screen.</summary>
    /// <exception cref="TimeoutException">Cancelled first; says what is on the screen instead.</exception>
    public Task<SeenView> WaitForViewAsync(Func<SeenView, bool> isSo, CancellationToken cancellationToken) => WaitAsync(
        () => View is { } view && isSo(view) ? view : null,
        () => $"@{User.Name} waited in vain for a modal. On the screen: {(View is { } open ? Eyes.Text.Of(open) : "none")}",
        cancellationToken);

    /// <summary>Every change this person can see from now on, for a terminal that prints them.</summary>
    public async IAsyncEnumerable<(SlackChangeKind Kind, SeenMessage Message)> Changes(
        string channel,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channelId = _workspace.RequireChannel(channel).Id;
        await foreach (var change in _workspace.Changes(cancellationToken))
        {
            if (change.Message is { } message && message.ChannelId == channelId
                && (message.EphemeralFor is null || message.EphemeralFor == _id))
            {
                yield return (change.Kind, Eyes.See(message));
            }
        }
    }

    private Eyes Eyes => new(_workspace, User);

    private string Screen(string channel) =>
        $"@{User.Name} waited in vain in #{channel}. On the screen:\n{Eyes.Text.Of(Sees(channel))}";

    private async Task<T> WaitAsync<T>(Func<T?> find, Func<string> screen, CancellationToken cancellationToken)
        where T : class
    {
        using var listener = _workspace.Listen(); // before the first look, so that no change is missed
        if (find() is { } already)
        {
            return already;
        }

        try
        {
            await foreach (var _ in listener.ReadAsync(cancellationToken))
            {
                if (find() is { } found)
                {
                    return found;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Said below, with what is on the screen.
        }

        throw new TimeoutException(screen());
    }

    private Task<SlackAnswer> PressRawAsync(SeenMessage seen, JsonObject action, CancellationToken cancellationToken)
    {
        var message = _workspace.FindMessage(seen.ChannelId, seen.Ts)
            ?? throw new InvalidOperationException($"The message is deleted:\n{Eyes.Text.Of(seen)}");
        return _interactions.PressAsync(User, message, action, cancellationToken);
    }

    private SlackView TopView() => _workspace.Views(_id) is [.., var top]
        ? top
        : throw new InvalidOperationException($"@{User.Name} has no modal open.");

    /// <summary>Slackbot tells a person, and nobody else, what went wrong with a command.</summary>
    private SlackAnswer Tell(SlackChannel where, SlackAnswer answer)
    {
        if (answer.Shown is { } words)
        {
            _workspace.Post(where.Id, "USLACKBOT", new SlackContent(words), ephemeralFor: _id);
        }

        return answer;
    }
}

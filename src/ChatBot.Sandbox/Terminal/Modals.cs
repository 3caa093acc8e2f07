using ChatBot.Sandbox.Slack;

namespace ChatBot.Sandbox.Terminal;

/// <summary>Modals at a keyboard: shown when they open, filled in with one line.</summary>
internal static class Modals
{
    /// <summary>A modal opens a moment after the press: 10 s is more than any trigger lives.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Shows every modal as it opens or changes, until cancelled.</summary>
    public static async Task ShowAsync(SlackWorkspace workspace, Feed feed, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in workspace.Changes(cancellationToken))
            {
                if (change is { Kind: SlackChangeKind.ViewChanged, UserId: { } user } && workspace.As(user) is { View: { } view } person)
                {
                    feed.Quote($"{new ChannelText(workspace).Of(view)}\n({person.User.Name}: fill WORDS sends it, close leaves it)", "blue");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The practice is over.
        }
    }

    /// <summary>Writes the words into the first input of the modal on the person's screen, and sends it.</summary>
    /// <exception cref="TimeoutException">No modal opened.</exception>
    public static async Task<SlackAnswer> FillAsync(SlackPerson person, string words, CancellationToken cancellationToken)
    {
        var view = await OpenAsync(person, cancellationToken);
        var values = view.Inputs.Take(1).ToDictionary(input => input.BlockId, _ => words);
        var answer = await person.SubmitViewAsync(values, cancellationToken);
        return answer.Errors.Count == 0 ? answer : throw new InvalidOperationException(string.Join('\n', answer.Errors.Values));
    }

    /// <exception cref="TimeoutException">No modal opened.</exception>
    public static async Task CloseAsync(SlackPerson person, CancellationToken cancellationToken)
    {
        await OpenAsync(person, cancellationToken);
        await person.CloseViewAsync(cancellationToken);
    }

    private static async Task<SeenView> OpenAsync(SlackPerson person, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return await person.WaitForViewAsync(_ => true, patience.Token);
    }
}

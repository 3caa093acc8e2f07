namespace ChatBot.Sandbox.Slack;

/// <summary>What became of something a person did, as far as Slack tells them.</summary>
public enum SlackAnswerKind
{
    /// <summary>The app acknowledged in time.</summary>
    Acknowledged,

    /// <summary>The app is connected but said nothing within three seconds.</summary>
    DidNotRespond,

    /// <summary>The app has no open connection.</summary>
    NotConnected,

    /// <summary>The person said no in the confirmation dialog; the app heard nothing.</summary>
    Cancelled,

    /// <summary>Slack itself refused, and the app heard nothing.</summary>
    Refused,
}

/// <param name="Shown">The words Slack shows the person; null when it shows nothing.</param>
/// <param name="Dialog">The confirmation dialog the person went through.</param>
/// <param name="AckedAfter">From sending to acknowledgement.</param>
public sealed record SlackAnswer(
    SlackAnswerKind Kind,
    string? Shown = null,
    DialogSeen? Dialog = null,
    TimeSpan? AckedAfter = null)
{
    public bool IsAcknowledged => Kind is SlackAnswerKind.Acknowledged;

    /// <summary>Complaints of the app beside the inputs of a modal, by block_id.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    internal static SlackAnswer Of(EnvelopeResult result, string failure) => result.Fate switch
    {
        EnvelopeFate.Acknowledged => new SlackAnswer(SlackAnswerKind.Acknowledged, AckedAfter: result.After),
        EnvelopeFate.NotConnected => new SlackAnswer(SlackAnswerKind.NotConnected, failure),
        _ => new SlackAnswer(SlackAnswerKind.DidNotRespond, failure),
    };
}

/// <summary>A confirmation dialog as the person reads it.</summary>
/// <param name="Style"><c>primary</c>, <c>danger</c> or null.</param>
public sealed record DialogSeen(string Title, string Text, string Confirm, string Deny, string? Style = null);

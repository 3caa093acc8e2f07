using System.Text.RegularExpressions;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>A few words that go with a press: why, or what came of it. They may be left out.</summary>
/// <remarks>
/// A button whose action id ends with <see cref="ButtonIds.NoteSuffix"/> opens it; what is sent is the press, with the
/// action id before the suffix. Slack gives a sent modal no channel and no message, so the modal carries them itself.
/// </remarks>
internal static partial class NoteModal
{
    /// <summary>Names the input, as a block and as an element.</summary>
    public const string Input = "note";

    /// <summary>In UTF-16 units: as much as of a command is kept.</summary>
    public const int LongestNote = DeliveryReader.LongestText;

    private static readonly Dictionary<string, (string Title, string Question, string Submit)> Questions = new(StringComparer.Ordinal)
    {
        [ButtonIds.Stop] = ("Stop the incident", "Why? (goes into the log)", "Stop"),
        [ButtonIds.StepDone] = ("Done", "What did you do, what came out?", "Done"),
        [ButtonIds.SkipStep] = ("Skip this step", "Why?", "Skip"),
    };

    /// <summary>The press keeps words that come with it.</summary>
    /// <param name="actionId">Without the suffix.</param>
    public static bool Takes(string actionId) => Questions.ContainsKey(actionId);

    /// <returns>The modal that this press asks for; null when it is a press like any other.</returns>
    public static ModalView? For(Delivery press) =>
        press is { Kind: DeliveryKind.Press, ActionId: { } id } && id.EndsWith(ButtonIds.NoteSuffix, StringComparison.Ordinal)
        && Questions.TryGetValue(id[..^ButtonIds.NoteSuffix.Length], out var ask)
        && Metadata(press.Channel, press.MessageTs, press.Value) is { } metadata
            ? Render(id[..^ButtonIds.NoteSuffix.Length], ask.Title, ask.Question, ask.Submit, metadata)
            : null;

    /// <param name="callbackId">Which button it stands for.</param>
    /// <param name="title">At most 24 characters, as <paramref name="submit"/>.</param>
    /// <param name="metadata">As made by <see cref="Metadata"/>.</param>
    public static ModalView Render(string callbackId, string title, string question, string submit, string metadata) => new(
        callbackId,
        title,
        [new InputBlock(Input, question, new PlainTextInput(Input, Multiline: true, MaxLength: LongestNote), Optional: true)],
        submit,
        "Cancel",
        metadata);

    /// <summary>Where the button stands and what it carries: <c>CHANNEL|MESSAGE_TS|VALUE</c>.</summary>
    /// <returns>Null when it couldn't be read back.</returns>
    public static string? Metadata(string channel, string? messageTs, string? value) =>
        $"{channel}|{messageTs}|{value}" is var metadata && Read(metadata) == (channel, messageTs, value) ? metadata : null;

    /// <returns>Null when this isn't ours.</returns>
    public static (string Channel, string MessageTs, string Value)? Read(string? metadata) =>
        metadata is not null && Parts.Match(metadata) is { Success: true, Groups: var parts }
            ? (parts["channel"].Value, parts["ts"].Value, parts["value"].Value)
            : null;

    [GeneratedRegex(@"\A(?<channel>[CDG][A-Z0-9]{1,30})\|(?<ts>[0-9]{1,20}\.[0-9]{1,20})\|(?<value>[\x20-\x7e]{0,2000})\z")]
    private static partial Regex Parts { get; }
}

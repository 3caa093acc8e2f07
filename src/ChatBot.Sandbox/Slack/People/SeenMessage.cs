using System.Globalization;

namespace ChatBot.Sandbox.Slack;

/// <summary>A message as one person sees it now.</summary>
/// <param name="Author">The short name: <c>chatbot</c>.</param>
/// <param name="Lines">What it says, block by block, mrkdwn as written.</param>
/// <param name="IsEphemeral">Only this person sees it.</param>
public sealed record SeenMessage(
    string ChannelId,
    string Ts,
    string? ThreadTs,
    string Author,
    IReadOnlyList<string> Lines,
    IReadOnlyList<SeenButton> Buttons,
    bool IsEdited,
    bool IsEphemeral)
{
    /// <summary>What is attached; can be opened and read.</summary>
    public IReadOnlyList<SeenFile> Files { get; init; } = [];

    /// <summary>All lines in one string.</summary>
    public string Text => string.Join('\n', Lines);

    /// <summary>Whether a text stands in it, as written.</summary>
    public bool Says(string text) => Text.Contains(text, StringComparison.Ordinal);

    /// <summary>By label or action id; null when it isn't there.</summary>
    public SeenButton? Button(string labelOrActionId) =>
        Buttons.FirstOrDefault(button => button.Label == labelOrActionId)
        ?? Buttons.FirstOrDefault(button => button.ActionId == labelOrActionId);
}

/// <summary>A file as a person sees it in the channel, and what stands in it when it is opened.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Text">Read as UTF-8.</param>
public sealed record SeenFile(string Name, string Title, int Size, string Text)
{
    /// <summary>One line: <c>[file pgbouncer.ini, 1.2 kB]</c>.</summary>
    public string Line => Size < 1_000
        ? string.Create(CultureInfo.InvariantCulture, $"[file {Name}, {Size} B]")
        : string.Create(CultureInfo.InvariantCulture, $"[file {Name}, {Size / 1_000.0:0.0} kB]");
}

/// <summary>Something to press: a button, or one entry of a menu, a select or a group of choices.</summary>
/// <param name="Label">What stands on it.</param>
/// <param name="Style"><c>primary</c>, <c>danger</c> or null.</param>
/// <param name="Confirm">The dialog that comes first; null when the press counts at once.</param>
public sealed record SeenButton(
    string Label,
    string ActionId,
    string BlockId,
    string? Value,
    string? Style,
    DialogSeen? Confirm)
{
    /// <summary>Slack's element type: <c>button</c>, <c>overflow</c>, <c>static_select</c>.</summary>
    public string Type { get; init; } = "button";

    /// <summary>A button that opens a page; the press reaches the app all the same.</summary>
    public string? Url { get; init; }
}

/// <summary>The topmost modal on a person's screen.</summary>
/// <param name="Submit">The label of its main button; null when it has none.</param>
public sealed record SeenView(
    string Id,
    string CallbackId,
    string Title,
    string? Submit,
    IReadOnlyList<string> Lines,
    IReadOnlyList<SeenInput> Inputs,
    IReadOnlyList<SeenButton> Buttons)
{
    public string Text => string.Join('\n', Lines);
}

/// <param name="Type">Slack's element type: <c>plain_text_input</c>.</param>
/// <param name="Options">Labels to choose from; empty for text.</param>
public sealed record SeenInput(
    string BlockId,
    string ActionId,
    string Type,
    string Label,
    bool IsOptional,
    IReadOnlyList<string> Options);

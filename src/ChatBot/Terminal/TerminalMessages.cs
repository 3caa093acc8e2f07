namespace ChatBot.Terminal;

// What goes over the wire between a command line and a running bot. Texts are for a terminal: no markup, no control
// characters but line breaks.

/// <summary>A wish: open an incident.</summary>
/// <param name="Channel">The Slack channel it is shown in (C… or G…); null for the target's own.</param>
internal sealed record StartWish(string Target, string? Channel = null);

/// <summary>A wish: press a button.</summary>
/// <param name="Button">Its <see cref="PageButton.Key"/>.</param>
/// <param name="Seen">Its <see cref="PageButton.Seen"/>: a button that is about something else by now isn't pressed.</param>
/// <param name="Note">Words to go with it; null for none.</param>
internal sealed record PressWish(string Button, string Seen, string? Note = null);

/// <summary>What became of a wish, or why a request was refused.</summary>
/// <param name="Accepted">Null when it is on record, but nobody has decided yet: send the same again.</param>
/// <param name="Said">In words for the person.</param>
internal sealed record TerminalAnswer(bool? Accepted, string Said);

/// <summary>Newest last when they are open, else newest first.</summary>
internal sealed record IncidentList(IReadOnlyList<IncidentLine> Incidents);

/// <param name="Id">32 hex digits.</param>
internal sealed record IncidentLine(string Id, string Target, string State, bool IsOpen, DateTimeOffset OpenedAt);

/// <summary>One incident as Slack shows it.</summary>
internal sealed record IncidentPage(IncidentLine Incident, IReadOnlyList<PageMessage> Messages);

internal sealed record PageMessage(string Text, IReadOnlyList<PageButton> Buttons);

/// <param name="Key">The label in small letters with hyphens; a number behind it where two have the same.</param>
/// <param name="Seen">Tells this button from one that will have its key later.</param>
/// <param name="Plan">The eight digits of the plan it is about; null when it is about none.</param>
/// <param name="Question">What to ask the person before; null when nothing.</param>
internal sealed record PageButton(string Key, string Label, string Seen, string? Plan, string? Question);

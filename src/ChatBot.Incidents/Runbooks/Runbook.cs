using System.Collections.Immutable;

namespace ChatBot.Incidents.Runbooks;

/// <summary>A page as the bot follows it: its steps in the page's order.</summary>
/// <param name="Title">The page's first heading; plain text.</param>
/// <param name="Hash">SHA-256 of the page's bytes, 64 lower-case hex digits: an incident keeps the page it was opened with.</param>
/// <param name="Meaning">Plain text; empty when the page has no such section.</param>
/// <param name="Impact">Plain text, one item a line; empty when the page has no such section.</param>
public sealed record Runbook(string Title, string Hash, string Meaning, string Impact, ImmutableArray<RunbookStep> Steps)
{
    /// <summary>Null when the page has no step of this id.</summary>
    public RunbookStep? Find(string id) => Steps.FirstOrDefault(step => step.Id == id);
}

/// <summary>The parts of a runbook, in the order in which an incident comes to them.</summary>
public enum RunbookPhase
{
    Diagnosis,
    Immediate,
    ShortTerm,
    LongTerm,
}

/// <summary>One numbered item or sub-item of a page.</summary>
/// <param name="Id">
/// Unique on its page: the binding's <c>id</c>, else the place, such as <c>diagnosis-2</c> or <c>mitigation-1-2</c>. At most 60
/// characters of a-z, 0-9 and hyphens.
/// </param>
/// <param name="Number">As a reader counts: <c>2</c>, <c>1.2</c>, <c>3.1.3</c>.</param>
/// <param name="Title">The item's first paragraph up to a hard line break; plain text, at most 200 characters.</param>
/// <param name="Line">Where it stands in the page, from 1.</param>
public sealed record RunbookStep(string Id, RunbookPhase Phase, string Number, string Title, int Line)
{
    /// <summary>The title of the item that it is a sub-item of; empty at the top and right below a group such as "Immediate actions".</summary>
    public string Under { get; init; } = "";

    /// <summary>What else the item says; plain text, empty when nothing.</summary>
    public string Text { get; init; } = "";

    /// <summary>To be pasted by hand, placeholders and all.</summary>
    public ImmutableArray<CommandBlock> Commands { get; init; } = [];

    /// <summary>Null for a manual step: a person does it.</summary>
    public StepBinding? Binding { get; init; }
}

/// <summary>A fenced block of a page.</summary>
/// <param name="Language">As written after the fence, such as <c>bash</c>; empty when nothing is.</param>
public sealed record CommandBlock(string Language, string Text);

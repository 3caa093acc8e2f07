namespace ChatBot.Configuration;

/// <summary>Section <c>Runbooks</c>: the pages that incidents follow.</summary>
internal sealed record RunbookOptions
{
    /// <summary>The folder of the pages, each a file <c>name.md</c>. A relative path starts at the program.</summary>
    public string Folder { get; init; } = "runbooks";

    /// <summary>How long after an incident its follow-ups are due that nobody gave a date, from 1 hour to 1 year.</summary>
    public TimeSpan FollowUpDue { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a change may stay that a plan made for the incident only, such as a limit, until its undo is due: from 1 hour to 1 year.</summary>
    public TimeSpan UndoDue { get; init; } = TimeSpan.FromDays(1);
}

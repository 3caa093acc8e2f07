using System.Collections.Immutable;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents;

/// <summary>The page an incident is opened with.</summary>
/// <param name="Name">The page's file name without its ending.</param>
/// <param name="Hash">SHA-256 of the page's bytes, 64 lower-case hex digits.</param>
public sealed record ChosenPage(string Name, string Hash, IReadOnlyList<PageStep> Steps)
{
    public static ChosenPage Of(string name, Runbook page) => new(name, page.Hash, [.. page.Steps.Select(PageStep.Of)]);
}

/// <summary>What decisions need of one step of the page; its words stay on the page.</summary>
/// <param name="Id">As in <see cref="RunbookStep.Id"/>.</param>
/// <param name="Type">The step type's name; null for a manual step.</param>
/// <param name="Work">Null for a manual step.</param>
/// <param name="IsEssential">A mitigation can be chosen only when this step has ended.</param>
/// <param name="Mitigation">The stored name of what it plans; null unless it changes something.</param>
public sealed record PageStep(string Id, RunbookPhase Phase, string? Type, StepWork? Work, bool IsEssential, string? Mitigation)
{
    public static PageStep Of(RunbookStep step) => step.Binding is { Type: var type }
        ? new PageStep(step.Id, step.Phase, type.Name, type.Work, type.IsEssential, type.Mitigation)
        : new PageStep(step.Id, step.Phase, null, null, false, null);
}

/// <summary>How far a step of the page got.</summary>
public enum PageStepStage
{
    /// <summary>A person's turn, or not asked for yet.</summary>
    Waiting,

    /// <summary>The bot is at it.</summary>
    Running,

    /// <summary>The bot found something.</summary>
    Answered,

    /// <summary>The bot found nothing out.</summary>
    Failed,

    /// <summary>A person is at it.</summary>
    ByHand,

    /// <summary>A person did it.</summary>
    Done,

    /// <summary>A person decided to go on without it.</summary>
    Skipped,
}

/// <summary>One step of the incident's page, and what became of it.</summary>
public sealed record PageStepProgress(PageStep Step)
{
    public PageStepStage Stage { get; init; } = PageStepStage.Waiting;

    /// <summary>How often the bot began it.</summary>
    public int Attempt { get; init; }

    /// <summary>The incident's version when the bot last began it: two events can bear one moment. 0 while it never did.</summary>
    public long Begun { get; init; }

    /// <summary>When it came to this stage; null while nothing happened.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The person who brought it to this stage; null when the bot did.</summary>
    public Person? By { get; init; }

    /// <summary>What the bot found last; null when nothing, or when it is kept elsewhere (usage, consumers).</summary>
    public EvidenceId? Evidence { get; init; }

    /// <summary>The files it made last.</summary>
    public ImmutableArray<EvidenceId> Files { get; init; } = [];

    /// <summary>Why the bot found nothing out, in a sentence; null unless it failed.</summary>
    public string? Problem { get; init; }

    /// <summary>Where the person's words are; null when there were none.</summary>
    public EvidenceId? Note { get; init; }

    /// <summary>Whose it is to do after the incident; null while it is nobody's.</summary>
    public Person? Owner { get; init; }

    /// <summary>Until when; null while it has no owner.</summary>
    public DateTimeOffset? Due { get; init; }

    public string Id => Step.Id;

    /// <summary>Somebody has to do it after the incident.</summary>
    public bool IsFollowUp => Owner is not null && !IsClosed;

    /// <summary>A person said that it needs nothing more.</summary>
    public bool IsClosed => Stage is PageStepStage.Done or PageStepStage.Skipped;

    /// <summary>Nobody waits for it any more in this run.</summary>
    public bool HasEnded => Stage is not PageStepStage.Running;

    /// <summary>The bot can run it at the press of a button: it only looks.</summary>
    public bool CanRun => Step.Work is StepWork.Reads or StepWork.Advises;

    internal PageStepProgress Start(long version, DateTimeOffset at, Person? by) =>
        this with { Stage = PageStepStage.Running, Attempt = Attempt + 1, Begun = version, At = at, By = by, Problem = null, Note = null };

    /// <summary>Two of these are equal only if they are the same history.</summary>
    public bool Equals(PageStepProgress? other) =>
        other is not null && Step == other.Step && Stage == other.Stage && Attempt == other.Attempt && Begun == other.Begun && At == other.At && By == other.By
        && Evidence == other.Evidence && Files.SequenceEqual(other.Files) && Problem == other.Problem && Note == other.Note
        && Owner == other.Owner && Due == other.Due;

    public override int GetHashCode() => HashCode.Combine(Step.Id, Stage, Attempt);
}

using System.Collections.Immutable;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents;

/// <summary>How far a plan got.</summary>
public enum PlanStage
{
    /// <summary>Asked for; the target is being read.</summary>
    DrawnUp,

    /// <summary>Fixed, shown, waiting for approvers.</summary>
    Proposed,

    /// <summary>Approved; its steps are being done.</summary>
    Running,

    /// <summary>Every step has an outcome.</summary>
    Finished,

    /// <summary>Over before it began.</summary>
    Withdrawn,
}

/// <summary>Why a plan ended before it began.</summary>
public enum WithdrawnBecause
{
    NotPossible,
    Rejected,
    Cancelled,
    Expired,
    Superseded,

    /// <summary>The target was relieved without it.</summary>
    Overtaken,

    /// <summary>Another server answers: what it names isn't there.</summary>
    ServerChanged,

    IncidentEnded,
}

/// <summary>One plan of an incident: who wants it, who said yes, and what became of each step.</summary>
public sealed record PlanProgress(PlanId Id, string Mitigation, Person RequestedBy)
{
    public PlanStage Stage { get; init; } = PlanStage.DrawnUp;

    /// <summary>Of the plan's bytes; empty while it is drawn up.</summary>
    public string Hash { get; init; } = "";

    public int Quorum { get; init; }

    public DateTimeOffset ProposedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Those who said yes, in the order they did.</summary>
    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>It has its approvals and waits for this change of another incident; null when it waits for none.</summary>
    public ChangeUnderWay? Held { get; init; }

    /// <summary>The page's step it was asked for; null in logs from before there were pages.</summary>
    public string? PageStep { get; init; }

    /// <summary>Who asked was told that it does harm here, and wanted it all the same.</summary>
    public bool Anyway { get; init; }

    /// <inheritdoc cref="AskForMitigation.Choice"/>
    public string? Choice { get; init; }

    /// <summary>One for each step, in order; empty until the plan is proposed.</summary>
    public ImmutableArray<StepProgress> Steps { get; init; } = [];

    /// <summary>When its change is to be taken back, where the plan says so.</summary>
    public DateTimeOffset? UndoDue { get; init; }

    /// <summary>When the last of its steps had its outcome; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Since when it has been said that its change was to be taken back; null before.</summary>
    public DateTimeOffset? UndoFellDueAt { get; init; }

    /// <summary>The service whose pods are replaced because of it, as configured: what it brings shows only afterwards. Null when none are.</summary>
    public string? RollsOut { get; init; }

    /// <summary>Another server has answered since it was approved: what it brought, nobody can say.</summary>
    public bool IsUnmeasurable { get; init; }

    /// <summary>Whether its change stays, or takes one back.</summary>
    public Lasting Lasting { get; init; }

    public WithdrawnBecause? Withdrawn { get; init; }

    /// <summary>The person behind the withdrawal; null when time or the target was.</summary>
    public Person? WithdrawnBy { get; init; }

    /// <summary>Why there is no plan, in a sentence; null unless it was not possible.</summary>
    public string? Problem { get; init; }

    /// <summary>The first step without an outcome, counted from 1; null when all have one.</summary>
    public int? NextStep => Steps
        .Select((step, at) => (Open: step.Result is null, Number: (int?)(at + 1)))
        .FirstOrDefault(step => step.Open)
        .Number;

    /// <summary>Eight hex digits of the hash, for people to compare.</summary>
    public string Digest => Hash.Length >= 8 ? Hash[..8] : "";

    /// <summary>Something is at the target now as the plan wanted it.</summary>
    public bool TookEffect => Steps.Any(step => step.Result is { Outcome: Outcome.Applied or Outcome.AlreadySatisfied });

    /// <summary>The same, or nobody knows.</summary>
    public bool MayHaveTakenEffect => TookEffect || Steps.Any(step => step.Result is { Outcome: Outcome.Ambiguous });

    /// <summary>Null when the plan has no step of this number.</summary>
    public StepProgress? Step(int number) => number >= 1 && number <= Steps.Length ? Steps[number - 1] : null;

    internal PlanProgress With(int step, Func<StepProgress, StepProgress> change) =>
        this with { Steps = Steps.SetItem(step - 1, change(Steps[step - 1])) };

    /// <summary>Two of these are equal only if they are the same history; the steps compare one by one.</summary>
    public bool Equals(PlanProgress? other) =>
        other is not null && Id == other.Id && Mitigation == other.Mitigation && RequestedBy == other.RequestedBy
        && Stage == other.Stage && Hash == other.Hash && Quorum == other.Quorum && ProposedAt == other.ProposedAt
        && ExpiresAt == other.ExpiresAt && Approvals.SequenceEqual(other.Approvals) && Steps.SequenceEqual(other.Steps)
        && Withdrawn == other.Withdrawn && WithdrawnBy == other.WithdrawnBy && Problem == other.Problem
        && Held == other.Held && PageStep == other.PageStep && Anyway == other.Anyway && Lasting == other.Lasting
        && IsUnmeasurable == other.IsUnmeasurable && UndoDue == other.UndoDue && RollsOut == other.RollsOut
        && Choice == other.Choice && FinishedAt == other.FinishedAt && UndoFellDueAt == other.UndoFellDueAt;

    public override int GetHashCode() => HashCode.Combine(Id, Stage, Steps.Length);
}

/// <summary>A person's yes.</summary>
/// <param name="Via">Where it was said.</param>
public sealed record Approval(Person By, Door Via);

/// <param name="Intended">The intent is on record: the effect may have left the house.</param>
/// <param name="Resent">It was sent a second time, after proof that the first did not happen.</param>
/// <param name="Result">Null until there is an outcome.</param>
public sealed record StepProgress(bool Intended = false, bool Resent = false, StepResult? Result = null);

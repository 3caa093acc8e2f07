using System.Collections.Immutable;

namespace ChatBot.Incidents.Runbooks;

/// <summary>What a step does to the world.</summary>
public enum StepWork
{
    /// <summary>Asks and changes nothing.</summary>
    Reads,

    /// <summary>Computes advice or a file from what is known; changes nothing.</summary>
    Advises,

    /// <summary>Changes the target, by an approved plan only.</summary>
    Changes,
}

/// <summary>Something the bot can do for a step of a page: what a binding names.</summary>
/// <param name="Name">As a page writes it: <c>terminate-idle</c>. For ever: incidents store it.</param>
/// <param name="Summary">What it does, in a few words for <c>runbook check</c>, such as "counts the slots in use".</param>
public sealed record StepType(string Name, StepWork Work, string Summary)
{
    /// <summary>What a page can set; every type also has <see cref="DurationParameter.Timeout"/>.</summary>
    public ImmutableArray<StepParameter> Parameters { get; init; } = [];

    /// <summary><see cref="Parameters"/> and <see cref="DurationParameter.Timeout"/>, unless the type has a timeout of its own.</summary>
    public IEnumerable<StepParameter> AllParameters =>
        Parameters.Any(parameter => parameter.Name == DurationParameter.Timeout.Name) ? Parameters.AsEnumerable() : Parameters.Append(DurationParameter.Timeout);

    /// <summary>Where on a page it may stand; empty: anywhere.</summary>
    public ImmutableArray<RunbookPhase> Phases { get; init; } = [];

    /// <summary>A mitigation is chosen as soon as all steps of this kind have ended; the others go on.</summary>
    public bool IsEssential { get; init; }

    /// <summary>The stored name of the mitigation it plans; null unless it changes something.</summary>
    public string? Mitigation { get; init; }

    /// <summary>Counts the target's slots, again and again: the relief of every change is judged by it.</summary>
    public static readonly StepType ConnectionUsage = new("connection-usage", StepWork.Reads, "counts the connections and the free slots")
    {
        Phases = [RunbookPhase.Diagnosis],
        IsEssential = true,
    };

    /// <summary>Says who holds the connections; what can be ended depends on it.</summary>
    public static readonly StepType ConnectionConsumers = new("connection-consumers", StepWork.Reads, "says who holds the connections")
    {
        Phases = [RunbookPhase.Diagnosis],
        IsEssential = true,
    };
}

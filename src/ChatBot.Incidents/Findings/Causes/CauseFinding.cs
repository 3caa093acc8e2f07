using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>A cause that reached its threshold.</summary>
/// <param name="Explains">Sessions that it accounts for: how strongly it speaks.</param>
/// <param name="Summary">In one sentence, with its numbers.</param>
/// <param name="For">Most telling first.</param>
internal sealed record CauseFinding(Cause Cause, int Explains, Sentence Summary, IReadOnlyList<Reason> For)
{
    /// <summary>What doesn't fit.</summary>
    public IReadOnlyList<Reason> Against { get; init; } = [];

    /// <summary>An application, or a user where clients send no names; empty when nobody stands out.</summary>
    public ForeignText Culprit { get; init; }

    /// <summary>What the suspects have in common; null when nothing.</summary>
    public Sentence? Shared { get; init; }

    /// <summary>Worth a word, and too small to be why a server is full.</summary>
    public bool IsAside { get; init; }

    /// <summary>Where a step would bring something else here than against this cause as a rule.</summary>
    public IReadOnlyList<StepWorth> Steps { get; init; } = [];
}

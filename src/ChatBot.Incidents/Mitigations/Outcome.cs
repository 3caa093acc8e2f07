namespace ChatBot.Incidents.Mitigations;

/// <summary>What became of one step of a plan.</summary>
public enum Outcome
{
    /// <summary>We did it, and saw the effect at the target.</summary>
    Applied,

    /// <summary>It was so already, or became so without proof that it was us.</summary>
    AlreadySatisfied,

    /// <summary>Nothing was changed, and we know it.</summary>
    NotApplied,

    /// <summary>The ground moved: the server restarted, so the plan means nothing any more.</summary>
    Superseded,

    /// <summary>The target is no longer what the approver saw; it was left alone.</summary>
    Drift,

    /// <summary>No answer came back. It may have happened or not; a human has to look.</summary>
    Ambiguous,
}

/// <summary>An outcome with the reason, in our own words: no text of the target's.</summary>
/// <param name="Detail">One short sentence without foreign text.</param>
public sealed record StepResult(Outcome Outcome, string Detail);

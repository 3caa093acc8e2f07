using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>What became of a pool's size, wherever it is kept.</summary>
internal static class PoolSizeVerdict
{
    /// <param name="size">As it is now; null when it is no number any more.</param>
    /// <param name="isMarked">The object says that the plan set it.</param>
    /// <param name="isUntouched">The object is exactly as it was read for the plan.</param>
    public static StepResult Of(PoolSizeChange change, int? size, bool isMarked, bool isUntouched) => (size == change.To, isMarked) switch
    {
        (true, true) => new(Outcome.Applied, $"The pool's size is {change.To} now."),
        (true, false) => new(Outcome.AlreadySatisfied, $"The pool's size is {change.To}, by somebody else."),
        (false, true) => new(Outcome.Superseded, "The pool's size was set, and somebody has changed it since. It was left alone."),
        _ when size == change.From && isUntouched => new(Outcome.NotApplied, "The pool's size was not set, and its place is as approved."),
        _ => new(Outcome.Superseded, "Somebody has changed the place of the pool's size since the plan was drawn up. It was left alone."),
    };
}

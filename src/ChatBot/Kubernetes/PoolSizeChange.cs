using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Another size for a pool.</summary>
/// <param name="From">What it has to be still, when it is changed.</param>
/// <param name="PlanId">Of the plan that was approved.</param>
internal sealed record PoolSizeChange(SettingPin Setting, int From, int To, string PlanId)
{
    /// <returns>Null when there is no whole number.</returns>
    public int? SizeIn(string? value) => PoolValue.Read(value, Setting.Parameter);

    /// <returns>The value with the new size; null when the rest of it would not stay as it is.</returns>
    public string? Rewritten(string? value) => PoolValue.Write(value, Setting.Parameter, To);

    public bool IsAsApproved(string? value) => value is not null && PoolValue.HashOf(value) == Setting.ValueHash;

    public bool IsMarked(IDictionary<string, string>? annotations) => Marks.PlanIn(annotations, Marks.PoolSize) == PlanId;

    /// <summary>Before anything is sent, of a holder that is the one that was approved. Null when it may be.</summary>
    public StepResult? WhyNot(string? value) => SizeIn(value) switch
    {
        var size when size == To => new(Outcome.AlreadySatisfied, $"The pool's size is {To} already."),
        var size when size != From || !IsAsApproved(value) => new(Outcome.Drift, "The pool's size, or what stands around it, is no longer what the plan says. It was left alone."),
        _ when Rewritten(value) is null => new(Outcome.NotApplied, "Nothing was sent: the connection string can't be written anew without changing more than the pool's size."),
        _ => null,
    };

    /// <summary>What became of it, as the holder shows.</summary>
    /// <param name="isUntouched">The holder is as it was read for the plan.</param>
    public StepResult Became(string? value, bool isMarked, bool isUntouched) => (SizeIn(value) == To, isMarked) switch
    {
        (true, true) => new(Outcome.Applied, $"The pool's size is {To} now."),
        (true, false) => new(Outcome.AlreadySatisfied, $"The pool's size is {To}, by somebody else."),
        (false, true) => new(Outcome.Superseded, "The pool's size was set, and somebody has changed it since. It was left alone."),
        _ when isUntouched && IsAsApproved(value) => new(Outcome.NotApplied, "The pool's size was not set, and its place is as approved."),
        _ => new(Outcome.Superseded, "Somebody has changed the place of the pool's size since the plan was drawn up. It was left alone."),
    };
}

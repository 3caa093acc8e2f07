using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Findings;

/// <summary>A limit that the incident itself set is reached because it does what it is for: it is no cause, and no reason against a step.</summary>
public static class OwnLimitRule
{
    private const string Undo = "limit-role";

    /// <param name="ours">Null when the incident limits nobody.</param>
    public static Verdict Apply(Verdict verdict, LimitAccount? ours)
    {
        if (ours?.To is not { } limit || verdict.Cause is not Cause.AccountLimit || verdict.Layer.Name.Value != ForeignText.From(ours.Account, 300).Value)
        {
            return verdict;
        }

        // What there was before the limit is why it was set; where nothing more is seen of that, nobody knows it.
        var behind = verdict.Also is [var other, ..] ? other.Cause : Cause.Undetermined;
        return verdict with
        {
            Summary = Sentence.Of($"{verdict.Summary} A plan of this incident set it to {limit}, and it does what it is for: what it keeps out, others have room for."),
            Steps = [.. StepWorths.Of(behind).Select(step => step.Step == Undo ? new StepWorth(Undo, Worth.Useless, "It would take back the limit of this incident, and its account could fill the slots again.") : step)],
        };
    }
}

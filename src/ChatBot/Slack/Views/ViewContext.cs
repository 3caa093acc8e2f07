using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Slack.Views;

/// <summary>What a view needs beside the incident.</summary>
/// <param name="Approvers">User group ids (S…) and user ids (U…, W…).</param>
/// <param name="Mitigations">The words for each kind of mitigation, by its stored name.</param>
/// <param name="Page">The page the incident follows; null when it has none, or it can't be read any more.</param>
internal sealed record ViewContext(
    Policy Policy,
    TargetPolicy Target,
    IReadOnlyList<string> Approvers,
    IReadOnlyDictionary<string, MitigationView> Mitigations,
    Runbook? Page)
{
    /// <summary>Who holds the connections and why they run out, as last seen; null while unknown, or erased.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>What the incident changed for its own time only, and nobody took back, as far as it can be read.</summary>
    public IReadOnlyList<Mitigation> ToUndo { get; init; } = [];

    /// <summary>What the cluster says of a rollout that doesn't get on; empty when nothing, or erased.</summary>
    public ForeignText Warning { get; init; }

    /// <summary>A page's title has at most 200 characters; only one full of signs that Slack escapes is cut.</summary>
    private const int LongestTitle = 300;

    /// <summary>Null when this version of the bot doesn't know the mitigation.</summary>
    public MitigationView? ViewOf(string mitigation) => Mitigations.GetValueOrDefault(mitigation);

    /// <summary>What the step could change now, or why nothing; null when it changes nothing, or nothing that this version of the bot knows.</summary>
    public MitigationOffer? OfferOf(Incident incident, PageStepProgress step) =>
        step.Step.Mitigation is { } mitigation ? ViewOf(mitigation)?.Offer(incident, Page?.Find(step.Id)?.Binding, this) : null;

    /// <summary>What a step would bring against the cause; null when nobody said.</summary>
    public StepWorth? WorthOf(PageStepProgress step) => step.Step.Type is { } type ? Diagnosis?.Verdict?.Of(type) : null;

    /// <summary>
    /// The card offers a step unless somebody knows that it brings nothing, or harm; the thread has every one. While there
    /// is room nothing helps yet, and a team that sees it coming may act all the same; so may one whose cause nobody knows.
    /// </summary>
    public bool Suggests(Incident incident, PageStepProgress step) =>
        incident.WhyHarmful(step) is null
        && (WorthOf(step) is null or { Worth: Worth.Helps } || Diagnosis?.Verdict?.Cause is Cause.NotExhausted or Cause.Undetermined);

    /// <summary>A step's title on the page, without the colon that leads to its commands there; its id when the page can't be read.</summary>
    public string TitleOf(string step) => Page?.Find(step)?.Title.TrimEnd(' ', ':') is { Length: > 0 } title ? Cut.To(LongestTitle, title) : step;

    /// <summary>Its number and its title on the page; its id when the page can't be read.</summary>
    public string NameOf(string step) => Page?.Find(step) is { Number: var number } ? $"{number} {TitleOf(step)}" : step;
}

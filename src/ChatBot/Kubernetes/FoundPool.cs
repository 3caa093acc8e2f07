using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Where a service's pool size was found, or why not.</summary>
/// <param name="Setting">For the evidence; null when nobody found it.</param>
/// <param name="Pin">For a change; null when it isn't known, or stands where the bot changes nothing.</param>
/// <param name="Gaps">What stood in the way.</param>
internal sealed record FoundPool(PoolSetting? Setting, SettingPin? Pin, IReadOnlyList<Sentence> Gaps)
{
    public static readonly FoundPool None = new(null, null, []);

    /// <summary>Why the bot does not change it, in our own words; empty when it may.</summary>
    public string WhyNot { get; init; } = "";
}

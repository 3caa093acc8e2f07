using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps;

/// <summary>A service's workload in words: what is done to it, and the commands for a person. Names are the configuration's.</summary>
internal static class WorkloadWords
{
    /// <param name="done">"restarted"</param>
    public static string Of(Outcome outcome, string done) => outcome switch
    {
        Outcome.Applied => done,
        Outcome.AlreadySatisfied => $"{done} already",
        Outcome.NotApplied => $"not {done}",
        Outcome.Superseded => "changed by somebody else meanwhile",
        Outcome.Drift => "changed before, left alone",
        Outcome.Ambiguous => "no answer: look by hand",
        _ => outcome.ToString(),
    };

    public static string Pods(int count) => count == 1 ? "1 pod" : string.Create(CultureInfo.InvariantCulture, $"{count} pods");

    public static string Slots(int count) => count == 1 ? "1 slot" : string.Create(CultureInfo.InvariantCulture, $"{count} slots");

    /// <summary>"kubectl rollout restart deployment/checkout-api -n shop"</summary>
    /// <param name="verb">What kubectl is told.</param>
    public static string Command(string verb, WorkloadPin pin, string more = "") =>
        $"kubectl {verb} {pin.Kind.ToString().ToLowerInvariant()}/{pin.Name} -n {pin.Namespace}{(pin.Cluster.Length > 0 ? $" --context {pin.Cluster}" : "")}{more}";

    /// <inheritdoc cref="Command(string, WorkloadPin, string)"/>
    public static string Command(string verb, WorkloadLook workload, string more = "") => Command(verb, WorkloadPin.Of(workload), more);

    /// <summary>
    /// "The autoscaler of checkout-api raised it from 4 to 10 pods ..., which a pause doesn't hold back", with the command for a person;
    /// null when it did not.
    /// </summary>
    /// <param name="rise">Since when it fills, or since when somebody cared.</param>
    public static string? Autoscaling(WorkloadLook workload, DateTimeOffset rise)
    {
        if (AutoscalerRule.Of(workload, rise) is not { } raised)
        {
            return null;
        }

        var did = raised switch
        {
            { IsCertain: true, From: { } from } => string.Create(CultureInfo.InvariantCulture, $"raised it from {from} to {Pods(raised.Now)} (maximum {raised.Most})"),
            { IsCertain: true } => string.Create(CultureInfo.InvariantCulture, $"raised it to {Pods(raised.Now)} (maximum {raised.Most})"),
            _ => string.Create(CultureInfo.InvariantCulture, $"changed its number of pods ({raised.Now} by now, maximum {raised.Most})"),
        };
        var name = workload.Autoscaler is { Name: var own } && PlainName.IsPlain(own.Value) ? own.Value : "NAME"; // an API server takes no other
        var place = $" -n {workload.Namespace}{(workload.Cluster.Length > 0 ? $" --context {workload.Cluster}" : "")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The autoscaler of {workload.Service} {did} at {raised.At.UtcDateTime:HH:mm} UTC. Pausing a rollout doesn't hold an autoscaler back, its maximum does. By hand: kubectl patch hpa {name}{place}{AttributionWords.HoldAt(raised.Now)}");
    }

    /// <summary>"deployment checkout-api, namespace shop, cluster eu"</summary>
    public static Mrkdwn Where(WorkloadPin pin) =>
        $"{pin.Kind.ToString().ToLowerInvariant()} *{pin.Name}*, namespace {pin.Namespace}{(pin.Cluster.Length > 0 ? (Mrkdwn)$", cluster {pin.Cluster}" : Mrkdwn.Empty)}";

    /// <summary>Who will put a change back; empty when nobody is known to.</summary>
    public static string Reverter(WorkloadOwner? owner) => owner switch
    {
        null => "",
        { Reverts: true } => $" {owner.Tool} keeps it as its source says, and puts a change back within minutes.",
        _ => $" It was installed by {owner.Tool}, whose next run puts a change back.",
    };
}

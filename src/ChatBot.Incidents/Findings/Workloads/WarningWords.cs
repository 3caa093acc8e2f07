using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>What a warning of the cluster means, in words of ours: the cluster's own may name anything.</summary>
internal static class WarningWords
{
    // Reasons and the words that tell them apart: pkg/controller/controller_utils.go, pkg/kubelet/events/event.go, pkg/scheduler and
    // plugin/pkg/admission/resourcequota of Kubernetes. No words: any. The first that fits.
    private static readonly (string Reason, string Words, string Meaning)[] Known =
    [
        ("FailedCreate", "exceeded quota", "no more pods can be made: the quota of the namespace is used up"),
        ("FailedCreate", "denied the request", "no pods can be made: a rule of the cluster refuses them"),
        ("FailedCreate", "is forbidden", "no pods can be made: a rule of the cluster refuses them"),
        ("FailedCreate", "", "no pods can be made"),
        ("FailedScheduling", "Insufficient", "no node has room for a pod"),
        ("FailedScheduling", "", "no node takes a pod"),
        ("FailedAttachVolume", "", "a volume of a pod can't be attached"),
        ("FailedMount", "", "a volume of a pod can't be mounted"),
        ("FailedCreatePodSandBox", "", "a pod gets no network, or nothing to run in"),
        ("Unhealthy", "Readiness", "a pod fails its readiness probe"),
        ("Unhealthy", "", "a pod fails its probe, and is restarted for it"),
        ("Failed", "pull", "the image of a pod can't be pulled"),
        ("Failed", "", "a container can't be started"),
        ("BackOff", "pull", "the image of a pod can't be pulled"),
        ("BackOff", "", "a pod crashes again and again; its log says why"),
    ];

    /// <summary>Empty for a warning that nobody described here.</summary>
    public static string Of(WorkloadWarning warning) => Known
        .Where(known => known.Reason == warning.Reason.Value && warning.Words.Value.Contains(known.Words, StringComparison.OrdinalIgnoreCase))
        .Select(known => known.Meaning)
        .FirstOrDefault() ?? "";
}

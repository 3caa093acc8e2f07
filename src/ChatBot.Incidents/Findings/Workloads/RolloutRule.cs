using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Where the rollout of a workload stands, and why it doesn't get on.</summary>
public static class RolloutRule
{
    /// <summary>Kubernetes gives up after progressDeadlineSeconds, 10 minutes unless somebody set it: after 15 nobody waits for it any more.</summary>
    public static readonly TimeSpan WaitAtMost = TimeSpan.FromMinutes(15);

    // The reasons that a kubelet gives (pkg/kubelet/container/sync_result.go and images/types.go of Kubernetes).
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["CrashLoopBackOff"] = "a pod crashes again and again; its log says why",
        ["ImagePullBackOff"] = "the image of a pod can't be pulled",
        ["ErrImagePull"] = "the image of a pod can't be pulled",
        ["InvalidImageName"] = "the image of a pod has no valid name",
        ["CreateContainerConfigError"] = "a pod lacks a ConfigMap or a Secret that it names",
        ["CreateContainerError"] = "a container can't be made",
        ["RunContainerError"] = "a container can't be started",
    };

    public static RolloutLook Of(WorkloadLook workload) =>
        new(workload.Service, StageOf(workload), Math.Min(workload.Updated, workload.Replicas), workload.Ready, workload.Replicas, WhyNot(workload))
        {
            Warned = WarningOf(workload)?.Count ?? 0,
        };

    /// <summary>The cluster's newest warning about what does not get on; null when there is none.</summary>
    public static WorkloadWarning? WarningOf(WorkloadLook workload) => IsUnderWay(workload)
        ? workload.Warnings.Where(warning => Counts(warning, workload)).MaxBy(warning => warning.At)
        : null;

    /// <summary>What a pod waits for, in words of ours; empty when none waits for anything that is known.</summary>
    public static string WaitsFor(WorkloadLook workload) => workload.Pods
        .Where(pod => !pod.IsTerminating)
        .Select(pod => Reasons.GetValueOrDefault(pod.Waiting.Value))
        .FirstOrDefault(reason => reason is not null) ?? "";

    private static RolloutStage StageOf(WorkloadLook workload) => workload switch
    {
        { IsRollingOut: true, IsPaused: true } => RolloutStage.Stuck,
        { Stuck.IsEmpty: false } when IsUnderWay(workload) => RolloutStage.Stuck,
        _ => IsUnderWay(workload) ? RolloutStage.Running : RolloutStage.Done,
    };

    // Those that are being ended hold their connections until they are gone.
    private static bool IsUnderWay(WorkloadLook workload) =>
        workload.IsRollingOut || workload.Available < workload.Replicas || workload.Pods.Any(pod => pod.IsTerminating);

    private static string WhyNot(WorkloadLook workload) => (workload, WaitsFor(workload), MeaningOf(workload)) switch
    {
        ({ IsRollingOut: true, IsPaused: true }, _, _) => "Somebody paused it.",
        (_, { Length: > 0 } reason, _) when IsUnderWay(workload) => AsSentence(reason),
        (_, _, { Length: > 0 } reason) => AsSentence(reason),
        ({ Stuck.IsEmpty: false }, _, _) when IsUnderWay(workload) => "Its new pods don't become ready in time.",
        _ => "",
    };

    private static string MeaningOf(WorkloadLook workload) => WarningOf(workload) is { } warning ? WarningWords.Of(warning) : "";

    private static string AsSentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";

    /// <summary>Of a pod of the newest template that isn't ready; or of what makes the pods, when it has made none since.</summary>
    private static bool Counts(WorkloadWarning warning, WorkloadLook workload)
    {
        var fresh = workload.Pods.Where(pod => !pod.IsTerminating && (pod.Revision is null || workload.Revisions is not [var newest, ..] || pod.Revision == newest.Number));
        return warning.Pod.IsEmpty
            ? !fresh.Any(pod => pod.StartedAt > warning.At)
            : fresh.Any(pod => pod.Name == warning.Pod && !pod.IsReady);
    }
}

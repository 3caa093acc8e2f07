using System.Globalization;
using ChatBot.Incidents.Evidence;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Which pods and ReplicaSets belong to a workload: by who owns them, never by name or label.</summary>
internal static class WorkloadPods
{
    private const string RevisionKey = "deployment.kubernetes.io/revision";

    /// <summary>A hash of the template, at the end of a ReplicaSet's name.</summary>
    private const string HashKey = "pod-template-hash";

    /// <summary>Of a pod's, a container's or an image's name: 253 characters is what Kubernetes allows for most.</summary>
    public const int LongestName = 253;

    /// <summary>The ReplicaSets of a deployment, the newest revision first.</summary>
    public static IReadOnlyList<V1ReplicaSet> ReplicaSetsOf(string uid, IEnumerable<V1ReplicaSet> all) =>
        [.. all.Where(set => ControllerOf(set.Metadata)?.Uid == uid).OrderByDescending(set => RevisionOf(set.Metadata) ?? 0)];

    /// <param name="sets">Of the workload; empty for what is no deployment.</param>
    public static IEnumerable<V1Pod> PodsOf(string uid, IReadOnlyList<V1ReplicaSet> sets, IEnumerable<V1Pod> all)
    {
        var owners = sets.Select(set => set.Metadata.Uid).Append(uid).ToHashSet(StringComparer.Ordinal);
        return all.Where(pod => !IsOver(pod) && ControllerOf(pod.Metadata) is { } owner && owners.Contains(owner.Uid));
    }

    /// <summary>It has ended and holds nothing any more; its object stays for a while.</summary>
    public static bool IsOver(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static V1OwnerReference? ControllerOf(V1ObjectMeta metadata) => metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller is true);

    /// <param name="metadata">Of a ReplicaSet; a deployment bears its newest one's.</param>
    public static long? RevisionOf(V1ObjectMeta metadata) =>
        metadata.Annotations?.TryGetValue(RevisionKey, out var text) is true && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    public static PodLook LookOf(V1Pod pod, IReadOnlyList<V1ReplicaSet> sets)
    {
        var owner = ControllerOf(pod.Metadata)?.Uid;
        var containers = pod.Status?.ContainerStatuses ?? [];
        return new PodLook(
            NameOf(pod),
            AddressesOf(pod),
            At(pod.Status?.StartTime),
            pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) is true,
            sets.FirstOrDefault(set => set.Metadata.Uid == owner) is { } set ? RevisionOf(set.Metadata) : null)
        {
            IsHostNetwork = pod.Spec?.HostNetwork is true,
            Node = Address(pod.Status?.HostIP),
            IsTerminating = pod.Metadata.DeletionTimestamp is not null,
            Restarts = containers.Sum(container => container.RestartCount),
            Waiting = ForeignText.From(containers.Select(container => container.State?.Waiting?.Reason).FirstOrDefault(reason => reason is { Length: > 0 }), 100),
        };
    }

    public static StrangePod StrangeOf(V1Pod pod, string @namespace) =>
        new(@namespace, NameOf(pod), ForeignText.From(OwnerNameOf(pod), LongestName), AddressesOf(pod));

    public static ForeignText NameOf(V1Pod pod) => ForeignText.From(pod.Metadata.Name, LongestName);

    /// <summary>Kubernetes tells times without their kind, and in UTC.</summary>
    public static DateTimeOffset? At(DateTime? time) => time is { } known ? new DateTimeOffset(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : null;

    // A ReplicaSet is called as its deployment, a hyphen and the hash; a job of a CronJob as that, a hyphen and digits.
    private static string OwnerNameOf(V1Pod pod)
    {
        if (ControllerOf(pod.Metadata) is not { } owner)
        {
            return "";
        }

        var tail = owner.Kind switch
        {
            "ReplicaSet" => pod.Metadata.Labels?.TryGetValue(HashKey, out var hash) is true ? $"-{hash}" : "",
            "Job" when owner.Name.LastIndexOf('-') is > 0 and var at && owner.Name[(at + 1)..].All(char.IsAsciiDigit) => owner.Name[at..],
            _ => "",
        };
        return tail.Length > 0 && owner.Name.EndsWith(tail, StringComparison.Ordinal) ? owner.Name[..^tail.Length] : owner.Name;
    }

    private static IReadOnlyList<string> AddressesOf(V1Pod pod) =>
        [.. (pod.Status?.PodIPs?.Select(address => address.Ip) ?? []).Append(pod.Status?.PodIP).Select(Address).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>In the one form that addresses are compared in; null for what is none.</summary>
    private static string? Address(string? text) => System.Net.IPAddress.TryParse(text, out var address)
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}

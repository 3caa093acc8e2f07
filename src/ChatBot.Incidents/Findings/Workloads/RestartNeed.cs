using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>What a restart of a workload asks of the server while it is under way.</summary>
/// <remarks>
/// A rolling update starts new pods before old ones end, so for a moment both hold connections; whoever is being ended keeps its
/// connections until it is gone. On a full server the new pods get none, never become ready, and the old ones, that leak, keep theirs.
/// </remarks>
/// <param name="Extra">Pods beyond those that run now.</param>
/// <param name="PerPod">Connections that one pod may take: its pool, for each of its processes.</param>
/// <param name="IsMeasured">Nobody knows the pool's size: <paramref name="PerPod"/> is what the fullest pod holds now.</param>
/// <param name="Free">Slots that are free now.</param>
/// <param name="MayWait">Old pods may be ended before their successors are ready, so that the restart frees slots for itself.</param>
public sealed record RestartNeed(int Extra, int PerPod, bool IsMeasured, int Free, bool MayWait)
{
    /// <summary>Slots that the extra pods may take.</summary>
    public int Slots => Extra * PerPod;

    /// <summary>Slots that have to be freed first, so that it gets through whatever the pods take; 0 when it fits.</summary>
    public int Missing => Math.Max(0, Slots - Free);

    /// <summary>Sessions to end so that the missing slots are free when the restart begins: whoever was turned away takes some of them first. Half as many again (experience).</summary>
    public int ToEnd => Missing + ((Missing + 1) / 2);

    /// <summary>No pod may be missing, and not even one new pod gets a connection: it would stand still until its deadline.</summary>
    public bool WouldDeadlock => !MayWait && Extra > 0 && Free == 0;

    /// <summary>Null when nothing tells what a pod takes, and for what is no deployment: it replaces pods one by one in their place.</summary>
    /// <param name="held">Whose sessions they are now; null when unknown.</param>
    public static RestartNeed? Of(WorkloadLook workload, ConnectionUsage usage, ServiceSessions? held)
    {
        var measured = held?.Pods.Select(pod => pod.Sessions).DefaultIfEmpty().Max() ?? 0;
        var perPod = workload.Pool?.Size is { } size ? size * workload.Processes : measured;
        return perPod == 0
            ? null
            : new RestartNeed(Surge(workload), perPod, workload.Pool?.Size is null, usage.Free, workload.Strategy is not { IsRecreate: false, Unavailable: 0 });
    }

    /// <summary>The most pods that a rollout starts beyond the replicas.</summary>
    internal static int Surge(WorkloadLook workload) => workload.Strategy is { IsRecreate: false, Surge: var surge } ? surge : 0;
}

namespace ChatBot.Incidents.Evidence;

/// <summary>Whose the sessions are: which service's and which pod's, as far as it can be known.</summary>
/// <param name="Services">Those with sessions, the largest first.</param>
/// <param name="Rest">Sessions that could not be led back to a pod of a service, by why not; the largest first.</param>
public sealed record Attribution(IReadOnlyList<ServiceSessions> Services, IReadOnlyList<UnattributedSessions> Rest)
{
    /// <summary>Something of the clusters was not read, so an address that seems to be nobody's may be a pod's.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>The sessions of one service.</summary>
/// <param name="Workload">Its workload; null when only its name is known.</param>
/// <param name="Pods">The one with most first; without those that only the service's name leads back to.</param>
/// <param name="ByName">Of the sessions, those that only their application's or user's name leads back to it: their address says nothing.</param>
public sealed record ServiceSessions(
    string Service,
    WorkloadLook? Workload,
    int Sessions,
    int Idle,
    int InTransaction,
    int Active,
    IReadOnlyList<PodSessions> Pods,
    int ByName)
{
    /// <summary>
    /// Of those by name, the ones from addresses that neither a pod nor a node had, though they were there before the cluster was
    /// looked at: from outside of the cluster, or their pod is gone. None where their age isn't known, or somebody still connects from there.
    /// </summary>
    public int Elsewhere { get; init; }
}

/// <summary>The sessions of one pod.</summary>
public sealed record PodSessions(PodLook Pod, int Sessions);

/// <summary>Why sessions lead back to no pod.</summary>
public enum Unattributed
{
    /// <summary>They come by a socket on the server's own machine.</summary>
    LocalSocket,

    /// <summary>They come from the address of a node: of a pod that shares it, or of any pod behind it (NAT).</summary>
    Node,

    /// <summary>They come from a pooler: its clients are known to it alone.</summary>
    Pooler,

    /// <summary>They come from a pod that is none of the services configured for the target.</summary>
    OtherPod,

    /// <summary>No pod that was seen has their address: they come from outside of the cluster, or their pod is gone.</summary>
    NoPod,

    /// <summary>The server doesn't tell their address.</summary>
    Unseen,

    /// <summary>They come from a pod of a namespace in which a service's workload could not be read: it may be that one's.</summary>
    Unread,
}

/// <param name="Client">Their address, when they share one; empty otherwise.</param>
/// <param name="Owner">Of the strange pod, or the name they bear; empty when unknown.</param>
/// <param name="IsOlderThanPod">A pod has their address, but they were there before it: their pod is gone and its address was given away.</param>
public sealed record UnattributedSessions(Unattributed Why, ForeignText Client, ForeignText Owner, int Sessions, bool IsOlderThanPod = false);

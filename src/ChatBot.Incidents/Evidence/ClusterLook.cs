namespace ChatBot.Incidents.Evidence;

/// <summary>What Kubernetes says about the services of a target, at one moment.</summary>
/// <param name="Workloads">One for each service that is configured with a namespace, in the configuration's order.</param>
public sealed record ClusterLook(DateTimeOffset At, IReadOnlyList<WorkloadLook> Workloads)
{
    /// <summary>Pods of the same namespaces that belong to none of the services, as far as they have an address: who else may hold sessions. At most 500.</summary>
    public IReadOnlyList<StrangePod> Others { get; init; } = [];

    /// <summary>What could not be read, or was too much to look at, and why, in sentences of our own; empty when all was read.</summary>
    public IReadOnlyList<Findings.Sentence> Gaps { get; init; } = [];
}

/// <summary>The kind of a workload.</summary>
public enum WorkloadKind
{
    Deployment,
    StatefulSet,
    DaemonSet,
}

/// <summary>One service's workload, its pods and how it is rolled out.</summary>
/// <param name="Service">As configured: the name that the service's sessions bear.</param>
/// <param name="Uid">Of the object: another one of the same name is another workload.</param>
/// <param name="Generation">Counts changes of the specification.</param>
/// <param name="Replicas">As asked for.</param>
/// <param name="Pods">At most 500.</param>
public sealed record WorkloadLook(
    string Service,
    string Cluster,
    string Namespace,
    WorkloadKind Kind,
    string Name,
    string Uid,
    long Generation,
    int Replicas,
    IReadOnlyList<PodLook> Pods)
{
    /// <summary>The generation that the controller has seen: behind <see cref="Generation"/> nothing else here is up to date.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Pods of the newest template.</summary>
    public int Updated { get; init; }

    public int Ready { get; init; }

    public int Available { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>What the controller says when a rollout does not get on, such as ProgressDeadlineExceeded; empty when it says nothing.</summary>
    public ForeignText Stuck { get; init; }

    /// <summary>How pods are replaced; null for what is not a deployment.</summary>
    public RolloutStrategy? Strategy { get; init; }

    /// <summary>Newest first, at most 10; empty where the kind keeps none.</summary>
    public IReadOnlyList<WorkloadRevision> Revisions { get; init; } = [];

    /// <summary>Null when there is none.</summary>
    public Autoscaler? Autoscaler { get; init; }

    /// <summary>Null when nobody found it: it is neither configured nor recognised.</summary>
    public PoolSetting? Pool { get; init; }

    /// <summary>Who will put changes back; null when nobody is known to.</summary>
    public WorkloadOwner? Owner { get; init; }

    /// <summary>What the cluster warned of, the newest first, at most 20; read only while a rollout is watched.</summary>
    public IReadOnlyList<WorkloadWarning> Warnings { get; init; } = [];

    /// <summary>The processes of one pod that have a pool each; at least 1.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>A rollout is under way: some pods are of another template, or the controller has not caught up.</summary>
    public bool IsRollingOut => ObservedGeneration < Generation || Updated < Replicas || Pods.Any(pod => !pod.IsTerminating && pod.Revision is { } revision && Revisions is [var newest, ..] && revision != newest.Number);
}

/// <summary>One pod.</summary>
/// <param name="Addresses">All of its own; those of its node when <see cref="IsHostNetwork"/>.</param>
/// <param name="StartedAt">Null while it isn't scheduled: an older session is none of its.</param>
/// <param name="Revision">Of its ReplicaSet; null where the kind has none.</param>
public sealed record PodLook(ForeignText Name, IReadOnlyList<string> Addresses, DateTimeOffset? StartedAt, bool IsReady, long? Revision)
{
    /// <summary>It shares its node's address with everything else there.</summary>
    public bool IsHostNetwork { get; init; }

    /// <summary>The node's address: what the server sees where pods are hidden behind their nodes.</summary>
    public string? Node { get; init; }

    /// <summary>It is being ended, and keeps its connections until it is gone.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>Restarts of its containers, all together.</summary>
    public int Restarts { get; init; }

    /// <summary>Why a container waits, such as CrashLoopBackOff; empty when none does.</summary>
    public ForeignText Waiting { get; init; }
}

/// <summary>A warning of the scheduler, a kubelet or a controller: an event, as Kubernetes calls it.</summary>
/// <param name="Pod">Whose it is; empty when it is about what makes the pods: the newest ReplicaSet, or the workload where there is none.</param>
/// <param name="Reason">One word, such as FailedScheduling.</param>
/// <param name="Count">How often it was given; at least 1.</param>
/// <param name="At">The last time.</param>
public sealed record WorkloadWarning(ForeignText Pod, ForeignText Reason, ForeignText Words, int Count, DateTimeOffset At);

/// <summary>A pod that is none of the services'.</summary>
/// <param name="Owner">Its workload as its name tells; empty when it stands alone.</param>
public sealed record StrangePod(string Namespace, ForeignText Name, ForeignText Owner, IReadOnlyList<string> Addresses)
{
    /// <summary>A service's workload in its namespace could not be read, so it may be that one's.</summary>
    public bool MayBeService { get; init; }
}

/// <summary>How a deployment replaces pods, resolved to pods.</summary>
/// <param name="Surge">Pods that may be started beyond the replicas.</param>
/// <param name="Unavailable">Pods that may be missing meanwhile.</param>
/// <param name="IsRecreate">All are ended before the first new one starts.</param>
public sealed record RolloutStrategy(int Surge, int Unavailable, bool IsRecreate);

/// <summary>One template that the workload had.</summary>
/// <param name="Image">Of the container that is configured, or the first; a stranger's word.</param>
/// <param name="CreatedAt">When it was first rolled out.</param>
/// <param name="Pods">That still have it.</param>
/// <param name="Restart">The plan of ours that made it, by restarting; null when it is somebody else's doing.</param>
public sealed record WorkloadRevision(long Number, ForeignText Image, DateTimeOffset CreatedAt, int Pods, string? Restart = null);

/// <param name="Current">Replicas that it sees.</param>
/// <param name="Desired">Replicas that it asks for.</param>
public sealed record Autoscaler(int Minimum, int Maximum, int Current, int Desired)
{
    /// <summary>Its own; often the workload's.</summary>
    public ForeignText Name { get; init; }

    /// <summary>When it changed the number last, up or down; null when it never did.</summary>
    public DateTimeOffset? ScaledAt { get; init; }

    /// <summary>How the number of pods changed of late, whoever did it, the newest first; read only where an autoscaler runs more than it must.</summary>
    public IReadOnlyList<PodScaling> Scalings { get; init; } = [];
}

/// <summary>The number of a workload's pods was changed.</summary>
/// <param name="From">Null where the server doesn't tell (before version 1.27).</param>
public sealed record PodScaling(DateTimeOffset At, bool IsUp, int? From, int To);

/// <summary>Where a service keeps the size of its pool, and what it is.</summary>
/// <param name="Place">In words of ours: <c>env DB_POOL of container app</c>.</param>
/// <param name="Size">Null when the value is no number, or stands where the bot may not read (a Secret).</param>
/// <param name="Library">As configured, or as the setting's name tells; empty when unknown.</param>
/// <param name="IsRecognised">Nobody configured it: its name is a well-known one.</param>
public sealed record PoolSetting(ForeignText Place, int? Size, string Library, bool IsRecognised);

/// <summary>Whoever keeps the workload as it says, and puts back what others change.</summary>
/// <param name="Tool">Argo CD, Flux, Helm, or the operator's own field manager.</param>
/// <param name="Name">Of its application or release; empty when unknown.</param>
/// <param name="Reverts">It puts changes back by itself; Helm does so only at its next run.</param>
public sealed record WorkloadOwner(string Tool, ForeignText Name, bool Reverts);

using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

/// <summary>What Kubernetes says, in few words.</summary>
internal static class Clusters
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public static ForeignText Name(string name) => ForeignText.From(name, 63);

    public static PodLook Pod(string name, string address, double startedMinutesAgo = 60) =>
        new(Name(name), [address], Noon.AddMinutes(-startedMinutesAgo), IsReady: true, Revision: 128) { Node = "10.9.0.1" };

    public static WorkloadLook Workload(string service, params PodLook[] pods) =>
        new(service, "prod", "shop", WorkloadKind.Deployment, service, "uid-1", Generation: 7, pods.Length, pods)
        {
            ObservedGeneration = 7,
            Updated = pods.Length,
            Ready = pods.Length,
            Available = pods.Length,
            Strategy = new RolloutStrategy(Surge: 2, Unavailable: 0, IsRecreate: false),
            Revisions = [new WorkloadRevision(128, Name("registry/checkout:128"), Noon.AddMinutes(-30), pods.Length)],
        };

    public static ClusterLook Cluster(params WorkloadLook[] workloads) => new(Noon, workloads);

    public static ConsumerGroup Group(string application, string client, int count, int inTransaction = 0, double oldestMinutes = 10, string user = "app") =>
        new(Name(application), Name(user), Name("shop"), Name(client), count, count - inTransaction, 0, inTransaction, 0, 0, null, TimeSpan.FromMinutes(oldestMinutes));

    public static ConnectionConsumers Consumers(params ConsumerGroup[] groups) => new(groups, groups.Sum(group => group.Count), TimeSpan.FromMinutes(30), 0);

    public static ConnectionUsage Usage(int used, int capacity = 100) => new(used, capacity, capacity + 3, used, 0, 0, 0, used, SeesEverything: true, RefusedLogins: 0);
}

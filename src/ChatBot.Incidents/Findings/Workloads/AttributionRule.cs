using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Leads sessions back to pods by their address, and to services by their names where the address says nothing.</summary>
/// <remarks>
/// An address beats a name: a name is the client's own word. A pod on its node's network, or behind its node's address (NAT), can't be told
/// from its neighbours, and a pooler's sessions are not its clients'; then it says so.
/// </remarks>
public static class AttributionRule
{
    /// <summary>A pod begins before its first session; clocks of cluster and server may differ by so much: 30 s.</summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(30);

    /// <param name="at">Of the look at the server, by its clock.</param>
    public static Attribution Of(ConnectionConsumers consumers, DateTimeOffset at, ClusterLook cluster)
    {
        var places = new Places(cluster);
        var found = consumers.Groups.Select(group => (Group: group, Place: places.Find(group, at))).ToArray();
        var services = found
            .Where(one => one.Place.Service is not null)
            .GroupBy(one => one.Place.Service!)
            .Select(one => ServiceOf(one.Key, places.WorkloadOf(one.Key), [.. one]))
            .OrderByDescending(service => service.Sessions)
            .ThenBy(service => service.Service, StringComparer.Ordinal);
        var rest = found
            .Where(one => one.Place.Service is null)
            .GroupBy(one => (one.Place.Why, Client: one.Place.Why is Unattributed.LocalSocket ? default : one.Group.Client, one.Place.Owner, one.Place.IsOlderThanPod))
            .Select(one => new UnattributedSessions(one.Key.Why, one.Key.Client, one.Key.Owner, one.Sum(each => each.Group.Count), one.Key.IsOlderThanPod))
            .OrderByDescending(one => one.Sessions)
            .ThenBy(one => one.Client.Value, StringComparer.Ordinal)
            .ThenBy(one => one.Owner.Value, StringComparer.Ordinal);
        return new Attribution([.. services], [.. rest]) { IsPartial = cluster.Gaps.Count > 0 };
    }

    private static ServiceSessions ServiceOf(string service, WorkloadLook? workload, (ConsumerGroup Group, Place Place)[] found) => new(
        service,
        workload,
        found.Sum(one => one.Group.Count),
        found.Sum(one => one.Group.Idle),
        found.Sum(one => one.Group.IdleInTransaction),
        found.Sum(one => one.Group.Active),
        [
            .. found
                .Where(one => one.Place.Pod is not null)
                .GroupBy(one => one.Place.Pod!)
                .Select(pod => new PodSessions(pod.Key, pod.Sum(one => one.Group.Count)))
                .OrderByDescending(pod => pod.Sessions)
                .ThenBy(pod => pod.Pod.Name.Value, StringComparer.Ordinal),
        ],
        found.Where(one => one.Place.Pod is null).Sum(one => one.Group.Count))
    {
        Elsewhere = found.Where(one => one.Place.IsElsewhere).Sum(one => one.Group.Count),
    };

    /// <summary>Where a group of sessions comes from.</summary>
    private sealed record Place(string? Service, PodLook? Pod, Unattributed Why = default, ForeignText Owner = default, bool IsOlderThanPod = false, bool IsElsewhere = false);

    private sealed class Places
    {
        private readonly Dictionary<string, WorkloadLook> _workloads;
        private readonly Dictionary<string, (string Service, PodLook Pod)> _pods = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (ForeignText Owner, bool MayBeService)> _others = new(StringComparer.Ordinal);
        private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
        private readonly DateTimeOffset _lookedAt;

        public Places(ClusterLook cluster)
        {
            _lookedAt = cluster.At;
            _workloads = cluster.Workloads.DistinctBy(workload => workload.Service).ToDictionary(workload => workload.Service, StringComparer.Ordinal);
            foreach (var workload in cluster.Workloads)
            {
                foreach (var pod in workload.Pods)
                {
                    if (pod.Node is { } node)
                    {
                        _nodes.Add(Plain(node));
                    }

                    foreach (var address in pod.Addresses.Select(Plain))
                    {
                        // On its node's network it can't be told from whoever else is there.
                        _ = pod.IsHostNetwork ? _nodes.Add(address) : _pods.TryAdd(address, (workload.Service, pod));
                    }
                }
            }

            foreach (var other in cluster.Others)
            {
                foreach (var address in other.Addresses.Select(Plain))
                {
                    _others.TryAdd(address, (other.Owner.IsEmpty ? other.Name : other.Owner, other.MayBeService));
                }
            }
        }

        public WorkloadLook? WorkloadOf(string service) => _workloads.GetValueOrDefault(service);

        public Place Find(ConsumerGroup group, DateTimeOffset at)
        {
            var address = Plain(group.Client.Value);
            if (_pods.TryGetValue(address, out var known))
            {
                // Of several only the oldest one's age is known, so they stay the pod's.
                return group.Count == 1 && known.Pod.StartedAt is { } started && at - group.OldestConnection < started - ClocksApart
                    ? new Place(null, null, Unattributed.NoPod, group.Application, IsOlderThanPod: true)
                    : new Place(known.Service, known.Pod);
            }

            if (HiddenClients.IsPooler(group))
            {
                return new Place(null, null, Unattributed.Pooler, group.Application);
            }

            if (_others.TryGetValue(address, out var other))
            {
                return new Place(null, null, other.MayBeService ? Unattributed.Unread : Unattributed.OtherPod, other.Owner);
            }

            return _workloads.Keys.FirstOrDefault(service => service == group.Application.Value || service == group.User.Value) is { } byName
                ? new Place(byName, null, IsElsewhere: !group.Client.IsEmpty && !_nodes.Contains(address) && WasThere(group, at))
                : new Place(null, null, WhyNot(group, address), Holder.NameOf(group.Application, group.User));
        }

        /// <summary>A pod that came after the look may have opened what is younger; and one that opens more lives. An idle time is an age where the server knows no other.</summary>
        private bool WasThere(ConsumerGroup group, DateTimeOffset at) =>
            group.Born is not > 0 && (group.OldestConnection ?? group.OldestIdle) is { } age && at - age < _lookedAt - ClocksApart;

        private Unattributed WhyNot(ConsumerGroup group, string address) =>
            _nodes.Contains(address) ? Unattributed.Node
            : !group.Client.IsEmpty ? Unattributed.NoPod
            : Unattributed.LocalSocket;

        /// <summary>An IPv4 address has another form where a socket takes both kinds.</summary>
        private static string Plain(string address) =>
            address.StartsWith("::ffff:", StringComparison.OrdinalIgnoreCase) ? address["::ffff:".Length..] : address;
    }
}

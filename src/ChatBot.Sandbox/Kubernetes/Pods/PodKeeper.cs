using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Scheduler and kubelets in one: gives pods a node and an address, has the runtime start and stop them, and writes what it reports.</summary>
internal sealed class PodKeeper(ObjectStore store, ClusterEvents events, IReadOnlyList<ClusterNode> nodes, string network, TimeProvider time) : IController
{
    private readonly Dictionary<string, RunningPod> _running = [];
    private readonly HashSet<string> _stopping = [];
    private readonly Queue<Action<IPodRuntime>> _orders = [];
    private int _scheduled;

    /// <summary>Called when a pod reported something, with the gate held.</summary>
    public event Action? Reported;

    /// <summary>Called for each container that starts anew, with the gate held: its log becomes the previous one.</summary>
    public event Action<JsonObject, string>? ContainerEnded;

    public void Reconcile()
    {
        foreach (var pod in store.List(ResourceCatalog.Pods))
        {
            var isEnding = pod.Text("metadata", "deletionTimestamp") is not null;
            if (pod.Text("spec", "nodeName") is null && !isEnding)
            {
                Schedule(pod);
            }
            else if (isEnding && !_running.ContainsKey(pod.Uid()))
            {
                store.Remove(ResourceCatalog.Pods, pod.Namespace(), pod.Name()); // it never started
            }
            else if (isEnding && _stopping.Add(pod.Uid()))
            {
                var running = _running[pod.Uid()];
                foreach (var container in running.Containers)
                {
                    events.Tell(pod, "kubelet", "Normal", "Killing", $"Stopping container {container}");
                }

                _orders.Enqueue(runtime => runtime.Stop(running));
            }
        }

        foreach (var (uid, running) in _running.Where(entry => store.Find(ResourceCatalog.Pods, entry.Value.Namespace, entry.Value.Name).Uid() != entry.Key).ToList())
        {
            _running.Remove(uid); // deleted without grace
            if (_stopping.Add(uid))
            {
                _orders.Enqueue(runtime => runtime.Stop(running));
            }
        }
    }

    /// <summary>What the runtime is to do next; null when it is up to date. To be called outside the gate.</summary>
    public Action<IPodRuntime>? NextOrder()
    {
        lock (store.Gate)
        {
            return _orders.TryDequeue(out var order) ? order : null;
        }
    }

    public RunningPod? Find(string @namespace, string name)
    {
        lock (store.Gate)
        {
            return _running.Values.FirstOrDefault(pod => pod.Namespace == @namespace && pod.Name == name);
        }
    }

    public void Report(string uid, Action<JsonObject, DateTimeOffset> change, (string Type, string Reason, string Message)? told = null)
    {
        lock (store.Gate)
        {
            if (!_running.TryGetValue(uid, out var running)
                || store.Find(ResourceCatalog.Pods, running.Namespace, running.Name) is not { } before
                || before.Uid() != uid)
            {
                return; // a pod that is gone has nothing to say any more
            }

            var after = store.Change(ResourceCatalog.Pods, before, Writer.KubeletStatus, pod => change(pod, time.GetUtcNow()));
            foreach (var container in running.Containers.Where(name => Restarts(before, name) < Restarts(after, name)))
            {
                ContainerEnded?.Invoke(after, container);
            }

            if (told is var (type, reason, message))
            {
                events.Tell(after, "kubelet", type, reason, message);
            }
        }

        Reported?.Invoke();
    }

    public void ReportGone(string uid)
    {
        lock (store.Gate)
        {
            if (_running.Remove(uid, out var running) && store.Find(ResourceCatalog.Pods, running.Namespace, running.Name).Uid() == uid)
            {
                store.Remove(ResourceCatalog.Pods, running.Namespace, running.Name);
            }

            _stopping.Remove(uid);
        }

        Reported?.Invoke();
    }

    public string? FromConfigMap(string @namespace, JsonNode? reference) => reference.Text("name") is { } name
        ? store.Find(ResourceCatalog.ConfigMaps, @namespace, name).Text("data", reference.Text("key") ?? "")
        : null;

    private void Schedule(JsonObject pod)
    {
        var wanted = pod.Text("spec", "nodeSelector", "kubernetes.io/hostname");
        if (wanted is not null && nodes.All(one => one.Name != wanted))
        {
            LeaveUnplaced(pod);
            return;
        }

        var node = nodes.FirstOrDefault(one => one.Name == wanted) ?? nodes[_scheduled % nodes.Count];
        _scheduled++;
        var address = $"{network}.{_scheduled / 250 % 250}.{(_scheduled % 250) + 1}";
        var placed = store.Change(ResourceCatalog.Pods, pod, Writer.KubeletStatus, copy => PodChanges.Scheduled(copy, time.GetUtcNow(), node, address));
        var running = _running[placed.Uid()] = new RunningPod(this, placed);
        events.Tell(placed, "default-scheduler", "Normal", "Scheduled", $"Successfully assigned {pod.Namespace()}/{pod.Name()} to {node.Name}");
        _orders.Enqueue(runtime => runtime.Start(running));
    }

    private void LeaveUnplaced(JsonObject pod)
    {
        const string Reason = "Unschedulable";
        if (Conditions.Find(pod["status"], "PodScheduled").Text("reason") == Reason)
        {
            return; // said already
        }

        var why = $"0/{nodes.Count} nodes are available: {nodes.Count} node(s) didn't match Pod's node affinity/selector.";
        var left = store.Change(ResourceCatalog.Pods, pod, Writer.KubeletStatus, copy => Conditions.Set(copy.Under("status"), "PodScheduled", false, time.GetUtcNow(), Reason, why));
        events.Tell(left, "default-scheduler", "Warning", "FailedScheduling", why);
    }

    private static long Restarts(JsonObject pod, string container) => pod
        .Items("status", "containerStatuses")
        .Where(status => status.Text("name") == container)
        .Sum(status => status.Number("restartCount") ?? 0);
}

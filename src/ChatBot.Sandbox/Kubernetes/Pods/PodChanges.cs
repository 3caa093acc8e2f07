using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What a kubelet writes into a pod's status.</summary>
internal static class PodChanges
{
    /// <summary>It has a node; its containers are being created.</summary>
    public static void Scheduled(JsonObject pod, DateTimeOffset now, ClusterNode node, string address)
    {
        var status = pod.Under("status");
        var isOnHost = pod.Flag("spec", "hostNetwork");
        pod.Under("spec")["nodeName"] = node.Name;
        status["hostIP"] = node.Address;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = node.Address });
        status["podIP"] = isOnHost ? node.Address : address;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = isOnHost ? node.Address : address });
        status["startTime"] = now.Stamp();
        status["containerStatuses"] = new JsonArray(
        [
            .. pod.Items("spec", "containers").Select(container => new JsonObject
            {
                ["name"] = container.Text("name"),
                ["image"] = container.Text("image"),
                ["imageID"] = "",
                ["ready"] = false,
                ["started"] = false,
                ["restartCount"] = 0,
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } },
                ["lastState"] = new JsonObject(),
            }),
        ]);
        foreach (var (type, value) in (ReadOnlySpan<(string, bool)>)[("PodScheduled", true), ("Initialized", true), ("Ready", false), ("ContainersReady", false)])
        {
            Conditions.Set(status, type, value, now);
        }
    }

    public static void Ready(JsonObject pod, DateTimeOffset now)
    {
        Run(pod, now, isReady: true);
        Settle(pod, now);
    }

    public static void NotReady(JsonObject pod, DateTimeOffset now)
    {
        Run(pod, now, isReady: false);
        Settle(pod, now);
    }

    public static void Waiting(JsonObject pod, DateTimeOffset now, string container, string reason, string message)
    {
        var status = Status(pod, container);
        status["ready"] = false;
        status["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } };
        Settle(pod, now);
    }

    public static void Crashed(JsonObject pod, DateTimeOffset now, string container, int exitCode, string reason)
    {
        Run(pod, now, isReady: true, except: container);
        var status = Status(pod, container);
        status["lastState"] = Terminated(status, now, exitCode, reason);
        status["restartCount"] = (status.Number("restartCount") ?? 0) + 1;
        status["ready"] = false;
        status["state"] = new JsonObject
        {
            ["waiting"] = new JsonObject
            {
                ["reason"] = "CrashLoopBackOff",
                ["message"] = $"back-off 5m0s restarting failed container={container} pod={pod.Name()}_{pod.Namespace()}({pod.Uid()})",
            },
        };
        Settle(pod, now);
    }

    public static void Restarted(JsonObject pod, DateTimeOffset now, string container, int exitCode, string reason)
    {
        var status = Status(pod, container);
        status["lastState"] = Terminated(status, now, exitCode, reason);
        status["restartCount"] = (status.Number("restartCount") ?? 0) + 1;
        status["ready"] = true;
        status["state"] = Running(now);
        Settle(pod, now);
    }

    private static void Run(JsonObject pod, DateTimeOffset now, bool isReady, string? except = null)
    {
        foreach (var status in pod.Items("status", "containerStatuses").Where(status => status.Text("name") != except))
        {
            if (status.At("state", "running") is null)
            {
                status["state"] = Running(now);
                status["containerID"] = "containerd://" + Guid.NewGuid().ToString("n");
            }

            status["ready"] = isReady;
            status["started"] = true;
        }
    }

    private static void Settle(JsonObject pod, DateTimeOffset now)
    {
        var status = pod.Under("status");
        var containers = status.Items("containerStatuses").ToList();
        status["phase"] = containers.Exists(container => container.At("state", "running") is not null || container.At("lastState", "terminated") is not null)
            ? "Running"
            : "Pending";
        var isReady = containers.TrueForAll(container => container.Flag("ready"));
        var unready = string.Join(' ', containers.Where(container => !container.Flag("ready")).Select(container => container.Text("name")));
        foreach (var type in (ReadOnlySpan<string>)["Ready", "ContainersReady"])
        {
            Conditions.Set(status, type, isReady, now, isReady ? null : "ContainersNotReady", isReady ? null : $"containers with unready status: [{unready}]");
        }
    }

    private static JsonObject Status(JsonObject pod, string container) =>
        pod.Items("status", "containerStatuses").Single(status => status.Text("name") == container);

    private static JsonObject Running(DateTimeOffset now) => new() { ["running"] = new JsonObject { ["startedAt"] = now.Stamp() } };

    private static JsonObject Terminated(JsonObject status, DateTimeOffset now, int exitCode, string reason) => new()
    {
        ["terminated"] = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["reason"] = reason,
            ["startedAt"] = status.Text("state", "running", "startedAt") ?? now.Stamp(),
            ["finishedAt"] = now.Stamp(),
        },
    };
}

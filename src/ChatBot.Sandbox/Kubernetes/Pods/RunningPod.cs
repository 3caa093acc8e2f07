using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>One pod as its runtime sees it: what it is to run, and how it reports back.</summary>
internal sealed class RunningPod
{
    private readonly PodKeeper _keeper;
    private readonly JsonObject _pod;

    internal RunningPod(PodKeeper keeper, JsonObject pod)
    {
        (_keeper, _pod) = (keeper, pod);
    }

    public string Namespace => _pod.Namespace();

    public string Name => _pod.Name();

    public string Uid => _pod.Uid();

    /// <summary>Its own, or its node's when it shares the node's network.</summary>
    public string Address => _pod.Text("status", "podIP") ?? "";

    public IReadOnlyDictionary<string, string> Labels => _pod.Texts("metadata", "labels");

    public IReadOnlyDictionary<string, string> Annotations => _pod.Texts("metadata", "annotations");

    public IReadOnlyList<string> Containers => [.. _pod.Items("spec", "containers").Select(container => container.Text("name") ?? "")];

    public string Image(string container) => Container(container).Text("image") ?? "";

    /// <summary>An environment variable, also one out of a ConfigMap as it was when the pod started; null when it isn't set.</summary>
    public string? Variable(string container, string name)
    {
        var variable = Container(container).Items("env").LastOrDefault(variable => variable.Text("name") == name);
        return variable.Text("value") ?? _keeper.FromConfigMap(Namespace, variable.At("valueFrom", "configMapKeyRef"));
    }

    /// <summary>All containers run and are ready.</summary>
    public void ReportReady() => _keeper.Report(Uid, PodChanges.Ready);

    /// <summary>All containers run, and a readiness probe fails.</summary>
    public void ReportNotReady(string why = "Readiness probe failed: HTTP probe failed with statuscode: 503") =>
        _keeper.Report(Uid, PodChanges.NotReady, ("Warning", "Unhealthy", why));

    /// <summary>A container cannot start: ImagePullBackOff, CreateContainerConfigError.</summary>
    public void ReportWaiting(string container, string reason, string message) =>
        _keeper.Report(Uid, (pod, now) => PodChanges.Waiting(pod, now, container, reason, message), ("Warning", "Failed", message));

    /// <summary>Something goes wrong that its status doesn't tell: FailedMount, FailedCreatePodSandBox.</summary>
    public void ReportWarning(string reason, string message) => _keeper.Report(Uid, (_, _) => { }, ("Warning", reason, message));

    /// <summary>A container ended and will be started again after a while: until then it waits in CrashLoopBackOff.</summary>
    public void ReportCrashed(string container, int exitCode = 1, string reason = "Error") => _keeper.Report(
        Uid,
        (pod, now) => PodChanges.Crashed(pod, now, container, exitCode, reason),
        ("Warning", "BackOff", $"Back-off restarting failed container {container} in pod {Name}_{Namespace}({Uid})"));

    /// <summary>A container was started again, and its log so far became the previous one.</summary>
    public void ReportRestarted(string container, int exitCode = 1, string reason = "Error") =>
        _keeper.Report(Uid, (pod, now) => PodChanges.Restarted(pod, now, container, exitCode, reason));

    /// <summary>Its processes have ended: the pod goes away.</summary>
    public void ReportGone() => _keeper.ReportGone(Uid);

    private JsonObject? Container(string name) => _pod.Items("spec", "containers").FirstOrDefault(container => container.Text("name") == name);
}

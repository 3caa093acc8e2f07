namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Pods without processes: they become ready, stay unready or crash, as they are told.</summary>
internal sealed class PlainPods : IPodRuntime
{
    private readonly Lock _gate = new();
    private readonly List<(RunningPod Pod, int At, bool IsStop)> _waiting = [];
    private int _now;

    /// <summary>0: at once.</summary>
    public int TicksUntilReady { get; set; }

    /// <summary>How long a pod that is told to end keeps running; 0: it is gone at once.</summary>
    public int TicksUntilGone { get; set; }

    /// <summary>What becomes of a pod when it has started; null: ready.</summary>
    public Action<RunningPod>? Behaviour { get; set; }

    public void Start(RunningPod pod) => InTicks(TicksUntilReady, pod, isStop: false);

    public void Stop(RunningPod pod) => InTicks(TicksUntilGone, pod, isStop: true);

    public void Tick()
    {
        List<(RunningPod Pod, int At, bool IsStop)> due;
        lock (_gate)
        {
            _now++;
            due = [.. _waiting.Where(one => one.At <= _now)];
            _waiting.RemoveAll(due.Contains);
        }

        foreach (var (pod, _, isStop) in due)
        {
            Do(pod, isStop);
        }
    }

    private void InTicks(int ticks, RunningPod pod, bool isStop)
    {
        if (ticks == 0)
        {
            Do(pod, isStop);
            return;
        }

        lock (_gate)
        {
            _waiting.Add((pod, _now + ticks, isStop));
        }
    }

    private void Do(RunningPod pod, bool isStop)
    {
        if (isStop)
        {
            pod.ReportGone();
        }
        else if (Behaviour is { } behave)
        {
            behave(pod);
        }
        else
        {
            pod.ReportReady();
        }
    }
}

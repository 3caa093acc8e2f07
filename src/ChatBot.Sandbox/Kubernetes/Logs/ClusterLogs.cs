using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The logs of all containers: of the run that goes on, and of the one before.</summary>
internal sealed class ClusterLogs(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Pod, string Container), ContainerLog> _current = [];
    private readonly Dictionary<(string Namespace, string Pod, string Container), ContainerLog> _previous = [];

    /// <summary>Adds a line, now.</summary>
    public void Append(string @namespace, string pod, string container, string line) =>
        Append(@namespace, pod, container, time.GetUtcNow(), Encoding.UTF8.GetBytes(line));

    /// <param name="line">Any bytes, without a line break.</param>
    public void Append(string @namespace, string pod, string container, DateTimeOffset at, ReadOnlyMemory<byte> line) =>
        Current(@namespace, pod, container).Append(at, line);

    /// <summary>Serves these bytes as the container's log, whatever is asked for but for <c>limitBytes</c>.</summary>
    public void Serve(string @namespace, string pod, string container, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> bytes) =>
        Current(@namespace, pod, container).Raw = bytes;

    /// <summary>Null when the container has no run before this one.</summary>
    internal ContainerLog? Find(string @namespace, string pod, string container, bool isPrevious)
    {
        lock (_gate)
        {
            return isPrevious ? _previous.GetValueOrDefault((@namespace, pod, container)) : Current(@namespace, pod, container);
        }
    }

    /// <summary>The container is started again: its log becomes the previous one.</summary>
    internal void Restart(JsonObject pod, string container)
    {
        lock (_gate)
        {
            var key = (pod.Namespace(), pod.Name(), container);
            var ended = Current(pod.Namespace(), pod.Name(), container);
            ended.Close();
            _previous[key] = ended;
            _current.Remove(key);
        }
    }

    /// <summary>With a pod its logs go.</summary>
    internal void Forget(JsonObject pod)
    {
        lock (_gate)
        {
            foreach (var logs in (ReadOnlySpan<Dictionary<(string Namespace, string Pod, string Container), ContainerLog>>)[_current, _previous])
            {
                foreach (var key in logs.Keys.Where(key => key.Namespace == pod.Namespace() && key.Pod == pod.Name()).ToList())
                {
                    logs[key].Close();
                    logs.Remove(key);
                }
            }
        }
    }

    private ContainerLog Current(string @namespace, string pod, string container)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue((@namespace, pod, container), out var log))
            {
                _current[(@namespace, pod, container)] = log = new ContainerLog(_gate);
            }

            return log;
        }
    }
}

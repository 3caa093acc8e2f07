using System.Collections.Concurrent;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.Sandbox.Workloads;

/// <summary>
/// Pods that are real clients of a real PostgreSQL: each has its own address and its own pool, as large as its deployment
/// says, and a leak when its image has one. A restart drops and opens real connections; a full server keeps new pods unready.
/// </summary>
/// <remarks>A pod without the variable <c>DB_USER</c> uses no database, and is ready at once.</remarks>
/// <param name="serverPort">Where the server listens, on 127.0.0.1.</param>
/// <param name="leaks">The images with a leak: connections that one pod loses a minute.</param>
internal sealed class DatabasePods(int serverPort, string database, IReadOnlyDictionary<string, double> leaks) : IPodRuntime, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task<DatabasePod>> _running = new();
    private readonly ConcurrentBag<Task> _ends = [];
    private int _seed;

    /// <summary>Where what containers write goes to; to be set before the first pod starts.</summary>
    public ClusterLogs? Logs { get; set; }

    /// <summary>What the customers of each service got, by the pods' label <c>app</c>.</summary>
    public ConcurrentDictionary<string, ServiceTally> Tallies { get; } = new();

    public void Start(RunningPod pod)
    {
        var container = pod.Containers[0];
        if (pod.Variable(container, "DB_USER") is not { } user)
        {
            pod.ReportReady();
            return;
        }

        var service = pod.Labels.GetValueOrDefault("app", pod.Name);
        var client = new DatabaseClient(service, user, database, pod.Variable(container, "DB_POOL"), pod.Variable(container, "DB_POOL_MIN"))
        {
            LeaksPerMinute = leaks.GetValueOrDefault(pod.Image(container)),
            Seed = Interlocked.Increment(ref _seed),
        };
        var tally = Tallies.GetOrAdd(service, _ => new ServiceTally());
        // On a thread of its own: who orders it waits for nobody.
        _running[pod.Uid] = Task.Run(() => new DatabasePod(
            pod, client, serverPort, tally, line => Logs?.Append(pod.Namespace, pod.Name, container, line)));
    }

    public void Stop(RunningPod pod)
    {
        if (_running.TryRemove(pod.Uid, out var running))
        {
            _ends.Add(Task.Run(async () =>
            {
                await (await running).DisposeAsync();
                pod.ReportGone();
            }));
        }
        else
        {
            pod.ReportGone();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Values.Select(async running => await (await running).DisposeAsync()));
        await Task.WhenAll(_ends);
    }
}

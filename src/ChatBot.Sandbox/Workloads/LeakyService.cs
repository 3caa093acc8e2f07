using System.Collections.Concurrent;
using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>
/// checkout-api with its bug: one path takes a connection from the pool, uses it, and never gives it back. On the server
/// that is a plain idle session outside a transaction; in the pod it is a place of the pool that is lost for good.
/// </summary>
/// <remarks>
/// Npgsql never takes such a place back, not even after its session was ended on the server. So ending the sessions helps
/// the other services and not this one, and the pool doesn't fill the server a second time: that needs a restart.
/// </remarks>
internal sealed class LeakyService : Service
{
    private readonly ConcurrentBag<NpgsqlConnection> _neverGivenBack = [];
    private readonly double _perMinute;
    private readonly int _seed;

    /// <param name="perMinute">Leaked connections a minute, all pods together.</param>
    public LeakyService(string name, IReadOnlyList<Pod> pods, double perMinute, int seed)
        : base(name, pods)
    {
        (_perMinute, _seed) = (perMinute, seed);
        for (var i = 0; i < pods.Count; i++)
        {
            var pod = pods[i];
            Repeat(TimeSpan.FromMilliseconds(400), new Random(seed + i), token => ServeAsync(pod, token));
        }
    }

    /// <summary>The release with the bug is out.</summary>
    public void StartLeaking()
    {
        var every = TimeSpan.FromMinutes(Pods.Count / _perMinute);
        for (var i = 0; i < Pods.Count; i++)
        {
            var pod = Pods[i];
            Repeat(every, new Random(_seed + 1000 + i), token => LeakAsync(pod, token));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var connection in _neverGivenBack)
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task ServeAsync(Pod pod, CancellationToken cancellationToken)
    {
        await using var connection = await pod.Connections.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select status from orders where id = 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task LeakAsync(Pod pod, CancellationToken cancellationToken)
    {
        var connection = await pod.Connections.OpenConnectionAsync(cancellationToken);
        _neverGivenBack.Add(connection);
        await using var command = new NpgsqlCommand("select total_cents, status from orders where id = 42", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }
}

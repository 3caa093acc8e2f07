using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>orders-worker: a healthy service. Every connection of its pools is busy all the time and given back each time.</summary>
internal sealed class SteadyService : Service
{
    public SteadyService(string name, IReadOnlyList<Pod> pods, int connectionsPerPod, int seed)
        : base(name, pods)
    {
        for (var i = 0; i < pods.Count * connectionsPerPod; i++)
        {
            var pod = pods[i % pods.Count];
            Repeat(TimeSpan.FromMilliseconds(150), new Random(seed + i), token => WorkAsync(pod, token));
        }
    }

    private static async Task WorkAsync(Pod pod, CancellationToken cancellationToken)
    {
        await using var connection = await pod.Connections.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "update orders set status = 'packed' where id = (select id from orders where status = 'paid' limit 1 for update skip locked)",
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

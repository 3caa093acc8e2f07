using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>reporting: a healthy service without a pool. It logs in for every report, so a full server turns it away at once.</summary>
internal sealed class ReportingService : Service
{
    public ReportingService(string name, Pod pod, int seed)
        : base(name, [pod])
    {
        Repeat(TimeSpan.FromMilliseconds(500), new Random(seed), token => ReportAsync(pod, token));
    }

    private static async Task ReportAsync(Pod pod, CancellationToken cancellationToken)
    {
        await using var connection = await pod.Connections.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select status, count(*), sum(total_cents) from orders group by status", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }
}

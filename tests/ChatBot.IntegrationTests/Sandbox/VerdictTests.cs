using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.Playing;

public sealed class VerdictTests
{
    [Fact]
    public async Task A_resolved_incident_on_a_full_server_has_not_ended_well()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var server = await PostgreSqlServer.StartAsync(20, cancellationToken: patience.Token);
        await server.ExecuteAsync("create role reporting login", cancellationToken: patience.Token);
        await server.ExecuteAsync("create database orders", cancellationToken: patience.Token);
        var sessions = new List<NpgsqlConnection>();
        for (var i = 0; i < 17; i++)
        {
            sessions.Add(new NpgsqlConnection(server.ConnectionString("reporting", "orders")));
            await sessions[^1].OpenAsync(patience.Token);
        }

        var full = await Verdict.AskAsync(server, unresolved: null, patience.Token);
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        var empty = await WhenEmptyAsync(server, patience.Token);

        Assert.False(full.IsGood);
        Assert.Equal(0, full.Slots.Free);
        Assert.Contains(full.Missing, missing => missing.StartsWith("An ordinary login is refused: 53300", StringComparison.Ordinal));
        Assert.True(empty.IsGood, string.Join('\n', empty.Missing));
        Assert.False((await Verdict.AskAsync(server, "nobody pressed", patience.Token)).IsGood);
    }

    // A closed session leaves its slot a moment later.
    private static async Task<Verdict> WhenEmptyAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        while (true)
        {
            var verdict = await Verdict.AskAsync(server, unresolved: null, cancellationToken);
            if (verdict.Slots.Used == 0)
            {
                return verdict;
            }
        }
    }
}

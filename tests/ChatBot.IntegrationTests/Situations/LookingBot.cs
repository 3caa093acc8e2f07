using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Sandbox.Situations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>The bot's own way of looking at a situation's servers, with the role and the grants that it is shipped with.</summary>
internal sealed class LookingBot(ITargetServer server, IAsyncDisposable connections) : IAsyncDisposable
{
    private const string Target = "orders-db";

    private static readonly TimeSpan[] Ages = [TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)];

    public static async Task<LookingBot> StartAsync(SituationWorld world, CancellationToken cancellationToken)
    {
        await world.GrantAsync();
        var target = new PostgreSqlTarget(Target, "127.0.0.1", world.ServerPort, "postgres", SituationWorld.BotUser, null) { Tls = SslMode.Disable };
        var connections = new WarmConnections([target], TimeProvider.System, NullLoggerFactory.Instance);
        await connections.StartAsync(cancellationToken);
        await connections[Target].PingAsync(cancellationToken);
        return new LookingBot(new PostgreSqlTargetServer(Target, connections, TimeProvider.System), connections);
    }

    public Task<ServerLook> LookAsync(LookMark? before, CancellationToken cancellationToken) =>
        server.LookAsync(new LookRequest(Ages, before), cancellationToken);

    public Task<PoolerPools?> PoolsAsync(CancellationToken cancellationToken) => Task.FromResult<PoolerPools?>(null);

    public ValueTask DisposeAsync() => connections.DisposeAsync();
}

using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Databases.PgBouncer;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Sandbox.Situations;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Npgsql;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>The bot's own way of looking at a situation's servers, with the role and the grants that it is shipped with.</summary>
internal sealed class LookingBot(ITargetServer server, IAsyncDisposable connections, PgBouncerPoolsProbe poolers) : IAsyncDisposable
{
    private const string Target = "orders-db";

    private static readonly TimeSpan[] Ages = [TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)];

    public static async Task<LookingBot> StartAsync(SituationWorld world, CancellationToken cancellationToken)
    {
        await world.GrantAsync();
        return world.MySql is null ? await OnPostgreSqlAsync(world, cancellationToken) : await OnMySqlAsync(world, cancellationToken);
    }

    private static async Task<LookingBot> OnPostgreSqlAsync(SituationWorld world, CancellationToken cancellationToken)
    {
        var target = new PostgreSqlTarget(Target, "127.0.0.1", world.ServerPort, SituationWorld.Database, SituationWorld.BotUser, null) { Tls = SslMode.Disable };
        var connections = new WarmConnections([target], TimeProvider.System, NullLoggerFactory.Instance);
        await connections.StartAsync(cancellationToken);
        await connections[Target].PingAsync(cancellationToken);
        PgBouncerTarget[] poolers = world.Pooler is { } pooler
            ? [new PgBouncerTarget(Target, "127.0.0.1", pooler.Port, SituationWorld.BotUser, null) { Tls = TlsMode.Disable }]
            : [];
        return new LookingBot(
            new PostgreSqlTargetServer(Target, connections, TimeProvider.System), connections, new PgBouncerPoolsProbe(poolers, TimeProvider.System));
    }

    private static async Task<LookingBot> OnMySqlAsync(SituationWorld world, CancellationToken cancellationToken)
    {
        var target = new MySqlTarget(Target, "127.0.0.1", world.ServerPort, "", SituationWorld.BotUser, null) { Tls = MySqlSslMode.None };
        var connections = new MySqlConnections([target], TimeProvider.System, NullLoggerFactory.Instance);
        await connections.StartAsync(cancellationToken);
        await connections[Target].PingAsync(cancellationToken);
        return new LookingBot(
            new MySqlTargetServer(Target, connections, TimeProvider.System), connections, new PgBouncerPoolsProbe([], TimeProvider.System));
    }

    public Task<ServerLook> LookAsync(LookMark? before, CancellationToken cancellationToken) =>
        server.LookAsync(new LookRequest(Ages, before) { StillFor = SituationWorld.StillFor }, cancellationToken);

    /// <returns>Null when there is no pooler.</returns>
    public async Task<PoolerPools?> PoolsAsync(CancellationToken cancellationToken) =>
        poolers.Has(Target) ? await poolers.ReadAsync(Target, cancellationToken) : null;

    public ValueTask DisposeAsync() => connections.DisposeAsync();
}

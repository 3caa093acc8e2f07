using System.Data.Common;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.Benchmarks.Targets;

internal sealed class CrowdedPostgreSql : CrowdedServer
{
    private const string Name = "orders-db";

    private readonly PostgreSqlServer _server;
    private readonly WarmConnections _connections;

    private CrowdedPostgreSql(PostgreSqlServer server)
    {
        _server = server;
        _connections = new WarmConnections(
            [new PostgreSqlTarget(Name, "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = SslMode.Disable }],
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Bot = new PostgreSqlTargetServer(Name, _connections, TimeProvider.System);
    }

    public override ITargetServer Bot { get; }

    public static async Task<CrowdedServer> StartAsync(int sessions, int waiters, CancellationToken cancellationToken)
    {
        var crowded = new CrowdedPostgreSql(await PostgreSqlServer.StartAsync(sessions + 20, ["autovacuum=off"], cancellationToken));
        try
        {
            await crowded._server.ExecuteAsync(await Manifest.ReadAsync("postgresql.sql", cancellationToken), cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync("create role app login", cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync("create database shop owner app", cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync(
                "create table stock (id int primary key, quantity int); alter table stock owner to app; insert into stock values (1, 10), (2, 20)",
                "shop",
                cancellationToken);
            await crowded.FillAsync(sessions, waiters, cancellationToken);
            return crowded;
        }
        catch
        {
            await crowded.DisposeAsync();
            throw;
        }
    }

    public override Task CountRowsAsync(CancellationToken cancellationToken) => _connections[Name].UseAsync(
        async (session, token) =>
        {
            await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity", session);
            return await command.ExecuteScalarAsync(token);
        },
        cancellationToken);

    protected override async Task<DbConnection> OpenAsync(string application, CancellationToken cancellationToken)
    {
        var session = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_server.ConnectionString("app", "shop")) { ApplicationName = application, Timeout = 60 }.ConnectionString);
        await session.OpenAsync(cancellationToken);
        return session;
    }

    protected override Task<string> FindThreadAsync(CancellationToken cancellationToken) => _connections[Name].UseAsync(
        (session, _) => Task.FromResult($"/proc/{session.ProcessID}"), cancellationToken);

    protected override async Task StopAsync()
    {
        await _connections.DisposeAsync();
        await _server.DisposeAsync();
    }
}

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

    private static string[] Settings => ["autovacuum=off", "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all"];

    private CrowdedPostgreSql(PostgreSqlServer server)
    {
        _server = server;
        _connections = new WarmConnections(
            [new PostgreSqlTarget(Name, "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = SslMode.Disable }],
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Bot = new PostgreSqlTargetServer(Name, _connections, TimeProvider.System);
    }

    public override IEnumerable<Question> Questions =>
    [
        .. base.Questions,
        new("which server: beside its store", token => _connections[Name].UseAsync(PostgreSqlFacts.IdentityAsync, token)),
        new("connection lives: for advice", token => new ConnectionLivesProbe(_connections).ReadAsync(Name, token)),
        new("session habits: for advice", token => new SessionHabitsProbe(_connections).ReadAsync(Name, TimeSpan.Zero, token)),
        new("reads and writes: for advice", token => new ReadShareProbe(_connections).ReadAsync(Name, token)),
    ];

    protected override ITargetServer Bot { get; }

    public static async Task<CrowdedServer> StartAsync(int sessions, int waiters, CancellationToken cancellationToken)
    {
        var crowded = new CrowdedPostgreSql(await PostgreSqlServer.StartAsync(sessions + 20, Settings, cancellationToken));
        try
        {
            await crowded._server.ExecuteAsync(await Manifest.ReadAsync("postgresql.sql", cancellationToken), cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync("create role app login", cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync("create database shop owner app", cancellationToken: cancellationToken);
            await crowded._server.ExecuteAsync(
                "create table stock (id int primary key, quantity int); alter table stock owner to app; insert into stock values (1, 10), (2, 20)",
                "shop",
                cancellationToken);
            await crowded.CountStatementsAsync(sessions, cancellationToken);
            await crowded.FillAsync(sessions, waiters, cancellationToken);
            return crowded;
        }
        catch
        {
            await crowded.DisposeAsync();
            throw;
        }
    }

    protected override Task CountRowsAsync(CancellationToken cancellationToken) => _connections[Name].UseAsync(
        async (session, token) =>
        {
            await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity", session);
            return await command.ExecuteScalarAsync(token);
        },
        cancellationToken);

    protected override Task PingAsync(CancellationToken cancellationToken) => _connections[Name].PingAsync(cancellationToken);

    protected override Task IsGoneAsync(SessionMark mark, CancellationToken cancellationToken) => _connections[Name].UseAsync(
        (session, token) => new PostgreSqlLogin(_connections[Name].Target).IsGoneAsync(session, mark, token), cancellationToken);

    protected override async Task<DbConnection> OpenAsync(string application, CancellationToken cancellationToken)
    {
        var session = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_server.ConnectionString(User, "shop")) { ApplicationName = application, Timeout = 60 }.ConnectionString);
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

    /// <summary>So many shapes of statements, some 800 characters long, as pg_stat_statements keeps them: at most 5,000.</summary>
    private async Task CountStatementsAsync(int shapes, CancellationToken cancellationToken)
    {
        await _server.ExecuteAsync("create extension pg_stat_statements", cancellationToken: cancellationToken);
        await using var session = await OpenAsync("statements", cancellationToken);
        await RunAsync(
            session,
            $"""
            do $$
            begin
              for n in 1 .. {shapes} loop
                execute 'select s.id' || repeat(', s.quantity', n % 70) || ' from stock s where s.id = 1' || repeat(' or s.id = 2', n / 70);
              end loop;
            end
            $$
            """,
            cancellationToken);
    }
}

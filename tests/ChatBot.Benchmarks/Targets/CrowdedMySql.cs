using System.Data.Common;
using System.Globalization;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace ChatBot.Benchmarks.Targets;

/// <summary>MariaDB or MySQL.</summary>
internal sealed class CrowdedMySql : CrowdedServer
{
    private const string Name = "orders-db";

    private readonly MySqlProcess _server;
    private readonly MySqlConnections _connections;

    private CrowdedMySql(MySqlProcess server)
    {
        _server = server;
        _connections = new MySqlConnections(
            [new MySqlTarget(Name, "127.0.0.1", server.Port, "", "chatbot", null) { Tls = MySqlSslMode.None }],
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Bot = new MySqlTargetServer(Name, _connections, TimeProvider.System);
    }

    protected override ITargetServer Bot { get; }

    public static async Task<CrowdedServer> StartMariaDbAsync(int sessions, int waiters, bool performanceSchema, CancellationToken cancellationToken) =>
        await StartAsync(
            await MariaDbServer.StartAsync(sessions + 20, Settings, performanceSchema: performanceSchema, cancellationToken: cancellationToken),
            "mariadb.sql",
            sessions,
            waiters,
            cancellationToken);

    public static async Task<CrowdedServer> StartMySqlAsync(int sessions, int waiters, CancellationToken cancellationToken) =>
        await StartAsync(
            await MySqlServer.StartAsync(sessions + 20, Settings, cancellationToken: cancellationToken), "mysql.sql", sessions, waiters, cancellationToken);

    protected override Task CountRowsAsync(CancellationToken cancellationToken) => _connections[Name].UseAsync(
        async (session, _) => (await session.ReadAllAsync("select count(*) from information_schema.processlist", row => row.Number(0)))[0],
        cancellationToken);

    protected override Task PingAsync(CancellationToken cancellationToken) => _connections[Name].PingAsync(cancellationToken);

    protected override Task IsGoneAsync(SessionMark mark, CancellationToken cancellationToken) => _connections[Name].UseAsync(
        (session, token) => new MySqlLogin(_connections[Name].Target).IsGoneAsync(session, mark, token), cancellationToken);

    protected override async Task<DbConnection> OpenAsync(string application, CancellationToken cancellationToken)
    {
        var session = new MySqlConnection(
            new MySqlConnectionStringBuilder(_server.ConnectionString(User, "shop")) { ApplicationName = application, ConnectionTimeout = 60 }.ConnectionString);
        await session.OpenAsync(cancellationToken);
        return session;
    }

    protected override async Task<string> FindThreadAsync(CancellationToken cancellationToken)
    {
        var thread = await _connections[Name].UseAsync(
            async (session, _) => (await session.ReadAllAsync(
                MariaDb.Is(session)
                    ? "select tid from information_schema.processlist where id = connection_id()"
                    : "select thread_os_id from performance_schema.threads where processlist_id = connection_id()",
                row => row.Number(0)))[0],
            cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"/proc/{_server.ProcessId}/task/{thread}");
    }

    protected override async Task StopAsync()
    {
        await _connections.DisposeAsync();
        await _server.DisposeAsync();
    }

    // Files: each session has a socket, and the server allows itself fewer sessions than it was asked for if it gets fewer files.
    private static string[] Settings => ["--open-files-limit=18000", "--innodb-lock-wait-timeout=3600", "--back-log=500"];

    private static async Task<CrowdedServer> StartAsync(MySqlProcess server, string manifest, int sessions, int waiters, CancellationToken cancellationToken)
    {
        var crowded = new CrowdedMySql(server);
        try
        {
            // By the client, because of its DELIMITER.
            await ServerPrograms.RunAsync(
                "mariadb",
                ["--no-defaults", "-uroot", $"--socket={server.Socket}", "-e", $"source {Manifest.PathOf(manifest)}"],
                AppContext.BaseDirectory,
                asUser: null,
                cancellationToken);
            await server.ExecuteAsync(
                """
                alter user 'chatbot'@'%' account unlock;
                create database shop;
                create table shop.stock (id int primary key, quantity int);
                insert into shop.stock values (1, 10), (2, 20);
                create user 'app'@'%'; grant all on shop.* to 'app'@'%'
                """,
                cancellationToken: cancellationToken);
            await crowded.FillAsync(sessions, waiters, cancellationToken);
            return crowded;
        }
        catch
        {
            await crowded.DisposeAsync();
            throw;
        }
    }
}

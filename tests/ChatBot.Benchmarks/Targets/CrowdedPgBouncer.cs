using System.Data.Common;
using ChatBot.Configuration;
using ChatBot.Databases.PgBouncer;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.Benchmarks.Targets;

/// <summary>A real PgBouncer: some clients hold its few server connections, some wait for one, the others did a statement and are idle.</summary>
internal sealed class CrowdedPgBouncer : Crowd
{
    private const string Name = "orders-db";

    /// <summary>Server connections.</summary>
    private const int PoolSize = 5;

    private readonly PostgreSqlServer _behind;
    private readonly PgBouncerServer _pooler;
    private readonly PgBouncerTarget _console;
    private readonly PgBouncerPoolsProbe _probe;

    private CrowdedPgBouncer(PostgreSqlServer behind, PgBouncerServer pooler)
    {
        (_behind, _pooler) = (behind, pooler);
        _console = new PgBouncerTarget(Name, "127.0.0.1", pooler.Port, "chatbot", null) { Tls = TlsMode.Disable };
        _probe = new PgBouncerPoolsProbe([_console], TimeProvider.System);
    }

    /// <summary>All that the bot asks of a console: it logs in each time. PgBouncer has one thread, and its clients wait meanwhile.</summary>
    public override IEnumerable<Question> Questions =>
    [
        new("show pools", ShowPoolsAsync),
        new("pools and clients: for the card", token => _probe.ReadAsync(Name, token)),
    ];

    public static async Task<Crowd> StartAsync(int clients, int waiters, CancellationToken cancellationToken)
    {
        var behind = await PostgreSqlServer.StartAsync(20 + PoolSize, ["autovacuum=off"], cancellationToken);
        CrowdedPgBouncer? crowded = null;
        try
        {
            await behind.ExecuteAsync(
                "create role app login; create table stock (id int primary key, quantity int); alter table stock owner to app; insert into stock values (1, 10), (2, 20)",
                cancellationToken: cancellationToken);
            var options = new Sandbox.Databases.PgBouncerOptions
            {
                Users = new Dictionary<string, string> { ["app"] = "", ["chatbot"] = "" },
                PoolSize = PoolSize,
                MaxClients = clients + 20,
                StatsUsers = "chatbot",
                QueryWaitTimeout = TimeSpan.Zero,
                More = ["listen_backlog = 500"],
            };
            crowded = new CrowdedPgBouncer(behind, await PgBouncerServer.StartAsync(behind, options, cancellationToken));
            await crowded.FillAsync(clients, waiters, cancellationToken);
            return crowded;
        }
        catch
        {
            await (crowded?.DisposeAsync() ?? behind.DisposeAsync());
            throw;
        }
    }

    protected override async Task<DbConnection> OpenAsync(string application, CancellationToken cancellationToken)
    {
        var client = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_pooler.ConnectionString("app", "postgres")) { ApplicationName = application, Timeout = 60 }.ConnectionString);
        await client.OpenAsync(cancellationToken);
        return client;
    }

    protected override Task<string> FindThreadAsync(CancellationToken cancellationToken) => Task.FromResult($"/proc/{_pooler.ProcessId}");

    protected override async Task<bool> SeesWaitingAsync(CancellationToken cancellationToken) =>
        (await _probe.ReadAsync(Name, cancellationToken)).Pools.Sum(pool => pool.ClientsWaiting) >= Waiting;

    protected override async Task StopAsync()
    {
        await _pooler.DisposeAsync();
        await _behind.DisposeAsync();
    }

    private async Task FillAsync(int clients, int waiters, CancellationToken cancellationToken)
    {
        // Whoever comes needs a server connection once, so those who keep them come to it last.
        var (holders, others) = (new List<DbConnection>(), new List<DbConnection>());
        for (var n = 0; n < PoolSize + waiters; n++)
        {
            (n < PoolSize ? holders : others).Add(await JoinAsync(Application(n), Statement(n), cancellationToken));
        }

        await FillAsync(clients, (n, token) => JoinAsync(Application(n), Statement(n), token), cancellationToken);
        foreach (var holder in holders)
        {
            await RunAsync(holder, "begin; select 1", cancellationToken);
        }

        foreach (var other in others)
        {
            Wait(other, "select 1");
        }

        await UntilTheyWaitAsync(cancellationToken);
    }

    private async Task ShowPoolsAsync(CancellationToken cancellationToken)
    {
        await using var console = await PgBouncerConsole.OpenAsync(_console, TimeProvider.System, cancellationToken);
        await console.QueryAsync(ConsoleCommand.Pools, cancellationToken);
    }
}

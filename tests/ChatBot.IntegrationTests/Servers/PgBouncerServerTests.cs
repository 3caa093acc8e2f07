using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.Servers;

public sealed class PgBouncerServerTests : IAsyncLifetime
{
    private const string Password = "a pass'word\"1";

    private static readonly Dictionary<string, string> Users = new() { ["app"] = Password, ["watcher"] = "" };

    private PostgreSqlServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PostgreSqlServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await PostgreSqlServer.StartAsync(20, cancellationToken: Token);
        await _server.ExecuteAsync("create role app login; create role watcher login", cancellationToken: Token);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData("trust", "wrong", true)]
    [InlineData("scram-sha-256", Password, true)]
    [InlineData("scram-sha-256", "wrong", false)]
    public async Task A_client_gets_through_as_its_password_allows(string authType, string password, bool getsThrough)
    {
        var token = TestContext.Current.CancellationToken;
        await using var pooler = await PgBouncerServer.StartAsync(Server, new PgBouncerOptions { Users = Users, AuthType = authType }, token);
        if (getsThrough)
        {
            await using var client = await pooler.ConnectAsync("app", password, "postgres", token);
            await using var command = new NpgsqlCommand("select inet_server_port()", client);
            Assert.Equal(Server.Port, await command.ExecuteScalarAsync(token));
        }
        else
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => pooler.ConnectAsync("app", password, "postgres", token));
            Assert.Equal("08P01", refused.SqlState);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_lets_in_as_many_clients_as_it_may_on_as_many_connections_as_it_has()
    {
        var token = TestContext.Current.CancellationToken;
        await using var pooler = await PgBouncerServer.StartAsync(
            Server, new PgBouncerOptions { Users = Users, MaxClients = 4, PoolSize = 2 }, token);
        await using var clients = new Sessions();
        for (var n = 0; n < 4; n++)
        {
            var client = await pooler.ConnectAsync("app", Password, "postgres", token);
            clients.Add(client);
            await using var command = new NpgsqlCommand("select 1", client);
            await command.ExecuteScalarAsync(token);
        }

        var refused = await Assert.ThrowsAsync<PostgresException>(() => pooler.ConnectAsync("app", Password, "postgres", token));
        Assert.Equal("no more connections allowed (max_client_conn)", refused.MessageText);
        Assert.InRange(await Server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'app'", cancellationToken: token), 1, 2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_waits_too_long_for_a_connection_is_sent_away()
    {
        var token = TestContext.Current.CancellationToken;
        await using var pooler = await PgBouncerServer.StartAsync(
            Server, new PgBouncerOptions { Users = Users, PoolSize = 1, QueryWaitTimeout = TimeSpan.FromSeconds(1) }, token);
        await using var holder = await pooler.ConnectAsync("app", Password, "postgres", token);
        await using var transaction = await holder.BeginTransactionAsync(token);
        await using var held = new NpgsqlCommand("select 1", holder, transaction);
        await held.ExecuteScalarAsync(token);

        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var waiting = await pooler.ConnectAsync("app", Password, "postgres", token);
            await using var command = new NpgsqlCommand("select 1", waiting);
            await command.ExecuteScalarAsync(token);
        });
        Assert.Equal("query_wait_timeout", refused.MessageText);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_console_answers_who_may_ask_it_and_knows_the_settings()
    {
        var token = TestContext.Current.CancellationToken;
        await using var pooler = await PgBouncerServer.StartAsync(
            Server, new PgBouncerOptions { Users = Users, StatsUsers = "watcher", ReserveSize = 3, PoolMode = "session", More = ["server_idle_timeout = 17"] }, token);

        var config = await ConsoleAsync(pooler, "watcher", "show config");
        Assert.Contains("reserve_pool_size|3|", config, StringComparison.Ordinal);
        Assert.Contains("pool_mode|session|", config, StringComparison.Ordinal);
        Assert.Contains("server_idle_timeout|17|", config, StringComparison.Ordinal);
        Assert.Contains("not allowed", await ConsoleAsync(pooler, "app", "show config"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposed_it_leaves_nothing_behind()
    {
        var token = TestContext.Current.CancellationToken;
        var pooler = await PgBouncerServer.StartAsync(Server, new PgBouncerOptions { Users = Users }, token);
        var left = new Leftovers(pooler.LogFile, pooler.Port, pooler.ProcessId);
        left.AssertAll();

        await pooler.DisposeAsync();
        left.AssertNone();
    }

    // The console knows only the simple protocol, which psql speaks and Npgsql doesn't.
    private static async Task<string> ConsoleAsync(PgBouncerServer pooler, string user, string command)
    {
        var port = pooler.Port.ToString(CultureInfo.InvariantCulture);
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-h", "127.0.0.1", "-p", port, "-U", user, "-d", "pgbouncer", "-w", "-X", "-A", "-t", "-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await Task.WhenAll(psql.StandardOutput.ReadToEndAsync(Token), psql.StandardError.ReadToEndAsync(Token));
        await psql.WaitForExitAsync(Token);
        return string.Concat(said);
    }
}

using System.Net;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Workloads;
using Npgsql;

namespace ChatBot.IntegrationTests.Servers;

public sealed class PostgreSqlServerTests
{
    private const int Slots = 5;
    private const int Reserved = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ordinary_user_logs_in_from_the_address_of_a_pod(bool eighteen)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(eighteen);
        await using var pod = new PodAddress(IPAddress.Parse("127.0.0.7"), server.Port);

        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.ConnectionString("app")) { Port = pod.Port }.ConnectionString);
        await connection.OpenAsync(token);
        await using var command = new NpgsqlCommand("select host(inet_client_addr())", connection);
        Assert.Equal("127.0.0.7", await command.ExecuteScalarAsync(token));
        Assert.Equal(eighteen, connection.PostgreSqlVersion.Major == 18);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_lets_in_as_many_as_it_has_slots_and_superusers_on_top(bool eighteen)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(eighteen);
        await using var full = await FillAsync(server, Slots);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(server, "app"));
        Assert.Equal(PostgresErrorCodes.TooManyConnections, refused.SqlState);
        Assert.Equal(Slots, await server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'app'", cancellationToken: token));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_slots_that_18_reserves_are_for_roles_that_may_use_them()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(eighteen: true, "reserved_connections=2");
        await server.ExecuteAsync("create role chatbot login; grant pg_use_reserved_connections to chatbot", cancellationToken: token);
        await using var full = await FillAsync(server, Slots - 2);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(server, "app"));
        Assert.Equal(PostgresErrorCodes.TooManyConnections, refused.SqlState);
        await using var spare = await OpenAsync(server, "chatbot");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, "fast")]
    [InlineData(true, "fast")]
    [InlineData(true, "immediate")]
    public async Task Stopped_and_started_again_it_has_its_port_and_its_data(bool eighteen, string mode)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(eighteen);
        await server.ExecuteAsync("create table stock (quantity int); insert into stock values (42)", cancellationToken: token);
        await server.ExecuteAsync("checkpoint", cancellationToken: token); // without durability only this is certain
        var port = server.Port;

        await server.StopAsync(mode, token);
        await Assert.ThrowsAsync<NpgsqlException>(() => OpenAsync(server, "app"));

        await server.StartAgainAsync(token);
        Assert.Equal(port, server.Port);
        Assert.Equal(42, await server.ScalarAsync<int>("select quantity from stock", cancellationToken: token));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposed_it_leaves_nothing_behind(bool eighteen)
    {
        var token = TestContext.Current.CancellationToken;
        var server = await StartAsync(eighteen);
        var postmaster = await server.ScalarAsync<int>(
            "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int", cancellationToken: token);
        var left = new Leftovers(server.LogFile, server.Port, postmaster);
        left.AssertAll();

        await server.DisposeAsync();
        await left.AssertNoneAsync(token);
    }

    /// <summary>A client's end of a connection took the port of a server that was just starting, or down for a moment.</summary>
    [Fact]
    public void A_servers_port_is_never_the_near_end_of_some_connection()
    {
        var clients = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t').Select(int.Parse).ToList();
        var ports = Enumerable.Range(0, 50).Select(_ => ServerPrograms.FreePort()).ToList();

        Assert.All(ports, port => Assert.False(port >= clients[0] && port <= clients[1]));
        Assert.Distinct(ports);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_does_not_start_says_why()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PostgreSqlServer.StartAsync(Slots, ["nonsense=1"], TestContext.Current.CancellationToken));
        Assert.Contains("unrecognized configuration parameter \"nonsense\"", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<PostgreSqlServer> StartAsync(bool eighteen, params string[] settings)
    {
        var binaries = eighteen ? await PostgreSqlBinaries.EighteenAsync(Token) : PostgreSqlBinaries.Installed;
        var server = await PostgreSqlServer.StartAsync(binaries, Slots + Reserved, settings, Token);
        await server.ExecuteAsync("create role app login", cancellationToken: Token);
        return server;
    }

    private static async Task<Sessions> FillAsync(PostgreSqlServer server, int slots)
    {
        // A superuser's last session takes an ordinary slot until it is gone.
        const string Others = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
        var sessions = new Sessions();
        while (sessions.Count < slots)
        {
            try
            {
                sessions.Add(await OpenAsync(server, "app"));
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await Task.Delay(20, Token); // the test's own limit ends this
            }
        }

        while (await server.ScalarAsync<long>(Others, cancellationToken: Token) > slots)
        {
            await Task.Delay(20, Token);
        }

        return sessions;
    }

    private static async Task<NpgsqlConnection> OpenAsync(PostgreSqlServer server, string user)
    {
        var connection = new NpgsqlConnection(server.ConnectionString(user));
        try
        {
            await connection.OpenAsync(Token);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

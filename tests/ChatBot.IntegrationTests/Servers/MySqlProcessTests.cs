using System.Net;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Workloads;
using MySqlConnector;

namespace ChatBot.IntegrationTests.Servers;

/// <summary>What our MariaDB and our MySQL have to do alike.</summary>
public abstract class MySqlProcessTests
{
    private protected const int Slots = 10; // MariaDB has no fewer

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<MySqlProcess> StartAsync(CancellationToken cancellationToken, params string[] settings);

    [Fact(Timeout = 60_000)]
    public async Task An_ordinary_user_logs_in_from_the_address_of_a_pod()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(token);
        await server.ExecuteAsync("create user 'app'@'%' identified by 'secret'", cancellationToken: token);
        await using var pod = new PodAddress(IPAddress.Parse("127.0.0.7"), server.Port);

        await using var connection = new MySqlConnection(server.ConnectionString("app", port: pod.Port, password: "secret"));
        await connection.OpenAsync(token);
        await using var command = new MySqlCommand("select user()", connection);
        Assert.Equal("app@127.0.0.7", await command.ExecuteScalarAsync(token));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_lets_in_as_many_as_it_has_slots_and_root_on_top()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(token);
        await server.ExecuteAsync("create user 'app'@'%'", cancellationToken: token);
        await using var full = await FillAsync(server);

        var refused = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(server));
        Assert.Equal(1040, refused.Number);
        Assert.Equal(Slots, await CountAsync(server, "user = 'app'"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopped_and_started_again_it_has_its_port_and_its_data(bool kill)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(token);
        await server.ExecuteAsync("create user 'app'@'%'; create database shop; grant select on shop.* to 'app'@'%'", cancellationToken: token);
        await server.ExecuteAsync("create table stock (quantity int); insert into stock values (42)", "shop", token);
        var (port, process) = (server.Port, server.ProcessId);

        await server.StopAsync(kill, token);
        Assert.False(Directory.Exists($"/proc/{process}"));
        await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(server));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StopAsync(cancellationToken: token));

        await server.StartAgainAsync(token);
        Assert.Equal(port, server.Port);
        await using var connection = await OpenAsync(server, "shop");
        await using var command = new MySqlCommand("select quantity from stock", connection);
        Assert.Equal(42, await command.ExecuteScalarAsync(token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAgainAsync(token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposed_it_leaves_nothing_behind()
    {
        var token = TestContext.Current.CancellationToken;
        var server = await StartAsync(token);
        var left = new Leftovers(server.LogFile, server.Port, server.ProcessId);
        left.AssertAll();

        await server.DisposeAsync();
        await left.AssertNoneAsync(token);
        await server.DisposeAsync(); // harmless
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_setting_is_named()
    {
        var token = TestContext.Current.CancellationToken;
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(token, "--max-conections-of-all=3"));
        Assert.Contains("max-conections-of-all", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes every slot of ordinary users.</summary>
    private protected static async Task<Sessions> FillAsync(MySqlProcess server)
    {
        var sessions = new Sessions();
        while (sessions.Count < Slots)
        {
            try
            {
                sessions.Add(await OpenAsync(server));
            }
            catch (MySqlException full) when (full.ErrorCode == MySqlErrorCode.ConnectionCountError)
            {
                await Task.Delay(20, Token); // root's last session is still going; the test's own limit ends this
            }
        }

        while (await CountAsync(server, "user = 'root' and id <> connection_id()") > 0)
        {
            await Task.Delay(20, Token);
        }

        return sessions;
    }

    /// <summary>Asked as root, whose one slot may still be taken: by its last session, or by somebody who is being refused.</summary>
    private protected static async Task<long> CountAsync(MySqlProcess server, string which)
    {
        while (true)
        {
            try
            {
                return await server.ScalarAsync<long>($"select count(*) from information_schema.processlist where {which}", cancellationToken: Token);
            }
            catch (MySqlException full) when (full.ErrorCode == MySqlErrorCode.ConnectionCountError)
            {
                await Task.Delay(20, Token); // the test's own limit ends this
            }
        }
    }

    private protected static async Task<MySqlConnection> OpenAsync(MySqlProcess server, string database = "", string user = "app", int? port = null)
    {
        var connection = new MySqlConnection(server.ConnectionString(user, database, port));
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

using ChatBot.Sandbox.Databases;
using MySqlConnector;

namespace ChatBot.IntegrationTests.Servers;

/// <summary>Skipped, with the reason, where MySQL isn't to be had.</summary>
public sealed class MySqlServerTests : MySqlProcessTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_admin_port_lets_in_a_service_account_when_the_server_is_full()
    {
        var token = TestContext.Current.CancellationToken;
        await SkipWithoutAsync();
        await using var server = await MySqlServer.StartAsync(Slots, adminPort: true, cancellationToken: token);
        await server.ExecuteAsync("create user 'app'@'%'; create user 'chatbot'@'%'; grant service_connection_admin on *.* to 'chatbot'@'%'", cancellationToken: token);
        await using var full = await FillAsync(server);

        var refused = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(server));
        Assert.Equal(1040, refused.Number);
        Assert.Equal(Slots, await CountAsync(server, "user = 'app'")); // every slot
        await using var admin = await OpenAsync(server, user: "chatbot", port: server.AdminPort);
        await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(server, port: server.AdminPort)); // app has no right to it
    }

    [Fact(Timeout = 60_000)]
    public async Task It_is_MySQL_with_its_performance_schema_and_each_has_an_identity_of_its_own()
    {
        var token = TestContext.Current.CancellationToken;
        await SkipWithoutAsync();
        await using var one = await MySqlServer.StartAsync(Slots, cancellationToken: token);
        await using var other = await MySqlServer.StartAsync(Slots, performanceSchema: false, cancellationToken: token);

        Assert.DoesNotContain("MariaDB", await one.ScalarAsync<string>("select version()", cancellationToken: token), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, await one.ScalarAsync<long>("select @@performance_schema", cancellationToken: token));
        Assert.Equal(0, await other.ScalarAsync<long>("select @@performance_schema", cancellationToken: token));
        Assert.NotEqual(
            await one.ScalarAsync<string>("select @@server_uuid", cancellationToken: token),
            await other.ScalarAsync<string>("select @@server_uuid", cancellationToken: token));
        Assert.Null(one.AdminPort);
    }

    private protected override async Task<MySqlProcess> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        await SkipWithoutAsync();
        return await MySqlServer.StartAsync(Slots, settings, cancellationToken: cancellationToken);
    }

    private static async Task SkipWithoutAsync()
    {
        var mysql = await MySqlServer.FindAsync(Token);
        Assert.SkipUnless(mysql.IsAvailable, $"MySQL 9: left out, because {mysql.Reason}");
    }
}

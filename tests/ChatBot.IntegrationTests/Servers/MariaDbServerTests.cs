using ChatBot.Sandbox.Databases;
using MySqlConnector;

namespace ChatBot.IntegrationTests.Servers;

public sealed class MariaDbServerTests : MySqlProcessTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_extra_port_has_a_slot_of_its_own_when_the_server_is_full()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await MariaDbServer.StartAsync(Slots, extraPort: true, cancellationToken: token);
        await server.ExecuteAsync("create user 'app'@'%'; create user 'chatbot'@'%'", cancellationToken: token);
        await using var full = await FillAsync(server);

        var refused = await Assert.ThrowsAsync<MySqlException>(() => OpenAsync(server, user: "chatbot"));
        Assert.Equal(1040, refused.Number);
        await using var spare = await OpenAsync(server, user: "chatbot", port: server.ExtraPort);
        Assert.NotEqual(server.Port, server.ExtraPort);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task The_performance_schema_is_off_unless_asked_for(bool asked, int isOn)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await MariaDbServer.StartAsync(Slots, performanceSchema: asked, cancellationToken: token);
        Assert.Equal(isOn, await server.ScalarAsync<int>("select @@performance_schema", cancellationToken: token));
        Assert.Null(server.ExtraPort);
    }

    private protected override async Task<MySqlProcess> StartAsync(CancellationToken cancellationToken, params string[] settings) =>
        await MariaDbServer.StartAsync(Slots, settings, cancellationToken: cancellationToken);
}

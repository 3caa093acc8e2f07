using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Incidents.Evidence;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbExtraPortTests(SmallMariaDbWithExtraPort server) : MySqlSecondPortTests(server), IClassFixture<SmallMariaDbWithExtraPort>;

public sealed class MySql9AdminPortTests(SmallMySql9WithAdminPort server) : MySqlSecondPortTests(server), IClassFixture<SmallMySql9WithAdminPort>
{
    [Fact(Timeout = 120_000)]
    public async Task The_limit_that_the_server_sets_every_account_does_not_hold_there()
    {
        await server.ExecuteAsync("alter user 'chatbot'@'%' with max_user_connections 0; set global max_user_connections = 1");
        try
        {
            await server.OpenAsync("chatbot", database: "");
            await using var bot = server.Unopened();

            await bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken);

            Assert.Equal(Door.Second, bot[SmallMySql.Name].CameInBy);
        }
        finally
        {
            await server.ExecuteAsync("set global max_user_connections = 0; alter user 'chatbot'@'%' with max_user_connections 3");
        }
    }
}

/// <summary>Getting into a full server by the port that is kept for that.</summary>
public abstract class MySqlSecondPortTests(SmallMySql server) : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.WhyNot is not null, $"No MySQL here: {server.WhyNot}.");
        if (!server.IsMariaDb)
        {
            await server.ExecuteAsync("grant service_connection_admin on *.* to 'chatbot'@'%'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await server.CleanAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_full_server_is_entered_at_once_by_the_second_port_also_in_a_storm()
    {
        await server.FillAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var storm = Enumerable.Range(0, 5).Select(_ => StormAsync(over.Token)).ToList();
        for (var number = 0; number < 5; number++)
        {
            await using var bot = server.Unopened();
            var usage = await new MySqlTargetServer(SmallMySql.Name, bot, TimeProvider.System).CountAsync(TestContext.Current.CancellationToken);
            Assert.Equal((Door.Second, 1), (bot[SmallMySql.Name].CameInBy, usage.RefusedLogins));
            Assert.True(usage.Ratio >= 1, $"{usage.Used} of {usage.Capacity}");
            Assert.Equal(SmallMySql.Capacity, usage.Idle);
        }

        await over.CancelAsync();
        await Task.WhenAll(storm);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_a_free_slot_nobody_takes_the_second_port()
    {
        var bot = await server.BotAsync();

        await bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Door.Main, bot[SmallMySql.Name].CameInBy);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_main_port_that_hangs_is_given_up_for_the_second_one()
    {
        await using var hung = new OddListener([]);
        await using var bot = server.Unopened(server.Target with { Port = hung.Port, ConnectTimeout = TimeSpan.FromSeconds(1) });

        await bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Door.Second, bot[SmallMySql.Name].CameInBy);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_port_that_stays_shut_is_named_and_the_first_one_insisted_on()
    {
        await server.FillAsync();
        if (server.IsMariaDb)
        {
            await server.OpenAsync(port: server.Target.AdminPort); // its only slot
        }
        else
        {
            await server.ExecuteAsync("revoke service_connection_admin on *.* from 'chatbot'@'%'");
        }

        await using var bot = server.Unopened();

        var full = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallMySql.Name].PingAsync(TestContext.Current.CancellationToken));

        Assert.Equal(UnavailableReason.Full, full.Reason);
        Assert.InRange(full.RefusedLogins, 20, 41);
        Assert.EndsWith(
            server.IsMariaDb
                ? $"Its second port, {server.Target.AdminPort}, is full too."
                : $"Its second port, {server.Target.AdminPort}, takes only accounts with SERVICE_CONNECTION_ADMIN: grant it to chatbot.",
            full.Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Sessions_that_came_in_by_MySQLs_second_port_take_slots_and_MariaDBs_do_not()
    {
        await using var second = new MySqlConnection(server.Server.ConnectionString("chatbot", port: server.Target.AdminPort));
        await second.OpenAsync(TestContext.Current.CancellationToken);
        var bot = await server.BotAsync();
        var before = server.IsMariaDb ? 1 : 2;

        ConnectionUsage usage;
        do
        {
            usage = await new MySqlTargetServer(SmallMySql.Name, bot, TimeProvider.System).CountAsync(TestContext.Current.CancellationToken);
        }
        while (usage.Used != before); // who asked for the fixture may still be leaving

        Assert.Equal(usage.Free, (await server.FillAsync(outside: server.IsMariaDb ? 1 : 0)).Count);
    }

    private async Task StormAsync(CancellationToken over)
    {
        var connection = new MySqlConnection(server.Server.ConnectionString("app"));
        while (!over.IsCancellationRequested)
        {
            try
            {
                await connection.OpenAsync(CancellationToken.None);
                await connection.CloseAsync();
            }
            catch (MySqlException)
            {
                // Refused, as it should be.
            }
        }

        await connection.DisposeAsync();
    }
}

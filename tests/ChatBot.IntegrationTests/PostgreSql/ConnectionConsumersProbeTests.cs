namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class ConnectionConsumersProbeTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task The_largest_holder_comes_first_with_its_states()
    {
        var bot = await server.BotAsync();
        for (var i = 0; i < 3; i++)
        {
            await server.OpenAsync(application: "leaky");
        }

        var busy = await server.OpenAsync(application: "leaky");
        await busy.RunAsync("begin");
        await server.OpenAsync(user: "backup", application: "pg_dump");

        await SmallServer.QuietAsync(bot);
        var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;

        Assert.Equal(5, consumers.Sessions);
        Assert.Equal(3, consumers.Endable); // neither the one in a transaction nor the protected one
        Assert.Equal(2, consumers.Groups.Count);
        var leaky = consumers.Groups[0];
        Assert.Equal(
            ("leaky", "app", "shop", "127.0.0.1"),
            (leaky.Application.Value, leaky.User.Value, leaky.Database.Value, leaky.Client.Value));
        Assert.Equal((4, 3, 3, 1, 0, 0), (leaky.Count, leaky.Idle, leaky.LongIdle, leaky.IdleInTransaction, leaky.Active, leaky.WaitingForLock));
        Assert.InRange(leaky.OldestIdle!.Value, TimeSpan.Zero, leaky.OldestConnection!.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_idle_for_less_than_asked_is_neither_long_idle_nor_endable()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();

        await SmallServer.QuietAsync(bot);
        var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.FromHours(1))).Consumers;

        Assert.Equal((1, 0), (consumers.Groups[0].Idle, consumers.Groups[0].LongIdle));
        Assert.Equal(0, consumers.Endable);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_only_has_the_bot_has_no_consumers()
    {
        var bot = await server.BotAsync();

        await SmallServer.QuietAsync(bot);
        var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;

        Assert.Empty(consumers.Groups);
        Assert.Equal((0, 0), (consumers.Sessions, consumers.Endable));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_with_control_characters_or_a_secret_comes_out_clean()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync(application: "a <!channel>\tpassword=hunter2xyz");

        await SmallServer.QuietAsync(bot);
        var consumers = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;

        var name = consumers.Groups[0].Application.Value;
        Assert.DoesNotContain("hunter2xyz", name, StringComparison.Ordinal);
        Assert.DoesNotContain('\t', name);
    }
}

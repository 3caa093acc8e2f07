using ChatBot.Databases.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class PostgreSqlDoctorTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private static readonly PostgreSqlRights Fine = new(150018, true, true, false, 3, ThroughPooler: false);

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task The_shipped_grants_are_enough_and_not_too_much()
    {
        var checkup = await new PostgreSqlDoctor(await server.BotAsync()).CheckAsync(SmallServer.Name, TestContext.Current.CancellationToken);

        Assert.Empty(checkup.Findings);
        Assert.True(checkup is { SeesEverything: true, CanSignal: true });
    }

    [Fact(Timeout = 60_000)]
    public async Task A_superuser_works_and_is_advised_against()
    {
        var bot = await server.BotAsync(server.Target with { User = "postgres" });

        var checkup = await new PostgreSqlDoctor(bot).CheckAsync(SmallServer.Name, TestContext.Current.CancellationToken);

        Assert.True(checkup.CanEndSessions);
        Assert.Contains("superuser", Assert.Single(checkup.Findings).Sentence, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_does_not_answer_proves_no_right()
    {
        await using var bot = new WarmConnections(
            [server.Target with { Port = 1 }], TimeProvider.System, NullLoggerFactory.Instance);

        var checkup = await new PostgreSqlDoctor(bot).CheckAsync(SmallServer.Name, TestContext.Current.CancellationToken);

        Assert.False(checkup.SeesEverything || checkup.CanSignal);
        Assert.True(Assert.Single(checkup.Findings).Blocks);
    }

    [Fact]
    public void An_old_server_or_a_pooler_takes_every_right_away()
    {
        Assert.False(PostgreSqlDoctor.Judge("db", Fine with { Version = 90624 }).CanSignal);
        Assert.False(PostgreSqlDoctor.Judge("db", Fine with { ThroughPooler = true }).CanSignal);
        Assert.True(PostgreSqlDoctor.Judge("db", Fine with { Version = 100023 }).CanEndSessions);
    }

    [Theory]
    [InlineData(-1, "no connection limit")]
    [InlineData(1, "may not open a second")]
    public void A_connection_limit_that_does_not_fit_is_mentioned(int limit, string sentence)
    {
        var checkup = PostgreSqlDoctor.Judge("db", Fine with { ConnectionLimit = limit });

        Assert.True(checkup.CanEndSessions);
        Assert.Contains(sentence, Assert.Single(checkup.Findings).Sentence, StringComparison.Ordinal);
    }
}

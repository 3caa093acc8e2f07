using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Pooling;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Steps.AdviseAppPooling;
using Npgsql;

namespace ChatBot.IntegrationTests.Steps;

/// <summary>A service that connects for every piece of work, beside one with a pool, on a real server.</summary>
public sealed class AppPoolingStepTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    /// <summary>A look every 0.4 s must see some of their connections, on a slow machine as well.</summary>
    private const int Churners = 4;

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task The_service_without_a_pool_is_named_and_the_one_with_a_pool_is_not()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        await using var pool = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(server.Server.ConnectionString("app", "shop")) { ApplicationName = "pooled <!channel>", Pooling = true, MinPoolSize = 3 }.ConnectionString).Build();
        var churning = Task.WhenAll(Enumerable.Range(0, Churners).Select(_ => WorkAsync(() => server.Server.ConnectionString("app", "shop") + ";Application Name=gunicorn shop", enough.Token)));
        var working = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WorkAsync(pool, enough.Token)));

        var step = new AppPoolingStep(new ConnectionLivesProbe(bot), TimeProvider.System);
        var request = StepTalk.Request(step.Type, StepTalk.TargetOf(server), StepTalk.IncidentWith(), parameters: ("watch", "2s"));
        var reading = await step.ReadAsync(request, token);
        await enough.CancelAsync();
        await Task.WhenAll(churning, working);

        var drawn = step.Draw(reading.Body).Select(part => part.ToString()).ToList();
        Assert.StartsWith("• *gunicorn shop (user app)* opened ", drawn[0], StringComparison.Ordinal);
        Assert.Contains(drawn, part => part.StartsWith("*Python:*", StringComparison.Ordinal));
        Assert.DoesNotContain(drawn, part => part.Contains("pooled", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Births_ends_and_ages_are_counted_exactly_by_each_service()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var probe = new ConnectionLivesProbe(bot);
        var old = await server.OpenAsync(application: "steady <!channel>");
        var leaving = await server.OpenAsync(application: "gunicorn");
        await SmallServer.QuietAsync(bot);

        var looks = new List<SessionLook> { await probe.ReadAsync(SmallServer.Name, token) };
        for (var i = 0; i < 3; i++)
        {
            var brief = await server.OpenAsync(application: "gunicorn");
            looks.Add(await probe.ReadAsync(SmallServer.Name, token));
            await server.CloseAsync(brief);
        }

        await server.CloseAsync(leaving);
        await server.OpenAsync(application: "new");
        await SmallServer.QuietAsync(bot);
        looks.Add(await probe.ReadAsync(SmallServer.Name, token));
        var lives = ConnectionLives.Of(looks);

        Assert.True(lives.SeesStarts);
        Assert.Equal(
            [("gunicorn", 0, 3, 4, 4), ("new", 1, 1, 0, 0), ("steady <!channel>", 1, 0, 0, 0)],
            lives.Services.Where(service => service.User.Value == "app")
                .Select(service => (service.Application.Value, service.Held, service.Births, service.Ended, service.EndedYoung)));
        Assert.Equal(["gunicorn"], BriefLivesRule.Examine(lives).Select(brief => brief.Service.Application.Value));
        Assert.NotNull(lives.Unseen); // the server counts logins since version 14
        Assert.True(await old.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_starts_it_says_so()
    {
        await server.ExecuteAsync("revoke pg_read_all_stats from chatbot");
        try
        {
            var token = TestContext.Current.CancellationToken;
            var probe = new ConnectionLivesProbe(await server.BotAsync());
            await server.OpenAsync();

            var look = await probe.ReadAsync(SmallServer.Name, token);

            Assert.False(look.SeesStarts);
            Assert.False(ConnectionLives.Of([look, look]).SeesStarts);
        }
        finally
        {
            await server.InstallAsync();
        }
    }

    private static async Task WorkAsync(Func<string> connectionString, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await using var connection = new NpgsqlConnection(connectionString());
            await connection.OpenAsync(CancellationToken.None);
            await connection.RunAsync("select pg_sleep(0.05)");
        }
    }

    private static async Task WorkAsync(NpgsqlDataSource pool, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await using var command = pool.CreateCommand("select pg_sleep(0.05)");
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}

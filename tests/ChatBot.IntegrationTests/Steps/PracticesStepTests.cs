using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Findings.Practices;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Steps.AdvisePractices;

namespace ChatBot.IntegrationTests.Steps;

public sealed class PracticesStepTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task Idle_sessions_are_grouped_by_the_shape_of_their_last_statement()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        for (var i = 0; i < 3; i++)
        {
            var leak = await server.OpenAsync(application: "checkout <!channel>");
            await leak.RunAsync($"select {i}, 'password=hunter2xyz{i}' -- a comment");
        }

        var returned = await server.OpenAsync(application: "reports");
        await returned.RunAsync("discard all");
        await SmallServer.QuietAsync(bot);

        var habits = await new SessionHabitsProbe(bot).ReadAsync(SmallServer.Name, TimeSpan.Zero, token);

        Assert.True(habits.SeesEverything);
        Assert.Equal((4, 0), (habits.Sessions, habits.Nameless));
        Assert.Equal(
            [("checkout <!channel>", "select ?, ?", 3), ("reports", "discard all", 1)],
            habits.Idle.Select(habit => (habit.Application.Value, habit.Statement.Value, habit.Sessions)));
        Assert.InRange(habits.Idle[0].Shortest, TimeSpan.Zero, habits.Idle[0].Longest);
        Assert.Equal("checkout <!channel>", Assert.Single(PracticeRules.Leaks(habits)).Application.Value);
        Assert.Empty(habits.Transactions);

        Assert.Empty((await new SessionHabitsProbe(bot).ReadAsync(SmallServer.Name, TimeSpan.FromHours(1), token)).Idle);
    }

    [Fact(Timeout = 60_000)]
    public async Task Transactions_and_sessions_without_a_name_are_counted()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var first = await server.OpenAsync(application: "billing");
        await first.RunAsync("begin");
        await first.RunAsync("select 42");
        var failed = await server.OpenAsync(application: "billing");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => failed.RunAsync("begin; select 1 / 0"));
        var working = await server.OpenAsync(application: "billing");
        var sleeping = working.RunAsync("select pg_sleep(600)");
        await server.OpenAsync(application: "");
        await server.UntilAsync("select exists (select from pg_stat_activity where query like '%sleep(600)%' and state = 'active' and pid <> pg_backend_pid())");
        await SmallServer.QuietAsync(bot);

        var habits = await new SessionHabitsProbe(bot).ReadAsync(SmallServer.Name, TimeSpan.Zero, token);

        var billing = Assert.Single(habits.Transactions);
        Assert.Equal(("billing", "app", 3, 2), (billing.Application.Value, billing.User.Value, billing.Sessions, billing.Idle));
        Assert.Equal("select ?", billing.Statement.Value);
        Assert.InRange(billing.LongestIdle!.Value, TimeSpan.Zero, billing.Longest);
        Assert.Equal((4, 1), (habits.Sessions, habits.Nameless));
        Assert.True(PracticeRules.HidesNames(habits));

        await server.ExecuteAsync($"select pg_terminate_backend({working.ProcessID})");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => sleeping);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_quiet_server_has_nothing_that_speaks_for_it()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        var step = new PracticesStep(new SessionHabitsProbe(bot));
        await SmallServer.QuietAsync(bot);

        var reading = await step.ReadAsync(StepTalk.Request(step.Type, StepTalk.TargetOf(server), StepTalk.IncidentWith()), token);

        Assert.Equal("Nothing in this incident's evidence speaks for it.", Assert.Single(step.Draw(reading.Body)).ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_strangers_it_says_so()
    {
        await server.ExecuteAsync("revoke pg_read_all_stats from chatbot");
        try
        {
            var token = TestContext.Current.CancellationToken;
            var bot = await server.BotAsync();
            await server.OpenAsync();
            await SmallServer.QuietAsync(bot);

            var habits = await new SessionHabitsProbe(bot).ReadAsync(SmallServer.Name, TimeSpan.Zero, token);

            Assert.False(habits.SeesEverything);
            Assert.Equal(1, habits.Sessions);
            Assert.Empty(habits.Idle);
        }
        finally
        {
            await server.InstallAsync();
        }
    }
}

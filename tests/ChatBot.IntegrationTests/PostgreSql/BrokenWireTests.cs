using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>The answer to "end it" never comes. Then only evidence may speak.</summary>
public sealed class BrokenWireTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task Cut_before_the_statement_arrives_the_session_is_proven_untouched()
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, "chatbot.end_session", Passing.Statement, out var cuts);
        var bot = await server.BotAsync(server.Target with { Port = wire.Port });
        var session = await server.OpenAsync();
        var plan = await ReadAsync(bot);

        var result = await EndAsync(bot, plan);

        Assert.Equal(1, cuts());
        Assert.Equal(Outcome.NotApplied, result.Outcome);
        Assert.True(await session.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Cut_before_the_answer_the_session_is_gone_and_nobody_claims_it()
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, "chatbot.end_session", Passing.Answer, out var cuts);
        var bot = await server.BotAsync(server.Target with { Port = wire.Port });
        var session = await server.OpenAsync();
        var plan = await ReadAsync(bot);
        var before = await server.EndedAsync();

        var result = await EndAsync(bot, plan);

        Assert.Equal(1, cuts());
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone. Whether the bot ended it can't be proven."), result);
        Assert.Equal(1, await server.EndedAsync() - before);
        Assert.False(await session.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Lost_before_it_is_sent_nothing_happened()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var plan = await ReadAsync(bot);
        await bot.StopAsync(TestContext.Current.CancellationToken);
        await server.ExecuteAsync("alter role chatbot nologin; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chatbot'");
        try
        {
            var result = await EndAsync(bot, plan);

            Assert.Equal(Outcome.NotApplied, result.Outcome);
            Assert.StartsWith("Nothing was sent.", result.Detail, StringComparison.Ordinal);
        }
        finally
        {
            await server.InstallAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_goes_in_the_middle_of_a_question_is_said_to_have_been_lost_then()
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, "from pg_stat_database", Passing.Answer, out var cuts);
        var bot = await server.BotAsync(server.Target with { Port = wire.Port });

        var lost = await Assert.ThrowsAsync<TargetUnavailableException>(() => SmallServer.Asking(bot).CountAsync(TestContext.Current.CancellationToken));

        Assert.Equal((1, UnavailableReason.Unreachable, "The connection to orders-db was lost before the answer came."), (cuts(), lost.Reason, lost.Message));
        Assert.True((await SmallServer.Asking(bot).CountAsync(TestContext.Current.CancellationToken)).SeesEverything);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task After_a_restart_the_plan_means_nothing(string how)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var plan = await ReadAsync(bot);

        await server.Server.StopAsync(how, token);
        await server.Server.StartAgainAsync(token);
        var session = await server.OpenAsync();
        var result = await EndAsync(bot, plan);

        Assert.Equal(Outcome.Superseded, result.Outcome);
        Assert.True(await session.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_that_does_not_go_is_ambiguous_and_the_time_is_told()
    {
        var bot = await server.BotAsync(server.Target with { SeenGoneWithin = TimeSpan.FromSeconds(1) });
        var session = await server.OpenAsync();
        var plan = await ReadAsync(bot);
        Signals.Send("STOP", session.ProcessID);
        StepResult result;
        try
        {
            result = await EndAsync(bot, plan);
        }
        finally
        {
            Signals.Send("CONT", session.ProcessID);
        }

        Assert.Equal(new StepResult(Outcome.Ambiguous, "Told to end, and still there, after 1 s. A person has to look."), result);
        await server.UntilAsync($"select not exists (select from pg_stat_activity where pid = {session.ProcessID})");
    }

    private static Task<PinnedSessions> ReadAsync(WarmConnections bot) =>
        new PinnedSessionsProbe(bot).ReadAsync(
            SmallServer.Name, new SessionChoice(SessionState.Idle, TimeSpan.Zero, 50), TestContext.Current.CancellationToken);

    private static Task<StepResult> EndAsync(WarmConnections bot, PinnedSessions plan) =>
        new SessionTerminator(bot, TimeProvider.System).ActAsync(
            SmallServer.Name, SessionAct.EndIdle, plan.Server.StartedAt, (PostgreSqlPin)Assert.Single(plan.Sessions).Pin, Key, TestContext.Current.CancellationToken);
}

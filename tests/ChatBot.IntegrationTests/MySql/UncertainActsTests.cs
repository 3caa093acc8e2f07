using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbUncertainActsTests(GuardedMariaDb server) : UncertainActsTests(server), IClassFixture<GuardedMariaDb>;

public sealed class MySqlUncertainActsTests(GuardedMySql server) : UncertainActsTests(server), IClassFixture<GuardedMySql>;

/// <summary>The answer never comes, or the session doesn't go at once. Then only evidence may speak.</summary>
public abstract class UncertainActsTests : IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private readonly GuardedServer _server;

    protected UncertainActsTests(GuardedServer server)
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        _server = server;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.CleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, "call chatbot.end_session")]
    [InlineData(true, "kill connection")]
    public async Task Cut_before_the_statement_arrives_the_session_is_proven_untouched(bool direct, string statement)
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(direct);
        await using var wire = WatchedWire.CutOnce(_server.Server.Port, statement, Passing.Statement, out var cuts);
        var bot = await _server.BotAsync(_server.Target with { Port = wire.Port });
        var session = await _server.OpenAsync();
        var found = await FindAsync(bot, SessionState.Idle);

        var result = await bot.ActAsync(SessionAct.EndIdle, found.Server, Assert.Single(found.Sessions).Pin, Key, token);

        Assert.Equal(1, cuts());
        Assert.Equal(new StepResult(Outcome.NotApplied, "No answer came, but it is still there, untouched."), result);
        Assert.True(await session.AnswersAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, "call chatbot.end_session")]
    [InlineData(true, "kill connection")]
    public async Task Cut_before_the_answer_the_session_is_gone_and_nobody_claims_it(bool direct, string statement)
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(direct);
        await using var wire = WatchedWire.CutOnce(_server.Server.Port, statement, Passing.Answer, out var cuts);
        var bot = await _server.BotAsync(_server.Target with { Port = wire.Port });
        var session = await _server.OpenAsync();
        var found = await FindAsync(bot, SessionState.Idle);
        var before = await _server.KillsAsync();

        var result = await bot.ActAsync(SessionAct.EndIdle, found.Server, Assert.Single(found.Sessions).Pin, Key, token);

        Assert.Equal(1, cuts());
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone. Whether the bot ended it can't be proven."), result);
        Assert.Equal(1, await _server.KillsAsync() - before);
        Assert.False(await session.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Lost_before_it_is_sent_nothing_happened()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        var bot = await _server.BotAsync();
        var session = await _server.OpenAsync();
        var found = await FindAsync(bot, SessionState.Idle);
        await _server.StopBotsAsync();
        await _server.ExecuteAsync("alter user 'chatbot'@'%' account lock");
        var mine = await _server.Server.ScalarAsync<object>("select max(id) from information_schema.processlist where user = 'chatbot'", cancellationToken: token);
        await _server.ExecuteAsync($"kill connection {mine}");

        var result = await bot.ActAsync(SessionAct.EndIdle, found.Server, Assert.Single(found.Sessions).Pin, Key, token);

        Assert.Equal(Outcome.NotApplied, result.Outcome);
        Assert.StartsWith("Nothing was sent.", result.Detail, StringComparison.Ordinal);
        Assert.True(await session.AnswersAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_big_rollback_is_told_and_waited_for_and_never_killed_again()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        await _server.ExecuteAsync(
            """
            create table if not exists shop.orders (id int primary key auto_increment, note char(200));
            insert into shop.orders (note) select 'x' from (select 1 from information_schema.columns a, information_schema.columns b limit 300000) many
            """);
        var session = await _server.OpenAsync();
        await session.RunAsync("begin; update orders set note = concat('y', note)");
        await _server.UntilInTransactionAsync(session);
        var bot = await _server.BotAsync(_server.Target with { SeenGoneWithin = TimeSpan.FromMilliseconds(300) });
        var patient = await _server.BotAsync(_server.Target with { SeenGoneWithin = TimeSpan.FromMinutes(1) });
        var found = await FindAsync(bot, SessionState.IdleInTransaction);
        var named = Assert.Single(found.Sessions);
        Assert.Equal((true, 300_000L), (named.Transaction?.HasWritten, named.Transaction?.Rows));
        var before = await _server.KillsAsync();

        var told = await bot.ActAsync(SessionAct.EndIdleInTransaction, found.Server, named.Pin, Key, token);
        var again = await bot.ActAsync(SessionAct.EndIdleInTransaction, found.Server, named.Pin, Key, token);
        var recovered = await bot.ObserveAsync(SessionAct.EndIdleInTransaction, found.Server, named.Pin, Key, token);

        Assert.Equal(new StepResult(Outcome.Applied, "Told to end; still rolling back. It goes by itself, and telling it again would not help."), told);
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "It was told to end before, and is still rolling back. It was left alone."), again);
        Assert.Equal(told, recovered);
        Assert.Equal(1, await _server.KillsAsync() - before);
        Assert.Equal(
            new StepResult(Outcome.AlreadySatisfied, "Already gone. Whether the bot ended it can't be proven."),
            await patient.ObserveAsync(SessionAct.EndIdleInTransaction, found.Server, named.Pin, Key, token));
        Assert.Equal("x", await _server.Server.ScalarAsync<string>("select note from shop.orders limit 1", cancellationToken: token));
        await _server.ExecuteAsync("drop table shop.orders");
    }

    private static Task<PinnedSessions> FindAsync(ITargetServer bot, SessionState state) =>
        bot.FindSessionsAsync(new(state, TimeSpan.Zero, 50), TestContext.Current.CancellationToken);
}
